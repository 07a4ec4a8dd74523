//! Defined names: Lbl, MS-XLS 2.4.150, and NAME of the versions before.

use std::borrow::Cow;

use super::records::Record;
use super::strings::{narrow, unicode};
use super::version::Version;
use crate::formats::fields::u16_at;
use crate::formats::office::vba::CodePage;

/// A defined name.
#[derive(Debug)]
pub(crate) struct Label<'a> {
    /// The name, spelled out where it is built in; what follows the built-in code stays.
    pub(crate) name: String,
    /// Whether it is left out of the list of names.
    pub(crate) is_hidden: bool,
    /// Offset of the substream it lies in.
    pub(super) owner: usize,
    /// Offset of its record.
    pub(super) offset: usize,
    data: Cow<'a, [u8]>,
    tokens: (usize, usize),
}

impl Label<'_> {
    /// The tokens of what it stands for, and the data behind them.
    pub(super) fn formula(&self) -> (&[u8], &[u8]) {
        let (start, size) = self.tokens;
        let rest = self.data.get(start..).unwrap_or_default();
        rest.split_at_checked(size).unwrap_or((rest, &[]))
    }
}

const BUILT_IN: [&str; 14] = [
    "Consolidate_Area",
    "Auto_Open",
    "Auto_Close",
    "Extract",
    "Database",
    "Criteria",
    "Print_Area",
    "Print_Titles",
    "Recorder",
    "Data_Form",
    "Auto_Activate",
    "Auto_Deactivate",
    "Sheet_Title",
    "_FilterDatabase",
];

/// A name's record. Names that are built in hold a code of one character; Excel ignores what it does not expect behind
/// it, so it is kept and shown.
pub(super) fn label<'a>(record: &Record<'a>, version: Version, page: CodePage, owner: usize) -> Option<Label<'a>> {
    let data = record.whole();
    let flags = u16_at(&data, 0)?;
    let count = usize::from(*data.get(3)?);
    let (size, start) = match version {
        Version::Biff2 => (usize::from(*data.get(4)?), 5usize),
        Version::Biff3 | Version::Biff4 => (usize::from(u16_at(&data, 4)?), 6),
        _ => (usize::from(u16_at(&data, 4)?), 14),
    };
    let text = data.get(start..)?;
    let (text, taken) = match version {
        Version::Biff8 => unicode(text, count),
        _ => (narrow(text, count, page), count),
    };
    let is_built_in = version != Version::Biff2 && flags & 0x20 != 0;
    let name = if is_built_in { spelled(&text) } else { text };
    Some(Label {
        name,
        is_hidden: version != Version::Biff2 && flags & 1 != 0,
        owner,
        offset: record.offset,
        tokens: (start.saturating_add(taken), size),
        data,
    })
}

fn spelled(text: &str) -> String {
    let mut chars = text.chars();
    // Zeros before the code are passed over.
    let code = chars.by_ref().find(|c| *c != '\0').unwrap_or('\0');
    let known = usize::try_from(u32::from(code)).ok().and_then(|code| BUILT_IN.get(code));
    match known {
        Some(name) => format!("{name}{}", chars.as_str()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::biff::records::records;

    fn read(version: Version, body: &[u8]) -> (String, bool, Vec<u8>) {
        let stream = [&[0x18, 0, body.len() as u8, 0], body].concat();
        let record = records(&stream, 0).next().unwrap();
        let label = label(&record, version, CodePage::default(), 0).unwrap();
        (label.name.clone(), label.is_hidden, label.formula().0.to_vec())
    }

    #[test]
    fn built_in_names_are_spelled_out() {
        let body = [&[0x21, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1][..], &[7, 8, 9]].concat();
        assert_eq!(read(Version::Biff8, &body), ("Auto_Open".to_owned(), true, vec![7, 8]));
        let body = [&[0x20, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, b'x'][..], &[7]].concat();
        assert_eq!(read(Version::Biff8, &body).0, "Auto_Closex");
    }

    #[test]
    fn old_versions_have_other_fields() {
        assert_eq!(read(Version::Biff2, &[2, 2, 0, 4, 1, b'n', b'a', b'm', b'e', 9]).0, "name");
        assert_eq!(read(Version::Biff4, &[0, 0, 0, 1, 1, 0, b'n', 9]), ("n".to_owned(), false, vec![9]));
        let five = [&[0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'n'][..], &[9]].concat();
        assert_eq!(read(Version::Biff5, &five), ("n".to_owned(), false, vec![9]));
    }
}
