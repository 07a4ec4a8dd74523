//! A message as Outlook stores it.

use std::sync::Arc;

use bytes::Bytes;

use super::property::{Properties, id};
use crate::model::{EntryName, Problem};

/// A message.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) properties: Properties,
    pub(crate) attachments: Vec<Attachment>,
    /// What was odd or damaged.
    pub(crate) problems: Vec<Problem>,
}

/// An attachment.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Shared between the contents of one attachment, if it has several.
    pub(crate) properties: Arc<Properties>,
    pub(crate) content: Content,
    /// Names known from elsewhere than the properties.
    pub(crate) names: Arc<[String]>,
    /// Where it is, for reports.
    pub(crate) place: Arc<str>,
}

/// What an attachment holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing: a file elsewhere, or no data.
    None,
    /// A file.
    File(Bytes),
    /// Another message, in a form that is read as a message by itself.
    Message(Bytes),
    /// An OLE object as a compound file.
    Object(Bytes),
    /// A storage of the message's own file, which becomes one of the others when it is given.
    Storage(usize),
}

/// Names kept of one attachment.
const MAX_NAMES: usize = 16;

/// PidTagAttachMethod of an OLE object.
const METHOD_OBJECT: u64 = 6;

impl Attachment {
    fn is_object(&self) -> bool {
        matches!(self.content, Content::Object(_))
            || matches!(self.content, Content::Storage(_))
                && self.properties.number(id::ATTACH_METHOD) == Some(METHOD_OBJECT)
    }

    /// Every name it goes by (MS-OXCMSG 2.2.2): the long one that Outlook shows, the short one, the one displayed.
    pub(crate) fn name(&self) -> Option<EntryName> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: String| {
            let name = name.trim().to_owned();
            if !name.is_empty() && names.len() < MAX_NAMES && !names.contains(&name) {
                names.push(name);
            }
        };
        for tag in [id::ATTACH_LONG_FILENAME, id::ATTACH_FILENAME] {
            self.properties.texts(tag).into_iter().for_each(&mut add);
        }
        self.names.iter().cloned().for_each(&mut add);
        let displayed = self.properties.texts(id::DISPLAY_NAME);
        // What is shown under an object's icon ("Picture (Device Independent Bitmap)") is no file name.
        if !self.is_object() {
            displayed.iter().cloned().for_each(&mut add);
        }
        let mut names = names.into_iter();
        let first = names.next()?;
        Some(names.fold(EntryName::new(first), EntryName::also))
    }
}
