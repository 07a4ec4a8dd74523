//! A one-page PDF (ISO 32000-1) drawn by our own code, with the features that honest and hostile files have: links,
//! forms, scripts, attached files, object streams, incremental updates. Nothing in it does anything but name hosts
//! under example.com and programs that do not exist.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF under construction.
///
/// ```
/// let bytes = sekisho_samples::document::pdf::Pdf::new().text("hello").uri("https://example.com/").build();
/// assert!(bytes.starts_with(b"%PDF-1.7"));
/// ```
#[derive(Default)]
pub struct Pdf {
    lines: Vec<String>,
    annotations: Vec<String>,
    open_action: Option<String>,
    scripts: Vec<(String, String)>,
    fields: Vec<String>,
    files: Vec<Attached>,
    xfa: Option<String>,
    has_image: bool,
    has_bilevel_scan: bool,
    is_compressed: bool,
    is_in_object_streams: bool,
    is_obfuscated: bool,
    is_encrypted: bool,
    updates: usize,
    before: Vec<u8>,
    after: Vec<u8>,
}

struct Attached {
    name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// An indirect object before it is written.
enum Object {
    Plain(String),
    Stream { dictionary: String, data: Vec<u8> },
}

impl Pdf {
    /// One page that says what it is.
    pub fn new() -> Self {
        Pdf::default()
    }

    /// Adds a line of text. ASCII is set in Helvetica, the rest in a Japanese font every viewer brings.
    pub fn text(mut self, line: &str) -> Self {
        self.lines.push(line.to_owned());
        self
    }

    /// Adds a link to a URI.
    pub fn uri(self, uri: &str) -> Self {
        let action = format!("<< /S /URI /URI {} >>", literal(uri));
        self.link(&action)
    }

    /// Adds a link that goes to a page of another document (`/GoToR`), also over a network path.
    pub fn remote_goto(self, file: &str) -> Self {
        let action = format!("<< /S /GoToR /F {} /D [0 /Fit] >>", literal(file));
        self.link(&action)
    }

    /// Adds a link that starts a program (`/Launch`).
    pub fn launch(self, program: &str) -> Self {
        let action = format!("<< /S /Launch /F {0} /Win << /F {0} >> >>", literal(program));
        self.link(&action)
    }

    /// Adds a button that sends the form's fields to a URI.
    pub fn submit_form(mut self, uri: &str) -> Self {
        let action = format!("<< /S /SubmitForm /F << /FS /URL /F {} >> /Flags 4 >>", literal(uri));
        self.fields.push(format!("/FT /Btn /Ff 65536 /T (send) /A {action}"));
        self
    }

    /// Adds a number field formatted by the viewer's own form functions.
    pub fn number_field(mut self, name: &str) -> Self {
        let call = |function: &str| format!("<< /S /JavaScript /JS ({function}\\(0, 0, 0, 0, \"\", true\\);) >>");
        let (keystroke, format) = (call("AFNumber_Keystroke"), call("AFNumber_Format"));
        self.fields.push(format!("/FT /Tx /T {} /AA << /K {keystroke} /F {format} >>", literal(name)));
        self
    }

    /// Opens at the first page, fitted: what many writers put in.
    pub fn opens_fitted(mut self) -> Self {
        self.open_action = Some("<< /S /GoTo /D [3 0 R /Fit] >>".to_owned());
        self
    }

    /// Runs a script when opened.
    pub fn opens_with_script(mut self, script: &str) -> Self {
        self.open_action = Some(format!("<< /S /{} /{} {} >>", "JavaScript", "JS", literal(script)));
        self
    }

    /// Adds a script to the document's name tree.
    pub fn script(mut self, name: &str, script: &str) -> Self {
        self.scripts.push((name.to_owned(), script.to_owned()));
        self
    }

    /// Attaches a file.
    pub fn embed(mut self, name: &str, media_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(Attached { name: name.to_owned(), media_type: media_type.to_owned(), bytes: bytes.into() });
        self
    }

    /// Gives the form an XFA packet.
    pub fn xfa(mut self, xml: &str) -> Self {
        self.xfa = Some(xml.to_owned());
        self
    }

    /// Draws a small grey picture.
    pub fn image(mut self) -> Self {
        self.has_image = true;
        self
    }

    /// Adds a picture said to be JBIG2, as scanners write them.
    pub fn bilevel_scan(mut self) -> Self {
        self.has_bilevel_scan = true;
        self
    }

    /// Deflates every stream.
    pub fn compressed(mut self) -> Self {
        self.is_compressed = true;
        self
    }

    /// Puts all plain objects into an object stream, with a cross-reference stream (PDF 1.5).
    pub fn object_streams(mut self) -> Self {
        self.is_in_object_streams = true;
        self
    }

    /// Writes the names of scripts and actions with `#xx` escapes: `/#4a#53` for `/JS`.
    pub fn obfuscated_names(mut self) -> Self {
        self.is_obfuscated = true;
        self
    }

    /// Says that it is encrypted (the bytes are not).
    pub fn encrypted_marker(mut self) -> Self {
        self.is_encrypted = true;
        self
    }

    /// Appends this many incremental updates, as signing does.
    pub fn updates(mut self, count: usize) -> Self {
        self.updates = count;
        self
    }

    /// Puts bytes before the header.
    pub fn before(mut self, bytes: &[u8]) -> Self {
        self.before = bytes.to_vec();
        self
    }

    /// Puts bytes after the end.
    pub fn after(mut self, bytes: &[u8]) -> Self {
        self.after = bytes.to_vec();
        self
    }

    fn link(mut self, action: &str) -> Self {
        let top = 700usize.saturating_sub(self.annotations.len().saturating_mul(40));
        self.annotations.push(format!(
            "<< /Type /Annot /Subtype /Link /Rect [72 {top} 300 {}] /Border [0 0 0] /A {action} >>",
            top + 20
        ));
        self
    }

    /// The bytes.
    pub fn build(&self) -> Vec<u8> {
        let objects = self.objects();
        let mut out = self.before.clone();
        let base = out.len();
        out.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        let mut offsets: Vec<(usize, usize)> = Vec::new();
        let encrypt = if self.is_encrypted {
            " /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <00> /U <00> >>"
        } else {
            ""
        };
        let last = objects.len();
        let mut table = if self.is_in_object_streams {
            self.write_packed(&mut out, base, objects, encrypt)
        } else {
            for (index, object) in objects.iter().enumerate() {
                offsets.push((index + 1, out.len() - base));
                write_object(&mut out, index + 1, object);
            }
            write_table(&mut out, base, &offsets, last + 1, encrypt, None)
        };
        for update in 0..self.updates {
            let number = last + 10 + update;
            let object = Object::Plain(format!("<< /Type /Metadata0 /Update {} >>", update + 1));
            let at = out.len() - base;
            write_object(&mut out, number, &object);
            table = write_table(&mut out, base, &[(number, at)], number + 1, encrypt, Some(table));
        }
        out.extend_from_slice(&self.after);
        out
    }

    /// All objects; the first is number 1, the catalog.
    fn objects(&self) -> Vec<Object> {
        // 1 catalog, 2 pages, 3 page, 4 content, 5 Helvetica, 6 Japanese font, 7 its descendant, 8 picture, 9 scan,
        // 10 form, then the rest.
        let mut rest: Vec<Object> = Vec::new();
        let next = |rest: &Vec<Object>| 11 + rest.len();
        let mut names = String::new();
        if !self.scripts.is_empty() {
            let list: Vec<String> = self
                .scripts
                .iter()
                .map(|(name, script)| {
                    let number = next(&rest);
                    rest.push(self.stream(String::new(), script.clone().into_bytes()));
                    format!("{} << /S /JavaScript /JS {number} 0 R >>", literal(name))
                })
                .collect();
            names.push_str(&format!("/JavaScript << /Names [{}] >> ", list.join(" ")));
        }
        if !self.files.is_empty() {
            let list: Vec<String> = self
                .files
                .iter()
                .map(|file| {
                    let number = next(&rest);
                    let subtype = file.media_type.replace('/', "#2F");
                    let size = file.bytes.len();
                    rest.push(self.stream(
                        format!("/Type /EmbeddedFile /Subtype /{subtype} /Params << /Size {size} >>"),
                        file.bytes.clone(),
                    ));
                    format!(
                        "{0} << /Type /Filespec /F {0} /UF {1} /AFRelationship /Alternative /EF << /F {number} 0 R >> >>",
                        literal(&file.name),
                        utf16(&file.name)
                    )
                })
                .collect();
            names.push_str(&format!("/EmbeddedFiles << /Names [{}] >> ", list.join(" ")));
        }
        let mut fields = Vec::new();
        for field in &self.fields {
            let number = next(&rest);
            fields.push(format!("{number} 0 R"));
            rest.push(Object::Plain(format!("<< /Type /Annot /Subtype /Widget /Rect [72 100 200 120] {field} >>")));
        }
        let mut form = format!("/Fields [{}] /DA (/F1 10 Tf)", fields.join(" "));
        if let Some(xml) = &self.xfa {
            let number = next(&rest);
            rest.push(self.stream(String::new(), xml.clone().into_bytes()));
            form.push_str(&format!(" /XFA {number} 0 R"));
        }
        let has_form = !fields.is_empty() || self.xfa.is_some();
        let annotations: Vec<String> = self.annotations.iter().cloned().chain(fields).collect();

        let mut catalog = "<< /Type /Catalog /Pages 2 0 R".to_owned();
        if let Some(action) = &self.open_action {
            catalog.push_str(&format!(" /OpenAction {action}"));
        }
        if !names.is_empty() {
            catalog.push_str(&format!(" /Names << {names}>>"));
        }
        if has_form {
            catalog.push_str(" /AcroForm 10 0 R");
        }
        catalog.push_str(" >>");
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 \
             0 R >> /XObject << /Im1 8 0 R /Im2 9 0 R >> >> /Annots [{}] >>",
            annotations.join(" ")
        );
        let scan = Object::Stream {
            dictionary:
                "/Type /XObject /Subtype /Image /Width 8 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 1 \
                         /Filter /JBIG2Decode"
                    .to_owned(),
            data: vec![0, 0, 0, 0, 0x30, 0, 1, 0, 0, 0, 19],
        };
        let picture = "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8";
        let mut objects = vec![
            Object::Plain(self.names(&catalog)),
            Object::Plain("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
            Object::Plain(self.names(&page)),
            self.stream(String::new(), self.content().into_bytes()),
            Object::Plain("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned()),
            Object::Plain(
                "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5 /Encoding /UniJIS-UCS2-H \
                 /DescendantFonts [7 0 R] >>"
                    .to_owned(),
            ),
            Object::Plain(
                "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo << /Registry (Adobe) \
                 /Ordering (Japan1) /Supplement 2 >> >>"
                    .to_owned(),
            ),
            self.stream(picture.to_owned(), (0..64u8).map(|level| level.wrapping_mul(4)).collect()),
            if self.has_bilevel_scan { scan } else { Object::Plain("null".to_owned()) },
            Object::Plain(self.names(&format!("<< {form} >>"))),
        ];
        objects.extend(rest.into_iter().map(|object| match object {
            Object::Plain(text) => Object::Plain(self.names(&text)),
            stream @ Object::Stream { .. } => stream,
        }));
        objects
    }

    fn content(&self) -> String {
        let mut content = String::from("BT /F1 18 Tf 72 760 Td 22 TL\n");
        for line in &self.lines {
            if line.is_ascii() {
                content.push_str(&format!("/F1 14 Tf {} Tj T*\n", literal(line)));
            } else {
                let hex: String = line.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
                content.push_str(&format!("/F2 14 Tf <{hex}> Tj T*\n"));
            }
        }
        content.push_str("ET\n");
        if self.has_image {
            content.push_str("q 64 0 0 64 480 740 cm /Im1 Do Q\n");
        }
        if self.has_bilevel_scan {
            content.push_str("q 64 0 0 8 480 700 cm /Im2 Do Q\n");
        }
        content
    }

    fn names(&self, text: &str) -> String {
        if !self.is_obfuscated {
            return text.to_owned();
        }
        text.replace("/JavaScript", "/Java#53cript").replace("/JS ", "/#4a#53 ").replace("/Launch", "/L#61unch")
    }

    fn stream(&self, dictionary: String, data: Vec<u8>) -> Object {
        if !self.is_compressed {
            return Object::Stream { dictionary, data };
        }
        Object::Stream { dictionary: format!("{dictionary} /Filter /FlateDecode"), data: deflate(&data) }
    }

    /// Object streams, ISO 32000-1 §7.5.7, and a cross-reference stream, §7.5.8; gives the
    /// latter's offset.
    fn write_packed(&self, out: &mut Vec<u8>, base: usize, objects: Vec<Object>, encrypt: &str) -> usize {
        let container = objects.len() + 1;
        let mut places = vec![(0u8, 0usize, 65_535usize)];
        let (mut heads, mut bodies, mut packed) = (String::new(), String::new(), 0usize);
        for (index, object) in objects.iter().enumerate() {
            match object {
                Object::Plain(text) => {
                    heads.push_str(&format!("{} {} ", index + 1, bodies.len()));
                    bodies.push_str(text);
                    bodies.push('\n');
                    places.push((2, container, packed));
                    packed += 1;
                }
                Object::Stream { .. } => {
                    places.push((1, out.len() - base, 0));
                    write_object(out, index + 1, object);
                }
            }
        }
        places.push((1, out.len() - base, 0));
        let dictionary = format!("/Type /ObjStm /N {packed} /First {} /Filter /FlateDecode", heads.len());
        let data = deflate(format!("{heads}{bodies}").as_bytes());
        write_object(out, container, &Object::Stream { dictionary, data });
        let start = out.len() - base;
        places.push((1, start, 0));
        let mut table = Vec::new();
        for (kind, field, generation) in &places {
            table.push(*kind);
            table.extend_from_slice(&(*field as u32).to_be_bytes());
            table.extend_from_slice(&(*generation as u16).to_be_bytes());
        }
        let dictionary =
            format!("/Type /XRef /Size {} /W [1 4 2] /Root 1 0 R{encrypt} /Filter /FlateDecode", places.len());
        write_object(out, container + 1, &Object::Stream { dictionary, data: deflate(&table) });
        out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        start
    }
}

/// The e-ticket of the honest mail: text, a picture, a link to the check-in page.
pub fn ticket() -> Vec<u8> {
    ticket_pdf().build()
}

/// The e-ticket, to add to.
pub fn ticket_pdf() -> Pdf {
    Pdf::new()
        .text("E-TICKET ITINERARY / RECEIPT")
        .text("航空券控え（お客様用）")
        .text("PASSENGER  YAMADA/TARO MR")
        .text("HND 0930 - PEK 1230  ECONOMY  OK")
        .text("チェックインはこちら")
        .uri("https://example.com/checkin")
        .image()
        .compressed()
        .opens_fitted()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

fn write_object(out: &mut Vec<u8>, number: usize, object: &Object) {
    out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    match object {
        Object::Plain(text) => out.extend_from_slice(text.as_bytes()),
        Object::Stream { dictionary, data } => {
            out.extend_from_slice(format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).as_bytes());
            out.extend_from_slice(data);
            out.extend_from_slice(b"\nendstream");
        }
    }
    out.extend_from_slice(b"\nendobj\n");
}

/// A cross-reference table and trailer, ISO 32000-1 §7.5.4 and §7.5.5; gives the table's offset.
fn write_table(
    out: &mut Vec<u8>,
    base: usize,
    offsets: &[(usize, usize)],
    size: usize,
    encrypt: &str,
    previous: Option<usize>,
) -> usize {
    let start = out.len() - base;
    out.extend_from_slice(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, offset) in offsets {
        out.extend_from_slice(format!("{number} 1\n{offset:010} 00000 n \n").as_bytes());
    }
    let previous = previous.map(|at| format!(" /Prev {at}")).unwrap_or_default();
    out.extend_from_slice(
        format!("trailer\n<< /Size {size} /Root 1 0 R{encrypt}{previous} >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    start
}

/// A literal string, ISO 32000-1 §7.3.4.2.
fn literal(text: &str) -> String {
    if !text.is_ascii() {
        return utf16(text);
    }
    let mut out = String::from("(");
    for c in text.chars() {
        if matches!(c, '(' | ')' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(')');
    out
}

/// A text string in UTF-16BE with its mark, §7.9.2.2, written in hexadecimal.
fn utf16(text: &str) -> String {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{hex}>")
}
