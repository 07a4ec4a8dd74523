//! Outlook messages as files (MS-OXMSG): properties, attachments, messages in messages.

use crate::office::cfb::{Cfb, clsid_bytes};

/// Properties of a message or attachment, and what is attached.
#[derive(Debug, Clone, Default)]
pub struct Msg {
    properties: Vec<(u16, Prop)>,
    /// Set, number and value of named properties.
    named: Vec<(String, u32, Prop)>,
    attachments: Vec<MsgAttachment>,
    is_narrow: Option<&'static encoding_rs::Encoding>,
}

/// A property's value.
#[derive(Debug, Clone)]
pub enum Prop {
    /// A string.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// A 32-bit number.
    Long(u32),
    /// A flag.
    Flag(bool),
    /// A FILETIME.
    Time(u64),
}

/// What is attached.
#[derive(Debug, Clone, Default)]
pub struct MsgAttachment {
    pub(crate) properties: Vec<(u16, Prop)>,
    pub(crate) content: MsgContent,
}

/// What an attachment holds.
#[derive(Debug, Clone, Default)]
pub enum MsgContent {
    /// Nothing.
    #[default]
    Nothing,
    /// A file.
    File(Vec<u8>),
    /// A message.
    Message(Box<Msg>),
    /// Streams of an OLE object.
    Object(Vec<(String, Vec<u8>)>),
}

impl MsgAttachment {
    /// A file by its long name.
    pub fn file(name: &str, data: &[u8]) -> Self {
        let properties = vec![(0x3705, Prop::Long(1)), (0x3707, Prop::Text(name.to_owned()))];
        MsgAttachment { properties, content: MsgContent::File(data.to_vec()) }
    }

    /// A message.
    pub fn message(subject: &str, inner: Msg) -> Self {
        let properties = vec![(0x3705, Prop::Long(5)), (0x3001, Prop::Text(subject.to_owned()))];
        MsgAttachment { properties, content: MsgContent::Message(Box::new(inner)) }
    }

    /// An OLE object of these streams.
    pub fn object(streams: &[(&str, Vec<u8>)]) -> Self {
        let streams = streams.iter().map(|(name, data)| ((*name).to_owned(), data.clone())).collect();
        MsgAttachment { properties: vec![(0x3705, Prop::Long(6))], content: MsgContent::Object(streams) }
    }

    /// Adds a property.
    pub fn with(mut self, id: u16, value: Prop) -> Self {
        self.properties.push((id, value));
        self
    }
}

/// The tag of a value's type; `wide` for Unicode strings.
fn kind(value: &Prop, is_wide: bool) -> u16 {
    match value {
        Prop::Text(_) if is_wide => 0x001F,
        Prop::Text(_) => 0x001E,
        Prop::Binary(_) => 0x0102,
        Prop::Long(_) => 0x0003,
        Prop::Flag(_) => 0x000B,
        Prop::Time(_) => 0x0040,
    }
}

impl Msg {
    /// A message of nothing.
    pub fn new() -> Self {
        Msg::default()
    }

    /// A message with sender, subject, date and text.
    pub fn letter(name: &str, address: &str, subject: &str, text: &str) -> Self {
        Msg::new()
            .with(0x001A, Prop::Text("IPM.Note".to_owned()))
            .with(0x0042, Prop::Text(name.to_owned()))
            .with(0x5D02, Prop::Text(address.to_owned()))
            .with(0x0037, Prop::Text(subject.to_owned()))
            .with(0x0039, Prop::Time(131_025_255_600_000_000))
            .with(0x1000, Prop::Text(text.to_owned()))
    }

    /// Adds a property.
    pub fn with(mut self, id: u16, value: Prop) -> Self {
        self.properties.push((id, value));
        self
    }

    /// Adds a named property.
    pub fn named(mut self, set: &str, number: u32, value: Prop) -> Self {
        self.named.push((set.to_owned(), number, value));
        self
    }

    /// Attaches something.
    pub fn attach(mut self, attachment: MsgAttachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// Strings in a code page, as before Outlook 2003.
    pub fn narrow(mut self, encoding: &'static encoding_rs::Encoding, code_page: u32) -> Self {
        self.is_narrow = Some(encoding);
        self.with(0x3FFD, Prop::Long(code_page))
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut cfb = Cfb::new().class("", "00020D0B-0000-0000-C000-000000000046");
        let mut names = Vec::new();
        cfb = self.lay(cfb, "", &mut names);
        let mut sets: Vec<&str> = Vec::new();
        let mut entries = Vec::new();
        for (index, (set, number)) in names.iter().enumerate() {
            let at = sets.iter().position(|known| known == set).unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            });
            entries.extend(number.to_le_bytes());
            entries.extend(((at as u16 + 3) << 1).to_le_bytes());
            entries.extend((index as u16).to_le_bytes());
        }
        let sets: Vec<u8> = sets.iter().flat_map(|set| clsid_bytes(set)).collect();
        cfb.stream("__nameid_version1.0/__substg1.0_00020102", sets)
            .stream("__nameid_version1.0/__substg1.0_00030102", entries)
            .stream("__nameid_version1.0/__substg1.0_00040102", Vec::new())
            .build()
    }

    /// Lays the message into a storage. Named properties of all messages share one list.
    fn lay(&self, mut cfb: Cfb, storage: &str, names: &mut Vec<(String, u32)>) -> Cfb {
        let mut properties = self.properties.clone();
        for (set, number, value) in &self.named {
            let name = (set.clone(), *number);
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            properties.push((0x8000 + at as u16, value.clone()));
        }
        let mut head = vec![0u8; 8];
        let count = self.attachments.len() as u32;
        for number in [0, count, 0, count] {
            head.extend(number.to_le_bytes());
        }
        if storage.is_empty() {
            head.extend([0; 8]);
        }
        cfb = self.values(cfb, storage, head, &properties);
        for (index, attachment) in self.attachments.iter().enumerate() {
            let place = format!("{storage}__attach_version1.0_#{index:08X}/");
            cfb = self.values(cfb, &place, vec![0; 8], &attachment.properties);
            cfb = match &attachment.content {
                MsgContent::Nothing => cfb,
                MsgContent::File(data) => cfb.stream(&format!("{place}__substg1.0_37010102"), data.clone()),
                MsgContent::Message(inner) => inner.lay(cfb, &format!("{place}__substg1.0_3701000D/"), names),
                MsgContent::Object(streams) => streams.iter().fold(cfb, |cfb, (name, data)| {
                    cfb.stream(&format!("{place}__substg1.0_3701000D/{name}"), data.clone())
                }),
            };
        }
        cfb
    }

    fn values(&self, mut cfb: Cfb, place: &str, head: Vec<u8>, properties: &[(u16, Prop)]) -> Cfb {
        let mut listed = head;
        for (id, value) in properties {
            let kind = kind(value, self.is_narrow.is_none());
            let (stream, fixed) = match value {
                Prop::Text(text) => (Some(self.string(text)), 0),
                Prop::Binary(bytes) => (Some(bytes.clone()), 0),
                Prop::Long(number) => (None, u64::from(*number)),
                Prop::Flag(flag) => (None, u64::from(*flag)),
                Prop::Time(time) => (None, *time),
            };
            listed.extend(kind.to_le_bytes());
            listed.extend(id.to_le_bytes());
            listed.extend(6u32.to_le_bytes());
            match stream {
                Some(stream) => {
                    listed.extend((stream.len() as u64).to_le_bytes());
                    cfb = cfb.stream(&format!("{place}__substg1.0_{id:04X}{kind:04X}"), stream);
                }
                None => listed.extend(fixed.to_le_bytes()),
            }
        }
        cfb.stream(&format!("{place}__properties_version1.0"), listed)
    }

    fn string(&self, text: &str) -> Vec<u8> {
        match self.is_narrow {
            Some(encoding) => encoding.encode(text).0.into_owned(),
            None => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        }
    }
}

/// Compressed RTF (MS-OXRTFCP) that compresses nothing: every token is a literal, and the end is marked.
pub fn compressed_rtf(rtf: &[u8]) -> Vec<u8> {
    const PRELOADED: usize = 207;
    let mut body = Vec::new();
    let mut chunks = rtf.chunks(8).peekable();
    let mark = (((PRELOADED + rtf.len()) % 4096) as u16) << 4;
    while let Some(chunk) = chunks.next() {
        let is_last = chunks.peek().is_none() && chunk.len() < 8;
        body.push(if is_last { 1 << chunk.len() } else { 0 });
        body.extend(chunk);
        if is_last {
            body.extend(mark.to_be_bytes());
        }
    }
    if rtf.len().is_multiple_of(8) {
        body.push(1);
        body.extend(mark.to_be_bytes());
    }
    let mut out = (body.len() as u32 + 12).to_le_bytes().to_vec();
    out.extend((rtf.len() as u32).to_le_bytes());
    out.extend(b"LZFu");
    // A checksum of zero is not compared by readers, and ours compares none.
    out.extend([0; 4]);
    out.extend(body);
    out
}

/// RTF that wraps HTML (MS-OXRTFEX), in UTF-16 escapes.
pub fn rtf_of_html(html: &str) -> String {
    let mut rtf = String::from("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1 ");
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rtf.push_str(&escaped(&rest[..at]));
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        rtf.push_str(&format!("{{\\*\\htmltag64 {}}}", escaped(&rest[at..end])));
        rest = &rest[end..];
    }
    rtf.push_str(&escaped(rest));
    rtf.push('}');
    rtf
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte @ (b'\\' | b'{' | b'}')) => out.push_str(&format!("\\{}", char::from(byte))),
            Some(b'\n') => out.push_str("\\par "),
            Some(b'\r') => {}
            Some(byte) => out.push(char::from(byte)),
            None => out.push_str(&format!("\\u{}?", unit as i16)),
        }
    }
    out
}
