//! Outlook messages as far as the container goes: which streams are attachments or bodies, and what attachments are
//! called (MS-OXMSG 2.2.2, property tags of MS-OXPROPS). Headers and recipients are not read.

use encoding_rs::UTF_16LE;

use super::{OleKind, OleView, native};
use crate::model::EntryName;

/// `PidTagAttachDataBinary`.
const ATTACHMENT: &str = "__substg1.0_37010102";
/// `PidTagAttachLongFilename` and `PidTagAttachFilename`, Unicode and 8-bit.
const NAMES: [&str; 4] =
    ["__substg1.0_3707001F", "__substg1.0_3707001E", "__substg1.0_3704001F", "__substg1.0_3704001E"];
/// `PidTagBody` and `PidTagHtml`, in the forms Outlook stores them.
const BODIES: [&str; 4] =
    ["__substg1.0_1000001f", "__substg1.0_1000001e", "__substg1.0_10130102", "__substg1.0_1013001f"];

/// Whether the file is a message.
pub(super) fn is_message(view: &OleView) -> bool {
    view.find("__properties_version1.0").is_some()
}

/// The name of the attachment whose content this stream is; none for any other stream.
pub(super) fn attachment_name(view: &OleView, index: usize) -> Option<EntryName> {
    let entry = view.entries.get(index)?;
    let storage = entry.parent.filter(|_| entry.name.eq_ignore_ascii_case(ATTACHMENT))?;
    let mut names = NAMES.iter().filter_map(|name| {
        let text = view.data(view.child(storage, name)?);
        let text = match name.ends_with('F') {
            true => UTF_16LE.decode_without_bom_handling(&text).0.into_owned(),
            false => native::decode(&text),
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.is_empty()).then_some(text)
    });
    let first = names.next().unwrap_or_else(|| "attachment".to_owned());
    Some(names.fold(EntryName::new(first), EntryName::also))
}

/// Whether a stream is the text of a message. The list of named properties has streams of the same names.
pub(super) fn is_body(view: &OleView, index: usize) -> bool {
    let Some(entry) = view.entries.get(index) else { return false };
    let parent = entry.parent.and_then(|parent| view.entries.get(parent));
    entry.kind == OleKind::Stream
        && BODIES.contains(&entry.name.to_lowercase().as_str())
        && !parent.is_some_and(|parent| parent.name.to_lowercase().starts_with("__nameid"))
}
