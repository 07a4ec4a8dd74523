//! A message as Outlook stores it.

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
    pub(crate) properties: Properties,
    pub(crate) content: Content,
    /// Names known from elsewhere than the properties.
    pub(crate) names: Vec<String>,
    /// Where it is, for reports.
    pub(crate) place: String,
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
}

impl Attachment {
    /// Every name it goes by (MS-OXCMSG 2.2.2): the long one that Outlook shows, the short one, the one displayed.
    pub(crate) fn name(&self) -> Option<EntryName> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: String| {
            let name = name.trim().to_owned();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        };
        for tag in [id::ATTACH_LONG_FILENAME, id::ATTACH_FILENAME] {
            self.properties.texts(tag).into_iter().for_each(&mut add);
        }
        self.names.iter().cloned().for_each(&mut add);
        let displayed = self.properties.texts(id::DISPLAY_NAME);
        // What is shown under an object's icon ("Picture (Device Independent Bitmap)") is no file name.
        if !matches!(self.content, Content::Object(_)) {
            displayed.iter().cloned().for_each(&mut add);
        }
        let mut names = names.into_iter();
        let first = names.next()?;
        Some(names.fold(EntryName::new(first), EntryName::also))
    }
}
