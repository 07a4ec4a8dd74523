//! Which documents are encrypted, by their headers alone (MS-OFFCRYPTO). None is opened.

use super::{OleView, biff};
use crate::formats::fields::{u16_at, u32_at};
use crate::model::{Location, Problem};
use crate::stage::Outcome;

/// The streams of an encrypted OOXML package, MS-OFFCRYPTO 2.3.2.
pub(super) fn is_encrypted_package(view: &OleView) -> bool {
    view.find("EncryptedPackage").is_some() && view.find("EncryptionInfo").is_some()
}

/// Says what is locked.
pub(super) fn say_encryption(view: &OleView, out: &mut Outcome<'_>) {
    if is_encrypted_package(view) {
        let method = match view.stream("EncryptionInfo").and_then(|info| Some((u16_at(&info, 0)?, u16_at(&info, 2)?))) {
            Some((4, 4)) => "agile",
            Some((2..=4, 2)) => "standard",
            Some((3 | 4, 3)) => "extensible",
            _ => "unknown method",
        };
        out.problem(Problem::encrypted(
            format!("the document is encrypted ({method})"),
            Location::part("stream EncryptedPackage"),
        ));
    }
    for (index, entry) in view.streams() {
        let name = entry.name.to_ascii_lowercase();
        let is_locked = match name.as_str() {
            "worddocument" => is_locked_word(&view.data(index)),
            "workbook" | "book" => biff::globals(&view.data(index)).is_encrypted,
            "current user" => is_locked_presentation(&view.data(index)),
            _ => false,
        };
        if is_locked {
            let at = Location::part(format!("stream {}", view.path(index)));
            out.problem(Problem::encrypted("the document is encrypted", at));
        }
    }
}

/// `fEncrypted` of FibBase, MS-DOC 2.5.2.
fn is_locked_word(stream: &[u8]) -> bool {
    matches!(u16_at(stream, 0), Some(0xA5EC | 0xA5DC)) && u16_at(stream, 10).is_some_and(|flags| flags & 0x0100 != 0)
}

/// `headerToken` of CurrentUserAtom, MS-PPT 2.3.2.
fn is_locked_presentation(stream: &[u8]) -> bool {
    u32_at(stream, 12) == Some(0xF3D1_C4DF)
}
