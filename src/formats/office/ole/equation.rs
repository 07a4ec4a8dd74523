//! Equation objects: the header of `Equation Native` and the first MTEF records, which is where CVE-2017-11882 sits.

use super::{OleView, native};
use crate::finding_kind;
use crate::formats::fields::{u16_at, u32_at};
use crate::knowledge::clsids::{ClassKind, class};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Name of the stream as the equation editor writes it.
const STREAM: &str = "Equation Native";
/// Size of the buffer the font name is copied to; the editor's own names are far shorter.
const FONT_BUFFER: usize = 40;

/// Says equation objects: by class, or by a stream of that name in any case.
pub(super) fn say_equations(view: &OleView, out: &mut Outcome<'_>) {
    for (index, entry) in view.storages().chain(view.root().map(|root| (0, root))) {
        let known = class(entry.clsid).filter(|known| known.kind == ClassKind::Equation);
        let stream = view.child(index, STREAM);
        if known.is_none() && stream.is_none() {
            continue;
        }
        let path = view.path(index);
        let at = Location::part(format!("storage {path}"));
        let mut observed =
            known.map_or_else(|| "no class".to_owned(), |known| format!("{} {{{}}}", known.name, entry.clsid));
        let mut is_ordinary = known.is_none_or(|known| !known.name.contains("permuted"));
        match stream.and_then(|stream| Some((stream, view.entries.get(stream)?))) {
            Some((stream, entry)) => {
                is_ordinary &= entry.name == STREAM;
                observed = format!("{observed}, stream {}", entry.name);
                match equation(&view.data(stream)) {
                    Equation::Ordinary => {}
                    Equation::NoHeader => {
                        is_ordinary = false;
                        observed.push_str(", without an equation");
                    }
                    Equation::LongFont(size) => {
                        let at = Location::part(format!("stream {}", view.path(stream)));
                        out.raise(
                            EQUATION_FONT_OVERFLOW,
                            at,
                            format!("font name of {size} bytes, room for {FONT_BUFFER}"),
                        );
                    }
                }
            }
            // The editor's data in the wrong stream: only exploits do so.
            None if view.child(index, native::STREAM).is_some() => {
                is_ordinary = false;
                observed.push_str(", native data in a package stream");
            }
            None => {}
        }
        let severity = if is_ordinary { Severity::Medium } else { Severity::High };
        out.raise_as(EQUATION_EDITOR_OBJECT, severity, false, at, observed);
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Equation {
    Ordinary,
    NoHeader,
    LongFont(usize),
}

/// EQNOLEFILEHDR (28 bytes), the MTEF header (5 bytes), and the records up to the first font.
fn equation(stream: &[u8]) -> Equation {
    let is_header = u16_at(stream, 0) == Some(28) && u32_at(stream, 2) == Some(0x0002_0000);
    let is_mtef = matches!(stream.get(28), Some(1..=5));
    if !is_header || !is_mtef {
        return Equation::NoHeader;
    }
    /// Records before the first font in what the editor writes: sizes, a line, its nudge.
    const MAX_RECORDS: usize = 16;
    let mut at = 33usize;
    for _ in 0..MAX_RECORDS {
        let Some(tag) = stream.get(at).copied() else { break };
        let step = match tag & 0x0F {
            // LINE, with a nudge or a line spacing where its options say so.
            1 => 1usize.saturating_add(if tag & 0x80 != 0 { 2 } else { 0 }).saturating_add(if tag & 0x40 != 0 {
                1
            } else {
                0
            }),
            // FONT: typeface, style, a name closed by zero.
            8 => {
                let name = stream.get(at.saturating_add(3)..).unwrap_or_default();
                let size = memchr::memchr(0, name).unwrap_or(name.len());
                if size > FONT_BUFFER {
                    return Equation::LongFont(size);
                }
                size.saturating_add(4)
            }
            // FULL, SUB, SUB2, SYM, SUBSYM.
            10..=14 => 1,
            _ => break,
        };
        at = at.saturating_add(step);
    }
    Equation::Ordinary
}

finding_kind! {
    /// ## What it is
    /// An object of the equation editor that Office had until January 2018.
    ///
    /// ## Why it matters
    /// Its stack overflows (CVE-2017-11882, CVE-2018-0802, CVE-2018-0798) were the most used document exploits for
    /// years, in Japan by Tick and others, and still run on machines that were not updated.
    ///
    /// ## How we see it
    /// A storage with the editor's class id, or a stream `Equation Native` in any case. Weighted high if the stream
    /// holds no equation, its name or class is spelled in an unusual way, or the data lies in a package stream.
    ///
    /// ## When it is innocent
    /// Old textbooks and papers have real equations; they weigh medium.
    ///
    /// ## References
    /// - CVE-2017-11882: https://nvd.nist.gov/vuln/detail/CVE-2017-11882
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const EQUATION_EDITOR_OBJECT = {
        id: "equation-editor-object",
        title: "the document embeds an object of the old equation editor",
        ja: "旧「数式エディター」のオブジェクトが埋め込まれています",
        why_ja: "数式エディターの脆弱性は長年攻撃に使われています。通常の数式の場合もありますが、形式が不自然な場合は危険です。",
        severity: High,
        facet: Exploit,
        confidence: High,
        attack: ["T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// An equation whose font name is longer than the editor has room for.
    ///
    /// ## Why it matters
    /// This is CVE-2017-11882 or CVE-2018-0802: the rest of the name overwrites the stack and runs as code.
    ///
    /// ## How we see it
    /// The MTEF records after the header of `Equation Native` are walked to the first FONT record, whose name is
    /// measured.
    ///
    /// ## When it is innocent
    /// Never: no font has such a name.
    ///
    /// ## References
    /// - CVE-2017-11882: https://nvd.nist.gov/vuln/detail/CVE-2017-11882
    /// - CVE-2018-0802: https://nvd.nist.gov/vuln/detail/CVE-2018-0802
    pub(crate) const EQUATION_FONT_OVERFLOW = {
        id: "equation-font-overflow",
        title: "an equation's font name overflows the equation editor's buffer",
        ja: "数式のフォント名が長すぎ、数式エディターの脆弱性を突いています",
        why_ja: "開くだけでコードが実行される既知の攻撃（CVE-2017-11882など）の形です。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(records: &[u8]) -> Vec<u8> {
        let mut stream = vec![0u8; 28];
        stream[0] = 28;
        stream[4] = 2;
        stream.extend([3, 1, 1, 3, 10]);
        stream.extend(records);
        stream
    }

    #[test]
    fn measures_the_font_name() {
        let long = [&[0x0A, 0x01, 0x08, 0x5A, 0x5A][..], &[b'A'; 48], &[0]].concat();
        assert_eq!(equation(&native(&long)), Equation::LongFont(48));
        let short = [&[0x0A, 0x01, 0x08, 0x81, 0x00][..], b"Times New Roman\0", &[0x02]].concat();
        assert_eq!(equation(&native(&short)), Equation::Ordinary);
        assert_eq!(equation(b"HARMLESS"), Equation::NoHeader);
    }
}
