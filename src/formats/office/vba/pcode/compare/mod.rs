//! Compiled code against source, line by line. The editor writes the one from the other, so that in honest modules every
//! logical line of source (attributes left out) is the line of compiled code in its place: the same names, texts and
//! numbers in the same order. Over 10,000 lines of honest documents none differs.
//!
//! `lines` the lines of the source, `tokens` a line as tokens; `likeness` one line against another, `written` against a
//! whole source.

mod likeness;
mod lines;
mod tokens;
mod written;

use self::likeness::{Likeness, compare};
use self::lines::{is_same_length, lines, says_something};
use self::written::Written;
use super::module::{Code, Reading};
use super::opcodes::Numbering;
use super::operands::Scope;
use super::project::{Damage, Names};
use super::source::Writer;
use crate::formats::office::vba::codepage::CodePage;

/// Differences kept to be shown.
const MAX_SHOWN: usize = 4;
/// Differences after which the answer is clear.
const ENOUGH: usize = 1_000;
/// Lines looked at more closely than letter by letter.
const MAX_UNCLEAR: usize = 20_000;

/// What the comparison of one module came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::formats::office::vba) struct Comparison {
    /// Compiled lines that say something.
    pub compiled: usize,
    /// Lines of source that say something: no attributes, comments or blanks.
    pub written: usize,
    /// Lines that are the same.
    pub equal: usize,
    /// Lines whose names, texts or numbers are others.
    pub differing: usize,
    /// Lines that differ in words of the language or in order only, or that were not understood.
    pub unclear: usize,
    /// The first differing lines: number, compiled, source.
    pub shown: Vec<(u32, String, String)>,
    /// Whether a limit ended the comparison early.
    pub is_cut: bool,
}

impl Comparison {
    /// Compares the bytes before a module's source with the source. None where there is no compiled code.
    pub(in crate::formats::office::vba) fn make(
        cache: &[u8],
        source: &str,
        names: &Names,
        code_page: CodePage,
        left: &mut usize,
    ) -> Result<Option<Self>, Damage> {
        let code = match Code::find(cache, names) {
            Reading::Empty => return Ok(None),
            Reading::Damaged(damage) => return Err(damage),
            Reading::Code(code) => code,
        };
        let mut writer = Writer::new(Scope { code, names }, code_page, *left);
        writer.skips_comments = true;
        let mut out = Comparison::default();
        let written = lines(source);
        out.written = written.iter().filter(|line| says_something(line)).count();
        // Where lines are missing or in excess, they are looked for anywhere in the source, each used once.
        let fits = is_same_length(usize::from(code.line_count), &written);
        let mut loose = (!fits).then(|| Written::of(&written));
        for (number, line) in (1u32..).zip(code.lines()) {
            let text = writer.line(line);
            if writer.is_spent() || out.unclear > MAX_UNCLEAR {
                out.is_cut = true;
                break;
            }
            if out.differing > ENOUGH {
                break;
            }
            let index = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
            let beside = written.get(index).copied().unwrap_or_default();
            if !text.text.is_empty() {
                out.compiled = out.compiled.saturating_add(1);
            }
            let likeness = match &mut loose {
                Some(written) => written.take(&text),
                None => compare(&text, beside),
            };
            match likeness {
                // The records of VBA 5 are known from one description only.
                Likeness::Differs if text.declares && code.numbering == Numbering::Vba5 && !beside.is_empty() => {
                    out.unclear = out.unclear.saturating_add(1);
                }
                Likeness::Same => out.equal = out.equal.saturating_add(1),
                Likeness::Unclear => out.unclear = out.unclear.saturating_add(1),
                Likeness::Differs => out.differ(number, text.text, beside),
            }
        }
        if let Some(written) = loose
            && !out.is_cut
            && out.differing <= ENOUGH
        {
            out.differ_in_excess(&written);
        }
        *left = writer.left();
        Ok(Some(out))
    }

    fn differ(&mut self, number: u32, compiled: String, written: &str) {
        self.differing = self.differing.saturating_add(1);
        if self.shown.len() < MAX_SHOWN {
            self.shown.push((number, compiled, written.trim().to_owned()));
        }
    }

    /// Lines of source that nothing was compiled of; one may belong to each line that was not understood.
    fn differ_in_excess(&mut self, written: &Written<'_>) {
        let mut spare = self.unclear;
        for (line, (count, spelling)) in &written.lines {
            let taken = spare.min(*count);
            spare = spare.saturating_sub(taken);
            if !line.is_empty() && *count > taken {
                self.differ(0, String::new(), spelling);
            }
        }
    }
}
