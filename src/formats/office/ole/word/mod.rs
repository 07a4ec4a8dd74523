//! What a Word 97-2003 document says outside its macros (MS-DOC): `fib` where things are, `pieces` its text in reading order,
//! `bookmarks` what of it has a name, `fields` what the fields in it reach, `tables` its template and its variables.

mod bookmarks;
mod fib;
mod fields;
mod pieces;
mod tables;

use bytes::Bytes;

pub(super) use fields::say_fields;
pub(super) use tables::{say_template, variables};

use super::OleView;
use fib::Fib;

/// A document: the two streams it is in.
pub(super) struct Word {
    /// Index of `WordDocument`.
    pub(super) index: usize,
    /// Its content.
    pub(super) stream: Bytes,
    /// The table stream that belongs to it; empty where there is none, as in Word 6 and 95.
    pub(super) table: Bytes,
    pub(super) fib: Fib,
}

/// The documents of a file: one, in all that anybody saw.
pub(super) fn documents(view: &OleView) -> impl Iterator<Item = Word> + '_ {
    view.streams().filter(|(_, entry)| entry.name.eq_ignore_ascii_case("WordDocument")).filter_map(|(index, entry)| {
        let stream = view.data(index);
        let fib = Fib::parse(&stream)?;
        let storage = entry.parent.unwrap_or_default();
        let table = view.child(storage, fib.table_name()).map(|table| view.data(table)).unwrap_or_default();
        Some(Word { index, stream, table, fib })
    })
}

impl Word {
    /// What the FIB says lies in the table stream.
    pub(super) fn part(&self, (start, size): (usize, usize)) -> &[u8] {
        let end = start.saturating_add(size).min(self.table.len());
        self.table.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::word::Word as Made;

    use super::*;
    use crate::formats::office::ole::{FORMAT, named_strings};
    use crate::formats::office::strings::{NamedString, StringSource};
    use crate::formats::trial::{file, findings, scan_artifact};
    use crate::model::View;

    fn said(made: &Made) -> Vec<(&'static str, &'static str)> {
        findings(&scan_artifact(&FORMAT, file("t", made.build().build())))
    }

    #[test]
    fn a_field_cut_over_pieces_of_either_width_is_read_in_order() {
        let made = Made::new().narrow("text \u{13} DDEA").wide("UTO harmless-no").narrow("ne.exe \u{14}x\u{15} end");
        assert_eq!(said(&made), [("dde-link", "high")]);
        // A field that never ends, and one inside another.
        assert_eq!(said(&Made::new().wide("\u{13} DDE harmless-none.exe \"/k\"")), [("dde-link", "high")]);
        let nested = Made::new().narrow("\u{13}\u{13} QUOTE 68 68 69 \u{14}\u{15} harmless-none.exe a\u{14}\u{15}");
        assert_eq!(said(&nested), [("dde-link", "high")]);
        let shown = Made::new()
            .narrow("cmd.exe /c x")
            .wide("\u{13} DDEAUTO \u{13} REF b \u{14}\u{15} a\u{14}\u{15}")
            .bookmark("other", 3, 5)
            .bookmark("b", 0, 12);
        assert_eq!(said(&shown), [("dde-link", "high")]);
        let variable =
            Made::new().wide("\u{13} DDE \u{13} DOCVARIABLE v \u{14}\u{15}\u{15}").variable("v", "cmd.exe /c x");
        assert_eq!(said(&variable), [("dde-link", "high")]);
        assert_eq!(said(&Made::new().narrow("\u{13} PAGE \u{14}1\u{15}").wide("the word DDE in a text")), []);
    }

    #[test]
    fn a_template_elsewhere_is_said() {
        assert_eq!(
            said(&Made::new().narrow("x").template("http://192.0.2.20/t.dot")),
            [("remote-template", "high"), ("remote-host-unusual", "info")]
        );
        for path in [r"C:\Templates\letter.dot", "Normal.dot", r"\\server01\forms\letter.dot"] {
            let said = said(&Made::new().narrow("x").template(path));
            assert!(said.iter().all(|(_, severity)| *severity == "low"), "{path}: {said:?}");
        }
    }

    #[test]
    fn variables_are_given() {
        let made = Made::new().narrow("x").variable("a", "powershell").variable("b", "").build();
        let view = OleView::parse(&made.build().into()).unwrap();
        let variable = |name: &str, value: &str| NamedString {
            source: StringSource::DocumentVariable,
            name: name.to_owned(),
            value: value.to_owned(),
        };
        assert_eq!(named_strings(&view), [variable("a", "powershell"), variable("b", "")]);
    }

    #[test]
    fn tables_that_lie_are_no_tables() {
        let whole = Made::new().narrow("\u{13} DDE harmless-none.exe b\u{15}").variable("a", "b").build();
        let bytes = whole.build();
        for at in [154 + 33 * 8, 154 + 33 * 8 + 4, 154 + 60 * 8] {
            for value in [0u32, 5, 0xFFFF_FFFF, 0x7FFF_FFFF] {
                let mut lying = bytes.clone();
                let stream = lying.windows(4).position(|window| window == [0xEC, 0xA5, 0xC1, 0]).unwrap();
                lying[stream + at..stream + at + 4].copy_from_slice(&value.to_le_bytes());
                // The text is found by searching where the pieces are gone.
                assert_eq!(findings(&scan_artifact(&FORMAT, file("t", lying))), [("dde-link", "high")]);
            }
        }
    }
}
