//! Storages and streams to properties (MS-OXMSG 2.1, 2.2, 2.4).

use std::sync::Arc;

use bytes::Bytes;
use encoding_rs::UTF_16LE;

use crate::formats::fields::{clsid_at, u16_at, u32_at, u64_at};
use crate::formats::mail::mapi::{Attachment, Content, Item, Named, Properties, Value, id, kind};
use crate::formats::office::ole::{Changes, OleKind, OleView};
use crate::model::{Location, Problem};

/// The stream of properties that need no stream of their own.
pub(super) const PROPERTIES: &str = "__properties_version1.0";
/// The storage of named properties; only the outermost message has one.
const NAMES: &str = "__nameid_version1.0";
/// What streams of a property's value are called, before its tag in hexadecimal.
const VALUE: &str = "__substg1.0_";
const ATTACHMENT: &str = "__attach_version1.0_";
/// Bytes before the first property: of a file, of a message in a message, of an attachment (2.4.1).
const FILE_HEADER: usize = 32;
const INNER_HEADER: usize = 24;
const ATTACHMENT_HEADER: usize = 8;
/// Attachments read.
const MAX_ATTACHMENTS: usize = 5_000;

/// The message in a compound file.
pub(super) fn item(view: &OleView) -> Item {
    let mut item = Item { properties: properties(view, 0, FILE_HEADER, 0), ..Item::default() };
    names(view, &mut item.properties);
    let page = |tag| item.properties.number(tag).and_then(|page| u32::try_from(page).ok()).filter(|page| *page != 0);
    let code_page = page(id::MESSAGE_CODE_PAGE).or_else(|| page(id::INTERNET_CODE_PAGE)).unwrap_or_default();
    item.properties.code_page = code_page;
    // Nothing reaches an orphan, but it was an attachment once.
    let attachments = view.storages().filter(|(_, entry)| {
        (entry.parent == Some(0) || entry.is_orphan && entry.parent.is_none())
            && entry.name.get(..ATTACHMENT.len()).is_some_and(|start| start.eq_ignore_ascii_case(ATTACHMENT))
    });
    for (index, entry) in attachments.take(MAX_ATTACHMENTS) {
        if entry.is_orphan {
            let what = "an attachment that the message no longer lists";
            item.problems.push(Problem::odd(what, Location::part(format!("storage {}", entry.name))));
        }
        attachment(view, index, code_page, &mut item);
    }
    item
}

fn attachment(view: &OleView, storage: usize, code_page: u32, item: &mut Item) {
    let place = format!("storage {}", view.path(storage));
    let properties = properties(view, storage, ATTACHMENT_HEADER, code_page);
    let mut contents: Vec<Content> = Vec::new();
    for (index, entry) in view.children(storage) {
        let Some((_, stored)) = tag(&entry.name).filter(|(tag, _)| *tag == id::ATTACH_DATA) else { continue };
        match entry.kind {
            OleKind::Stream if stored != kind::OBJECT || entry.size > 0 => {
                contents.push(Content::File(view.data(index)));
            }
            OleKind::Storage => contents.push(Content::Storage(index)),
            OleKind::Stream | OleKind::Root => {}
        }
    }
    if contents.is_empty() {
        contents.push(Content::None);
    }
    let (properties, names, place): (_, Arc<[String]>, Arc<str>) = (Arc::new(properties), Arc::new([]), place.into());
    for content in contents {
        item.attachments.push(Attachment {
            properties: properties.clone(),
            content,
            names: names.clone(),
            place: place.clone(),
        });
    }
}

/// A storage in an attachment: a message, whose header lacks eight bytes that files have and which shares the names of
/// the outermost message, or an object of another program.
pub(super) fn inner(view: &OleView, storage: usize) -> Option<Content> {
    let Some(listed) = view.child(storage, PROPERTIES) else {
        return view.rebuilt(storage, &Changes::default()).map(Content::Object);
    };
    let stored = view.data(listed);
    let at = INNER_HEADER.min(stored.len());
    let (head, rest) = stored.split_at_checked(at)?;
    let widened = [head, &[0; FILE_HEADER - INNER_HEADER], rest].concat();
    let own_names = view.child(storage, NAMES);
    let changes = Changes {
        replaced: vec![(PROPERTIES.to_owned(), widened.into())],
        added: view.find(NAMES).filter(|_| own_names.is_none()).into_iter().collect(),
        ..Changes::default()
    };
    view.rebuilt(storage, &changes).map(Content::Message)
}

/// Id and type in a stream's name.
fn tag(name: &str) -> Option<(u16, u16)> {
    let digits = name
        .get(VALUE.len()..)
        .filter(|_| name.get(..VALUE.len()).is_some_and(|start| start.eq_ignore_ascii_case(VALUE)))?;
    (digits.len() == 8).then_some(())?;
    let tag = u32::from_str_radix(digits, 16).ok()?;
    Some((u16::try_from(tag >> 16).ok()?, u16::try_from(tag & 0xFFFF).ok()?))
}

/// The properties of a storage: those with streams of their own, then the fixed ones.
fn properties(view: &OleView, storage: usize, header: usize, code_page: u32) -> Properties {
    let mut properties = Properties::in_code_page(code_page);
    for (index, entry) in view.children(storage) {
        let Some((id, kind)) = tag(&entry.name).filter(|_| entry.kind == OleKind::Stream) else { continue };
        // Attachments are given by themselves.
        if id == id::ATTACH_DATA {
            continue;
        }
        if let Some(value) = value(kind, view.data(index)) {
            properties.push(id, value);
        }
    }
    let listed = view.child(storage, PROPERTIES).map(|index| view.data(index)).unwrap_or_default();
    for entry in listed.get(header..).unwrap_or_default().chunks_exact(16) {
        let (Some(kind), Some(id), Some(value)) = (u16_at(entry, 0), u16_at(entry, 2), u64_at(entry, 8)) else { break };
        let value = match kind::width(kind) {
            Some(2) => value & 0xFFFF,
            Some(4) => value & 0xFFFF_FFFF,
            Some(8) => value,
            _ => continue,
        };
        properties.push(id, Value::Number(value));
    }
    properties
}

fn value(kind: u16, bytes: Bytes) -> Option<Value> {
    match kind {
        kind::STRING => Some(Value::Text(UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned())),
        kind::STRING8 => Some(Value::Narrow(bytes)),
        kind::BINARY => Some(Value::Binary(bytes)),
        _ => None,
    }
}

/// What the named properties of the file stand for, MS-OXMSG 2.2.3.
fn names(view: &OleView, properties: &mut Properties) {
    let stream = |name: &str| {
        let index = view.child(view.child(0, NAMES)?, name)?;
        Some(view.data(index))
    };
    let sets = stream("__substg1.0_00020102").unwrap_or_default();
    let entries = stream("__substg1.0_00030102").unwrap_or_default();
    for entry in entries.chunks_exact(8) {
        let (Some(number), Some(set), Some(index)) = (u32_at(entry, 0), u16_at(entry, 4), u16_at(entry, 6)) else {
            break;
        };
        let is_text = set & 1 == 1;
        let set = match set >> 1 {
            // PS_MAPI and PS_PUBLIC_STRINGS, of which we ask nothing.
            0..=2 => [0; 16],
            at => match clsid_at(&sets, usize::from(at).saturating_sub(3).saturating_mul(16)) {
                Some(set) => set,
                None => continue,
            },
        };
        let Some(id) = 0x8000u16.checked_add(index) else { continue };
        properties.name(id, Named { set, number: (!is_text).then_some(number) });
    }
}
