//! Rich Text Format (RTF 1.9.1): text, fields and objects, written as Word writes them or as those do who hide things.

/// An RTF in the making.
///
/// ```
/// let bytes = sekisho_samples::document::rtf::Rtf::new().text("hello").build();
/// assert!(bytes.starts_with(b"{\\rtf1"));
/// ```
#[derive(Debug, Clone)]
pub struct Rtf {
    header: String,
    body: Vec<u8>,
    after: Vec<u8>,
}

impl Default for Rtf {
    fn default() -> Self {
        Rtf::new()
    }
}

impl Rtf {
    /// An empty document.
    pub fn new() -> Self {
        let header = r"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}}".to_owned();
        Rtf { header, body: Vec::new(), after: Vec::new() }
    }

    /// Replaces the header, opening brace included.
    pub fn header(mut self, header: &str) -> Self {
        self.header = header.to_owned();
        self
    }

    /// Adds RTF as it is.
    pub fn raw(mut self, rtf: impl AsRef<[u8]>) -> Self {
        self.body.extend(rtf.as_ref());
        self
    }

    /// Adds a paragraph; what is not ASCII is written as `\uN?`.
    pub fn text(self, text: &str) -> Self {
        let text = escaped(text);
        self.raw(format!("{text}\\par\r\n"))
    }

    /// Adds a field with its instruction and what it shows.
    pub fn field(self, instruction: &str, result: &str) -> Self {
        let instruction = escaped(instruction);
        self.raw(format!("{{\\field{{\\*\\fldinst {{ {instruction} }}}}{{\\fldrslt {{{result}}}}}}}"))
    }

    /// Adds an object whose data is written as Word writes it.
    pub fn object(self, words: &str, class: &str, data: &[u8]) -> Self {
        self.object_of(words, class, hex(data))
    }

    /// Adds an object whose data is written out by the caller.
    pub fn object_of(self, words: &str, class: &str, digits: impl AsRef<[u8]>) -> Self {
        self.raw(format!("{{\\object{words}{{\\*\\objclass {class}}}{{\\*\\objdata "))
            .raw(digits)
            .raw("}{\\result{\\pard }}}\r\n")
    }

    /// Puts bytes behind the last brace.
    pub fn after(mut self, bytes: &[u8]) -> Self {
        self.after = bytes.to_vec();
        self
    }

    /// The bytes.
    pub fn build(&self) -> Vec<u8> {
        [self.header.as_bytes(), &self.body, b"}", &self.after].concat()
    }
}

/// Data in lines of 64 bytes, as Word writes them.
pub fn hex(data: &[u8]) -> Vec<u8> {
    let mut out = b"\r\n".to_vec();
    for line in data.chunks(64) {
        for byte in line {
            out.extend(format!("{byte:02x}").bytes());
        }
        out.extend(b"\r\n");
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'\\' | b'{' | b'}')) => {
                out.push('\\');
                out.push(char::from(byte));
            }
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\u{}?", unit as i16)),
        }
    }
    out
}
