//! OpenDocument files (ODF 1.3): as packages and as one XML file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::archive::zip::{Entry, ZipFile};

const NAMES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                     xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
                     xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
                     xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
                     xmlns:script=\"urn:oasis:names:tc:opendocument:xmlns:script:1.0\" \
                     xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" \
                     xmlns:dom=\"http://www.w3.org/2001/xml-events\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
                     office:version=\"1.3\"";
const PREFIX: &str = "application/vnd.oasis.opendocument.";

/// A document in the making.
#[derive(Debug, Clone, Default)]
pub struct Document {
    kind: String,
    body: String,
    events: String,
    modules: Vec<(String, String)>,
    entries: Vec<(String, Vec<u8>)>,
    has_type: bool,
    is_locked: bool,
}

impl Document {
    /// A document of a kind (`text`, `spreadsheet`, `presentation`) with one paragraph.
    pub fn new(kind: &str, text: &str) -> Self {
        let body = match kind {
            "spreadsheet" => String::new(),
            _ => format!("<text:p>{}</text:p>", escape(text)),
        };
        Document { kind: kind.to_owned(), body, has_type: true, ..Document::default() }
    }

    /// Adds XML to the body.
    pub fn body(mut self, xml: &str) -> Self {
        self.body.push_str(xml);
        self
    }

    /// Adds a table with one cell of this formula.
    pub fn formula(self, formula: &str) -> Self {
        let cell = format!(
            "<table:table table:name=\"Sheet1\"><table:table-row><table:table-cell table:formula=\"{}\"/></table:table-row>\
             </table:table>",
            escape(formula)
        );
        self.body(&cell)
    }

    /// Binds an event of the document to a script.
    pub fn event(mut self, name: &str, target: &str) -> Self {
        let _ = write!(
            self.events,
            "<script:event-listener script:language=\"ooo:script\" script:event-name=\"{name}\" xlink:href=\"{}\" \
             xlink:type=\"simple\"/>",
            escape(target)
        );
        self
    }

    /// Adds a module of Basic to the library Standard.
    pub fn module(mut self, name: &str, source: &str) -> Self {
        self.modules.push((name.to_owned(), source.to_owned()));
        self
    }

    /// Adds an entry.
    pub fn entry(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.entries.push((name.to_owned(), content.into()));
        self
    }

    /// Leaves the media type out of `mimetype` and manifest.
    pub fn untyped(mut self) -> Self {
        self.has_type = false;
        self
    }

    /// States that the parts are encrypted, and puts something in their place that says nothing.
    pub fn locked(mut self) -> Self {
        self.is_locked = true;
        self
    }

    fn scripts(&self, inner: &str) -> String {
        let events = match self.events.as_str() {
            "" => String::new(),
            events => format!("<office:event-listeners>{events}</office:event-listeners>"),
        };
        format!("<office:scripts>{inner}{events}</office:scripts>")
    }

    fn content(&self, root: &str, attributes: &str, inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:{root} {NAMES}{attributes}>{}<office:body><office:{kind}>{}\
             </office:{kind}></office:body></office:{root}>",
            self.scripts(inner),
            self.body,
            kind = self.kind
        )
    }

    /// The package.
    pub fn build(&self) -> Vec<u8> {
        let mut zip = ZipFile::new();
        let kind = format!("{PREFIX}{}", self.kind);
        if self.has_type {
            zip = zip.with(Entry::new("mimetype", kind.as_str()).stored());
        }
        let lock = match self.is_locked {
            true => {
                "<manifest:encryption-data manifest:checksum-type=\"SHA1/1K\" manifest:checksum=\"AAAA\">\
                 <manifest:algorithm manifest:algorithm-name=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/>\
                 </manifest:encryption-data>"
            }
            false => "",
        };
        let root = if self.has_type { kind.as_str() } else { "" };
        let manifest = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest \
             xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
             <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{root}\"/><manifest:file-entry \
             manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\">{lock}</manifest:file-entry>\
             </manifest:manifest>"
        );
        let content = match self.is_locked {
            // A keystream's look, from a fixed seed.
            true => (0..512u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect(),
            false => self.content("document-content", "", "").into_bytes(),
        };
        zip = zip.with(Entry::new("content.xml", content)).with(Entry::new("META-INF/manifest.xml", manifest));
        if !self.modules.is_empty() {
            let names: String =
                self.modules.iter().map(|(name, _)| format!("<library:element library:name=\"{name}\"/>")).collect();
            let library = format!(
                "<?xml version=\"1.0\"?>\n<library:library xmlns:library=\"http://openoffice.org/2000/library\" \
                 library:name=\"Standard\" library:readonly=\"false\" library:passwordprotected=\"false\">{names}\
                 </library:library>"
            );
            zip = zip.with(Entry::new("Basic/Standard/script-lb.xml", library));
        }
        for (name, source) in &self.modules {
            let module = format!(
                "<?xml version=\"1.0\"?>\n<script:module xmlns:script=\"http://openoffice.org/2000/script\" \
                 script:name=\"{name}\" script:language=\"StarBasic\">{}</script:module>",
                escape(source)
            );
            zip = zip.with(Entry::new(format!("Basic/Standard/{name}.xml"), module));
        }
        for (name, bytes) in &self.entries {
            zip = zip.with(Entry::new(name.as_str(), bytes.clone()));
        }
        zip.build()
    }

    /// The same in one XML file; entries become pictures.
    pub fn flat(&self) -> Vec<u8> {
        let mut inner = String::new();
        for (name, source) in &self.modules {
            let _ = write!(
                inner,
                "<office:script script:language=\"ooo:Basic\"><ooo:libraries \
                 xmlns:ooo=\"http://openoffice.org/2004/office\"><ooo:library-embedded ooo:name=\"Standard\"><ooo:module \
                 ooo:name=\"{name}\"><ooo:source-code>{}</ooo:source-code></ooo:module></ooo:library-embedded>\
                 </ooo:libraries></office:script>",
                escape(source)
            );
        }
        let mut document = self.clone();
        for (_, bytes) in &self.entries {
            let _ = write!(
                document.body,
                "<draw:frame><draw:object-ole><office:binary-data>{}</office:binary-data></draw:object-ole></draw:frame>",
                STANDARD.encode(bytes)
            );
        }
        document.content("document", &format!(" office:mimetype=\"{PREFIX}{}\"", self.kind), &inner).into_bytes()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
