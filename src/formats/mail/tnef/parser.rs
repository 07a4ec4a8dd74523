//! Attributes to a message. Those of an attachment follow its rendering data.

use std::sync::Arc;

use bytes::Bytes;

use crate::formats::fields::{u16_at, u32_at};
use crate::formats::mail::mapi::{self, Attachment, Content, Item, Properties, Value};
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

use super::attributes::{Attribute, SIGNATURE, attributes, id};
use super::properties::{self, Object};

/// IID_IMessage, {00020307-0000-0000-C000-000000000046}: the object is a TNEF stream again.
const MESSAGE: [u8; 16] = [0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];

/// A TNEF stream.
#[derive(Debug)]
pub(crate) struct TnefView {
    /// The message in it.
    pub(crate) item: Item,
    /// Where its last attribute ends.
    pub(crate) end: usize,
    length: usize,
}

impl TnefView {
    /// Whether the stream accounts for all bytes there are.
    pub(crate) fn is_whole(&self) -> bool {
        self.end >= self.length && self.item.problems.iter().all(|problem| problem.kind == ProblemKind::Odd)
    }
}

impl View for TnefView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.starts_with(&SIGNATURE) {
            return Err(ParseError::new("no TNEF signature", 0));
        }
        let mut item = Item::default();
        let (attributes, end) = attributes(bytes, &mut item.problems);
        let page = attributes.iter().find(|attribute| attribute.id == id::CODE_PAGE);
        let code_page = page.and_then(|attribute| u32_at(&attribute.data, 0)).unwrap_or_default();
        item.properties = Properties::in_code_page(code_page);
        let mut parts: Vec<Part> = Vec::new();
        for attribute in &attributes {
            if attribute.is_of_attachment {
                if attribute.id == id::ATTACH_RENDERING || parts.is_empty() {
                    parts.push(Part::new(code_page));
                }
                if let Some(part) = parts.last_mut() {
                    part.take(attribute, &mut item.problems);
                }
            } else {
                of_message(attribute, &mut item);
            }
        }
        for (index, part) in parts.into_iter().enumerate() {
            part.finish(index, &mut item);
        }
        Ok(TnefView { item, end, length: bytes.len() })
    }
}

/// Properties win over attributes that say the same, but both are read.
fn of_message(attribute: &Attribute, item: &mut Item) {
    let narrow = |id: u16, item: &mut Item| item.properties.push(id, Value::Narrow(attribute.data.clone()));
    match attribute.id {
        id::SUBJECT => narrow(mapi::id::SUBJECT, item),
        id::BODY => narrow(mapi::id::BODY, item),
        id::MESSAGE_CLASS => narrow(mapi::id::MESSAGE_CLASS, item),
        id::FROM => {
            if let Some((name, address)) = sender(&attribute.data) {
                item.properties.push(mapi::id::SENT_REPRESENTING_NAME, Value::Narrow(name));
                item.properties.push(mapi::id::SENT_REPRESENTING_ADDRESS, Value::Narrow(address));
            }
        }
        id::PROPERTIES => {
            let (_, end) = properties::read(&attribute.data, &mut item.properties);
            say_end(end, attribute, &mut item.problems);
        }
        _ => {}
    }
}

fn say_end(end: Result<(), usize>, attribute: &Attribute, problems: &mut Vec<Problem>) {
    if let Err(at) = end {
        let what = "properties end where one should start";
        problems.push(Problem::damaged(what, Location::at(attribute.at.saturating_add(at))));
    }
}

/// attFrom, MS-OXTNEF 2.1.3.3.3: lengths of name and address, then both; the address as `SMTP:a@example.com`.
fn sender(data: &Bytes) -> Option<(Bytes, Bytes)> {
    let (name, address) = (usize::from(u16_at(data, 4)?), usize::from(u16_at(data, 6)?));
    let start = 8usize.checked_add(name)?;
    let end = start.checked_add(address)?;
    (end <= data.len()).then_some(())?;
    let address = data.slice(start..end);
    let colon = memchr::memchr(b':', &address).map_or(0, |colon| colon.saturating_add(1));
    Some((data.slice(8..start), address.slice(colon..)))
}

/// An attachment in the making.
struct Part {
    properties: Properties,
    data: Vec<Bytes>,
    objects: Vec<Object>,
    names: Vec<Bytes>,
}

impl Part {
    fn new(code_page: u32) -> Self {
        Part {
            properties: Properties::in_code_page(code_page),
            data: Vec::new(),
            objects: Vec::new(),
            names: Vec::new(),
        }
    }

    fn take(&mut self, attribute: &Attribute, problems: &mut Vec<Problem>) {
        match attribute.id {
            id::ATTACH_DATA => self.data.push(attribute.data.clone()),
            id::ATTACH_TITLE | id::ATTACH_TRANSPORT_NAME => self.names.push(attribute.data.clone()),
            id::ATTACHMENT_PROPERTIES => {
                let (objects, end) = properties::read(&attribute.data, &mut self.properties);
                self.objects.extend(objects.into_iter().filter(|object| object.id == mapi::id::ATTACH_DATA));
                say_end(end, attribute, problems);
            }
            _ => {}
        }
    }

    fn finish(self, index: usize, item: &mut Item) {
        let mut contents: Vec<Content> = Vec::new();
        let stored = self.properties.binary(mapi::id::ATTACH_DATA).filter(|data| !self.data.contains(data));
        let holds_objects = !self.objects.is_empty();
        for object in self.objects {
            contents.push(if object.interface == MESSAGE || object.data.starts_with(&SIGNATURE) {
                Content::Message(object.data)
            } else {
                Content::Object(object.data)
            });
        }
        // What stands beside an object is empty, or the same for older readers.
        let files = self.data.into_iter().chain(stored).filter(|data| !holds_objects || !data.is_empty());
        contents.extend(files.map(Content::File));
        if contents.is_empty() {
            contents.push(Content::None);
        }
        const MAX_NAMES: usize = 16;
        let names = self.names.iter().take(MAX_NAMES);
        let names = names.map(|name| self.properties.decode(name).trim_end_matches('\0').to_owned()).collect();
        let (properties, names): (_, Arc<[String]>) = (Arc::new(self.properties), names);
        let place: Arc<str> = format!("attachment {}", index.saturating_add(1)).into();
        for content in contents {
            item.attachments.push(Attachment {
                properties: properties.clone(),
                content,
                names: names.clone(),
                place: place.clone(),
            });
        }
    }
}
