//! The table of contents: files within folders, each with where its content lies in the heap.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use crate::formats::text::base64::{from_base64, without_lone_character};

/// What a file of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A file, or something unknown.
    #[default]
    File,
    /// A folder.
    Folder,
    /// A symbolic or hard link.
    Link,
}

/// A file of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// What a link points to.
    pub target: String,
    /// Offset in the heap and bytes there, if it has content.
    pub data: Option<(u64, u64)>,
    /// Bytes of content, as stated.
    pub size: u64,
    /// Media type of the encoding, such as `application/x-gzip`.
    pub encoding: String,
    /// Whether the permission bits make it executable.
    pub is_executable: bool,
}

/// Files kept; the scan's own limit on artifacts is far below.
const MAX_FILES: usize = 1 << 17;
/// Folders within folders followed.
const MAX_DEPTH: usize = 256;
/// Longest text of an element that is kept.
const MAX_TEXT: usize = 64 << 10;

/// The files of a table, and why the rest could not be read, if it could not.
pub(super) fn read(table: &str) -> (Vec<File>, Option<String>) {
    let mut walk = Walk::default();
    let mut reader = Reader::from_str(table);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => walk.open(&tag),
            Ok(Event::Empty(tag)) => {
                walk.open(&tag);
                walk.close(tag.local_name().as_ref());
            }
            Ok(Event::End(tag)) => walk.close(tag.local_name().as_ref()),
            Ok(Event::Text(text)) => walk.text(&text),
            Ok(Event::CData(text)) => walk.text(&text),
            Ok(Event::GeneralRef(entity)) => match entity.resolve_char_ref() {
                Ok(Some(c)) => walk.text(c.encode_utf8(&mut [0; 4])),
                _ => walk.text(resolve_xml_entity(&entity).unwrap_or_default()),
            },
            Ok(Event::Eof) => return (walk.done, None),
            Ok(_) => {}
            Err(error) => {
                let what = format!("{error} at character {}", reader.error_position());
                return (walk.done, Some(what));
            }
        }
    }
}

#[derive(Default)]
struct Walk {
    /// Names of open elements below the last open file.
    elements: Vec<String>,
    /// Open files, outermost first, and how many elements were open around each.
    open: Vec<(File, Vec<String>)>,
    done: Vec<File>,
    text: String,
    is_base64: bool,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let name = tag.local_name().as_ref().to_owned();
        self.text.clear();
        if name == "file" && self.open.len() < MAX_DEPTH {
            let outer = std::mem::take(&mut self.elements);
            self.open.push((File::default(), outer));
            return;
        }
        let attribute = |wanted: &str| {
            let mut attributes = tag.attributes();
            let found = attributes.with_checks(false).flatten().find(|known| known.key.local_name().as_ref() == wanted);
            found.map(|known| known.value.into_owned())
        };
        self.is_base64 = name == "name" && attribute("enctype").as_deref() == Some("base64");
        if name == "encoding"
            && self.elements.last().is_some_and(|last| last == "data")
            && let (Some((file, _)), Some(style)) = (self.open.last_mut(), attribute("style"))
        {
            file.encoding = style;
        }
        if self.elements.len() < MAX_DEPTH {
            self.elements.push(name);
        }
    }

    fn text(&mut self, text: &str) {
        if self.text.len() < MAX_TEXT {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        if name == "file" && !self.elements.iter().any(|open| open == "file") {
            if let Some((file, outer)) = self.open.pop() {
                self.elements = outer;
                if self.done.len() < MAX_FILES {
                    self.done.push(file);
                }
            }
            return;
        }
        self.set(name);
        self.elements.pop();
        self.text.clear();
    }

    /// Takes an element's text for the file it belongs to.
    fn set(&mut self, name: &str) {
        let text = std::mem::take(&mut self.text);
        let depth = self.open.len();
        let folder = depth.checked_sub(2).and_then(|index| self.open.get(index)).map(|(file, _)| file.path.clone());
        let Some((file, _)) = self.open.last_mut() else { return };
        let value = text.trim();
        let number = value.parse::<u64>().ok();
        let path: Vec<&str> = self.elements.iter().map(String::as_str).collect();
        match (path.as_slice(), name) {
            (["name"], "name") => {
                let own = match self.is_base64 {
                    true => decoded(value),
                    false => text.clone(),
                };
                file.path = match folder {
                    Some(folder) => format!("{folder}/{own}"),
                    None => own,
                };
            }
            (["type"], "type") => {
                file.kind = match value {
                    "directory" => Kind::Folder,
                    "symlink" | "hardlink" => Kind::Link,
                    _ => Kind::File,
                };
            }
            (["link"], "link") => file.target = value.to_owned(),
            (["mode"], "mode") => {
                file.is_executable = u64::from_str_radix(value, 8).is_ok_and(|mode| mode & 0o111 != 0)
            }
            (["data", "offset"], "offset") => {
                file.data = Some((number.unwrap_or(0), file.data.map_or(0, |data| data.1)))
            }
            (["data", "length"], "length") => {
                file.data = Some((file.data.map_or(0, |data| data.0), number.unwrap_or(0)))
            }
            (["data", "size"], "size") => file.size = number.unwrap_or(0),
            _ => {}
        }
    }
}

/// A name in Base64; as written if it is none.
fn decoded(text: &str) -> String {
    match from_base64(without_lone_character(text.as_bytes())) {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => text.to_owned(),
    }
}
