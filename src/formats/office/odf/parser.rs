//! The view of an OpenDocument package (ODF 1.3 part 2): what it says it is, whether it is locked, and its content.

use bytes::Bytes;

use super::reading::Content;
use crate::formats::archive::zip::{ZipEntry, ZipView};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// An OpenDocument package.
#[derive(Debug, Default)]
pub struct OdfView {
    /// Media type by the `mimetype` entry, or by the manifest where that is missing; empty where both are.
    pub media_type: String,
    /// Whether parts are encrypted, and how.
    pub lock: Option<String>,
    /// What is signed: the document, its macros.
    pub signatures: Vec<&'static str>,
    /// What was odd or damaged.
    pub problems: Vec<Problem>,
    pub(super) content: Content,
}

/// Bytes read of `mimetype`; the longest has some sixty.
const MAX_TYPE: u64 = 256;
/// Bytes read of the manifest.
const MAX_MANIFEST: u64 = 16 << 20;
/// Bytes read of one part, and of all together.
const MAX_PART: u64 = 64 << 20;
const MAX_TOTAL: usize = 256 << 20;
/// Parts read; documents with objects have a few for each.
const MAX_PARTS: usize = 2_000;

/// Media types start so; the second is of OpenOffice.org 1.
const PREFIXES: [&str; 2] = ["application/vnd.oasis.opendocument.", "application/vnd.sun.xml."];

impl View for OdfView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let zip = ZipView::parse(bytes)?;
        let mut view = OdfView::default();
        let by_entry = zip.entry_by_name("mimetype").map(|entry| text(entry, bytes)).unwrap_or_default();
        let manifest = zip.entry_by_name("META-INF/manifest.xml").map(|entry| entry.read(bytes, MAX_MANIFEST).0);
        let by_manifest = manifest.as_deref().map(|part| view.read_manifest(part)).unwrap_or_default();
        let is_ours = |kind: &str| PREFIXES.iter().any(|prefix| kind.starts_with(prefix));
        view.media_type = match (is_ours(&by_entry), is_ours(&by_manifest)) {
            (true, _) => by_entry.clone(),
            (false, true) => by_manifest.clone(),
            // Programs open a package without either by its content.
            (false, false) if is_document(&zip, bytes) => String::new(),
            (false, false) => return Err(ParseError::new("zip of no OpenDocument type", 0)),
        };
        if is_ours(&by_entry) && is_ours(&by_manifest) && by_entry != by_manifest {
            let what = format!("mimetype says {by_entry}, the manifest {by_manifest}");
            view.problems.push(Problem::odd(what, Location::part("entry mimetype")));
        }
        view.read_parts(&zip, bytes);
        Ok(view)
    }
}

fn text(entry: &ZipEntry, bytes: &Bytes) -> String {
    String::from_utf8_lossy(&entry.read(bytes, MAX_TYPE).0).trim().to_ascii_lowercase()
}

/// Whether `content.xml` starts as a document's does.
fn is_document(zip: &ZipView, bytes: &Bytes) -> bool {
    /// The root element comes early, behind its names.
    const HEAD: u64 = 16 << 10;
    let Some(entry) = zip.entry_by_name("content.xml") else { return false };
    let (head, _) = entry.read(bytes, HEAD);
    memchr::memmem::find(&head, b"document-content").is_some() && memchr::memmem::find(&head, b"opendocument").is_some()
}

impl OdfView {
    /// ODF 1.3 part 2, 4: media type of the root, and encryption of any entry.
    fn read_manifest(&mut self, part: &[u8]) -> String {
        let mut root = String::new();
        let mut lock = None;
        let end = walk(part, |piece| {
            let Piece::Open(tag) = piece else { return };
            if tag.is("file-entry") && tag.get("full-path").is_some_and(|path| path == "/") {
                root = tag.get("media-type").unwrap_or_default().trim().to_ascii_lowercase();
            } else if tag.is("encryption-data") {
                lock.get_or_insert_with(String::new);
            } else if tag.is("algorithm") {
                let name = tag.get("algorithm-name").unwrap_or_default();
                let short = name.rsplit(['#', ':']).next().unwrap_or_default().to_owned();
                lock = Some(short);
            }
        });
        if let Err(problem) = end {
            self.problems.push(Problem::damaged(problem, Location::part("entry META-INF/manifest.xml")));
        }
        self.lock = lock;
        root
    }

    fn read_parts(&mut self, zip: &ZipView, bytes: &Bytes) {
        let mut total = 0usize;
        let mut count = 0usize;
        for entry in &zip.entries {
            let name = entry.name.text.trim_start_matches('/').replace('\\', "/");
            let lower = name.to_ascii_lowercase();
            match lower.as_str() {
                "meta-inf/macrosignatures.xml" => self.signatures.push("macros"),
                "meta-inf/documentsignatures.xml" => self.signatures.push("document"),
                _ => {}
            }
            if !is_read(&lower) || entry.is_encrypted() || entry.is_folder() {
                continue;
            }
            count = count.saturating_add(1);
            let at = || Location::part(format!("entry {name}"));
            if total > MAX_TOTAL || count > MAX_PARTS {
                let what = "the parts of the document are too large to read; the others are only searched";
                self.problems.push(Problem::new(ProblemKind::Limit, what, at()));
                break;
            }
            // What stops the decoder is said by the zip's own unpacker.
            let (part, _) = entry.read(bytes, MAX_PART);
            total = total.saturating_add(part.len());
            // An encrypted part is no XML.
            let is_xml = part.iter().take(256).any(|byte| *byte == b'<');
            if self.lock.is_some() && !is_xml {
                continue;
            }
            if let Err(problem) = self.content.read(&name, &part)
                && self.lock.is_none()
            {
                self.problems.push(Problem::damaged(problem, at()));
            }
        }
        if self.content.is_cut {
            let what = "more macros, events or targets than are read";
            self.problems.push(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
    }
}

/// Parts that can hold what is looked for, by lower-case name: the documents (also those of objects and of a database's
/// forms), libraries of Basic and dialogs.
fn is_read(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    matches!(file, "content.xml" | "styles.xml" | "meta.xml")
        || ((name.starts_with("basic/") || name.starts_with("dialogs/")) && file.ends_with(".xml"))
}
