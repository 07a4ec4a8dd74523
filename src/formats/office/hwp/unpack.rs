//! Streams of a Hangul document to children: pictures and objects, scripts, and the text in one piece.

use bytes::Bytes;
use flate2::read::DeflateDecoder;

use super::distribution::opened;
use super::findings::{HWP_LINK_RUNS, HWP_POSTSCRIPT, HWP_SCRIPT};
use super::header::{Header, header};
use super::records::{BIN_DATA, CTRL_HEADER, PARA_TEXT, counted, long_counted, paragraph, records, wide};
use super::script::does_something;
use crate::budget::Stop;
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::ole::OleView;
use crate::formats::office::remote::{REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Reach, Target, target};
use crate::knowledge::extensions::class;
use crate::model::name::extension;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes documents apart.
pub(super) struct HangulUnpacker;

/// Streams of pictures and objects given; catalogues have some hundred.
const MAX_BINARIES: usize = 5_000;
/// Characters of text kept.
const MAX_TEXT: usize = 32 << 20;

impl Unpacker for HangulUnpacker {
    fn findings(&self) -> Kinds {
        &[HWP_SCRIPT, HWP_POSTSCRIPT, HWP_LINK_RUNS, REMOTE_IMAGE, REMOTE_OBJECT]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        let Some(head) = view.stream("FileHeader").and_then(|stream| header(&stream)) else { return Ok(()) };
        out.fact("version", head.version_text());
        if let Some(lock) = head.lock() {
            let what = format!("the document is locked with {lock}");
            out.problem(Problem::encrypted(what, Location::part("stream FileHeader")));
            return Ok(());
        }
        let mut reader = Reader { view: &view, head, text: String::new() };
        reader.document_info(out);
        reader.linked_document(out);
        reader.sections(out);
        reader.scripts(out)?;
        reader.binaries(out)?;
        if !reader.text.trim().is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "text of the document");
            out.child_bytes(EntryName::new("text"), origin, reader.text.into_bytes().into())?;
        }
        Ok(())
    }
}

struct Reader<'a> {
    view: &'a OleView,
    head: Header,
    text: String,
}

fn at_stream(path: &str) -> Location {
    Location::part(format!("stream {path}"))
}

impl Reader<'_> {
    /// A stream's content, inflated where the header says so. What fails to inflate from the start is taken as stored.
    fn content(&self, stream: &Bytes, path: &str, is_compressed: bool, out: &mut Outcome<'_>) -> Vec<u8> {
        if !is_compressed {
            return stream.to_vec();
        }
        let (bytes, stop) = out.pull(DeflateDecoder::new(&**stream));
        match stop {
            None => bytes,
            Some(_) if bytes.is_empty() => stream.to_vec(),
            Some(stop) => {
                let kind = if matches!(stop, Stop::Limit(_)) { ProblemKind::Limit } else { ProblemKind::Damaged };
                let what = format!("the stream could be inflated up to {} bytes only", bytes.len());
                out.problem(Problem::new(kind, what, at_stream(path)));
                bytes
            }
        }
    }

    /// Pictures and objects that lie elsewhere, 4.2.3.
    fn document_info(&mut self, out: &mut Outcome<'_>) {
        let Some(stream) = self.view.stream("DocInfo") else { return };
        let info = self.content(&stream, "DocInfo", self.head.is_compressed(), out);
        for record in records(&info).filter(|record| record.tag == BIN_DATA) {
            // Type 0 is a link: an absolute and a relative path.
            if u16_at(record.data, 0).is_none_or(|flags| flags & 0xF != 0) {
                continue;
            }
            if let Some((path, _)) = counted(record.data, 2) {
                say_remote(&path, "linked picture", true, "DocInfo", out);
            }
        }
    }

    /// The document this one belongs to, 3.2.7.
    fn linked_document(&self, out: &mut Outcome<'_>) {
        const LONGEST: usize = 520;
        let Some(stream) = self.view.stream("DocOptions/_LinkDoc") else { return };
        let path = wide(stream.get(..LONGEST).unwrap_or(&stream));
        let path = path.split('\0').next().unwrap_or_default();
        say_remote(path, "linked document", false, "DocOptions/_LinkDoc", out);
    }

    fn sections(&mut self, out: &mut Outcome<'_>) {
        let paths = self.paths_in("BodyText");
        for (path, stream) in paths {
            let section = self.content(&stream, &path, self.head.is_compressed(), out);
            self.section(&section, &path, out);
        }
        for (path, stream) in self.paths_in("ViewText") {
            if let Some(stream) = self.opened(&stream, &path, out) {
                let section = self.content(&stream, &path, self.head.is_compressed(), out);
                self.section(&section, &path, out);
            }
        }
    }

    /// A stream kept for reading only, in the clear.
    fn opened(&self, stream: &Bytes, path: &str, out: &mut Outcome<'_>) -> Option<Bytes> {
        let opened = opened(stream);
        if opened.is_none() {
            let what = "the stream is kept for reading only, and its key cannot be read";
            out.problem(Problem::unsupported(what, at_stream(path)));
        }
        opened.map(Bytes::from)
    }

    fn section(&mut self, section: &[u8], path: &str, out: &mut Outcome<'_>) {
        let mut all = records(section);
        for record in all.by_ref() {
            match record.tag {
                PARA_TEXT if self.text.len() < MAX_TEXT => {
                    paragraph(record.data, &mut self.text);
                    self.text.push('\n');
                }
                CTRL_HEADER => self.control(record.data, path, out),
                _ => {}
            }
        }
        if all.is_cut {
            out.problem(Problem::damaged("a section ends inside a record", at_stream(path)));
        }
        if self.text.len() >= MAX_TEXT {
            out.problem(Problem::new(ProblemKind::Limit, "more text than is read", at_stream(path)));
        }
    }

    /// A field whose command is a link, 4.3.10.15: `%hlk`, stored low byte first.
    fn control(&self, data: &[u8], path: &str, out: &mut Outcome<'_>) {
        const HYPERLINK: u32 = u32::from_be_bytes(*b"%hlk");
        if u32_at(data, 0) != Some(HYPERLINK) {
            return;
        }
        // Id, properties of 32 bits, one byte more.
        let Some((command, _)) = counted(data, 9) else { return };
        say_link(&command, at_stream(path), out);
    }

    fn scripts(&mut self, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let path = "Scripts/DefaultJScript";
        let Some(mut stream) = self.view.stream(path) else { return Ok(()) };
        if self.head.is_distribution() {
            let Some(opened) = self.opened(&stream, path, out) else { return Ok(()) };
            stream = opened;
        }
        let script = self.content(&stream, path, self.head.is_compressed(), out);
        // Header, source, and what runs before and after it.
        let mut at = 0usize;
        let mut source = String::new();
        for _ in 0..4 {
            let Some((text, end)) = long_counted(&script, at) else { break };
            source.push_str(&text);
            source.push('\n');
            at = end;
        }
        if source.trim().is_empty() && !script.is_empty() {
            source = wide(&script);
        }
        if let Some(what) = does_something(&source) {
            out.raise(HWP_SCRIPT, at_stream(path), what);
        }
        let origin = Origin::part(OriginKind::Decoded, "script of the document");
        out.child_bytes(EntryName::new("Scripts/DefaultJScript.js"), origin, source.into_bytes().into())
    }

    fn binaries(&self, out: &mut Outcome<'_>) -> Result<(), StageError> {
        for (index, (path, stream)) in self.paths_in("BinData").into_iter().enumerate() {
            if index >= MAX_BINARIES {
                let what = format!("more than {MAX_BINARIES} pictures and objects; the others are not given");
                out.problem(Problem::new(ProblemKind::Limit, what, at_stream(&path)));
                break;
            }
            let bytes = Bytes::from(self.content(&stream, &path, self.head.is_compressed(), out));
            if is_postscript(&bytes) {
                out.raise(HWP_POSTSCRIPT, at_stream(&path), format!("{path}, {} bytes", bytes.len()));
            }
            // An object has its size before it, 3.2.5.
            let is_object = bytes.get(4..).is_some_and(|rest| rest.starts_with(b"\xD0\xCF\x11\xE0"));
            let bytes = if is_object { bytes.slice(4..) } else { bytes };
            let origin = Origin::part(OriginKind::Embedded, "picture or object of the document");
            out.child_bytes(EntryName::new(path), origin, bytes)?;
        }
        Ok(())
    }

    /// Streams of a storage with their paths.
    fn paths_in(&self, storage: &str) -> Vec<(String, Bytes)> {
        let Some(index) = self.view.find(storage) else { return Vec::new() };
        self.view
            .children(index)
            .filter(|(_, entry)| entry.kind == crate::formats::office::ole::OleKind::Stream)
            .map(|(index, _)| (self.view.path(index), self.view.data(index)))
            .collect()
    }
}

/// Whether content is PostScript, whatever it is called.
pub(super) fn is_postscript(bytes: &[u8]) -> bool {
    const BINARY: &[u8] = b"\xC5\xD0\xD3\xC6";
    let head = bytes.get(..512).unwrap_or(bytes);
    bytes.starts_with(BINARY) || memchr::memmem::find(head, b"%!PS").is_some()
}

/// A link as the field's command has it: parts end with `;`, signs in them stand behind a backslash.
pub(super) fn say_link(command: &str, at: Location, out: &mut Outcome<'_>) {
    let mut address = String::new();
    let mut signs = command.chars();
    while let Some(c) = signs.next() {
        match c {
            ';' => break,
            '\\' => match signs.next() {
                Some(next @ (':' | ';' | '?' | '\\')) => address.push(next),
                Some(next) => address.extend(['\\', next]),
                None => break,
            },
            c => address.push(c),
        }
    }
    let to = target(&address);
    if let Some(ioc) = to.ioc("hyperlink", at.clone()) {
        out.ioc(ioc);
    }
    let runs = class(&extension(&address)).is_some_and(|class| class.is_launchable());
    let is_file = matches!(to, Target::Local | Target::Share(..));
    if is_file && runs {
        out.raise(HWP_LINK_RUNS, at, address);
    }
}

/// Content that is taken from another machine.
fn say_remote(path: &str, what: &str, is_picture: bool, stream: &str, out: &mut Outcome<'_>) {
    let to = target(path);
    let severity = match &to {
        Target::Web(..) if is_picture => Severity::Low,
        Target::Web(..) => Severity::Medium,
        Target::Share(_, Reach::Odd) => Severity::High,
        Target::Share(_, Reach::Named) => Severity::Medium,
        Target::Share(_, Reach::Lan) => Severity::Low,
        Target::Scheme(_) | Target::Local => return,
    };
    if let Some(ioc) = to.ioc(what, at_stream(stream)) {
        out.ioc(ioc);
    }
    let kind = if is_picture { REMOTE_IMAGE } else { REMOTE_OBJECT };
    out.raise_as(kind, severity, false, at_stream(stream), format!("{what} {path}"));
}
