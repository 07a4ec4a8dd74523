//! The file information block at the start of `WordDocument`, MS-DOC 2.5: which table stream belongs to it, and where in
//! that things are.

use crate::formats::fields::{u16_at, u32_at};

/// `wIdent` of Word 97 and later, and of Word 6 and 95.
const WORD_97: u16 = 0xA5EC;
const WORD_6: u16 = 0xA5DC;
/// FibRgFcLcb97 begins here in all that Word writes: after FibBase (32), 14 words and 22 longs with their counts.
const PAIRS: usize = 154;

/// Positions in FibRgFcLcb97, 2.5.6.
const STTBF_BKMK: usize = 21;
const PLCF_BKF: usize = 22;
const PLCF_BKL: usize = 23;
const STTBF_ASSOC: usize = 32;
const CLX: usize = 33;
const STW_USER: usize = 60;

/// What is read of the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Fib {
    /// Whether the layout is that of Word 97 and later.
    pub(in super::super) is_word_97: bool,
    /// `nFib`: 0xC1 for Word 97, less than 0x69 for Word 6 and 95.
    pub(in super::super) version: u16,
    /// Whether the text and the tables are encrypted or obfuscated.
    pub(in super::super) is_locked: bool,
    second_table: bool,
    /// Offset and size in the table stream.
    pub(super) bookmarks: (usize, usize),
    pub(super) bookmark_starts: (usize, usize),
    pub(super) bookmark_ends: (usize, usize),
    pub(super) assoc: (usize, usize),
    pub(super) clx: (usize, usize),
    pub(super) variables: (usize, usize),
}

impl Fib {
    /// Reads it; none if the stream is no document's.
    pub(super) fn parse(stream: &[u8]) -> Option<Self> {
        let ident = u16_at(stream, 0)?;
        let flags = u16_at(stream, 10)?;
        let is_word_97 = ident == WORD_97;
        if !is_word_97 && ident != WORD_6 {
            return None;
        }
        let pair = |index: usize| {
            let at = PAIRS.saturating_add(index.saturating_mul(8));
            let field = |at: usize| u32_at(stream, at).and_then(|value| usize::try_from(value).ok());
            field(at).zip(field(at.saturating_add(4))).filter(|_| is_word_97).unwrap_or_default()
        };
        Some(Fib {
            is_word_97,
            version: u16_at(stream, 2)?,
            is_locked: flags & 0x0100 != 0,
            second_table: flags & 0x0200 != 0,
            bookmarks: pair(STTBF_BKMK),
            bookmark_starts: pair(PLCF_BKF),
            bookmark_ends: pair(PLCF_BKL),
            assoc: pair(STTBF_ASSOC),
            clx: pair(CLX),
            variables: pair(STW_USER),
        })
    }

    /// `fWhichTblStm`.
    pub(super) fn table_name(&self) -> &'static str {
        if self.second_table { "1Table" } else { "0Table" }
    }
}
