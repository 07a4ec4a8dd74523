//! Objects of the equation editor, wherever they lie: in the storages of a compound file, or bare in an OLE1 object.
//!
//! `mtef` the records, whose lengths the editor does not check (CVE-2017-11882, CVE-2018-0798, CVE-2018-0802).

mod mtef;

pub(crate) use mtef::is_header;
use mtef::{Equation, FONT_BUFFER, MATRIX_LINES, Overflow};

use crate::finding_kind;
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// An object of the editor, as far as its container tells.
pub(crate) struct Object {
    /// Class, stream, and what is odd about them.
    pub(crate) observed: String,
    /// Whether class and stream are named as the editor names them.
    pub(crate) is_ordinary: bool,
}

impl Object {
    /// Says the object, and what its data overflows.
    pub(crate) fn say(mut self, out: &mut Outcome<'_>, data: Option<&[u8]>, at: Location, data_at: Location) {
        match data.map(mtef::read) {
            None | Some(Equation::Ordinary) => {}
            Some(Equation::Unreadable) => {
                self.is_ordinary = false;
                self.observed.push_str(", without an equation");
            }
            Some(Equation::Overflow(overflow)) => say_overflow(out, &overflow, data_at),
        }
        let severity = if self.is_ordinary { Severity::Medium } else { Severity::High };
        out.raise_as(EQUATION_EDITOR_OBJECT, severity, false, at, self.observed);
    }
}

fn say_overflow(out: &mut Outcome<'_>, overflow: &Overflow, at: Location) {
    let at = at.with_offset(overflow.at() as u64);
    match overflow {
        Overflow::Font { size, text, .. } => {
            let text = text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
            out.raise(
                EQUATION_FONT_OVERFLOW,
                at,
                format!("FONT record with a name of {size} bytes, room for {FONT_BUFFER}{text}"),
            );
        }
        Overflow::Matrix { rows, columns, .. } => out.raise(
            EQUATION_MATRIX_OVERFLOW,
            at,
            format!("MATRIX record of {rows} by {columns}, room for {MATRIX_LINES}"),
        ),
    }
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
    /// A storage with the editor's class id, a stream `Equation Native` in any case, or an OLE1 object of its class.
    /// Weighted high if it holds no equation, its name or class is spelled in an unusual way, or the data lies in a
    /// package stream.
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
    /// The records of the equation (MTEF) are walked, and the name in each FONT record is measured; where the header
    /// is none, records are looked for at the places exploits put them. Text in the name is shown: it is often the
    /// command.
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

finding_kind! {
    /// ## What it is
    /// An equation with a matrix of more rows or columns than the editor has room for.
    ///
    /// ## Why it matters
    /// This is CVE-2018-0798: the lines of the matrix overwrite the stack, and what they bring runs as code. It was used
    /// after the overflow of the font name had been closed.
    ///
    /// ## How we see it
    /// The MATRIX records of the equation (MTEF) are read; the editor itself makes at most 31 rows and columns.
    ///
    /// ## When it is innocent
    /// Never: the editor cannot make one.
    ///
    /// ## References
    /// - CVE-2018-0798: https://nvd.nist.gov/vuln/detail/CVE-2018-0798
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const EQUATION_MATRIX_OVERFLOW = {
        id: "equation-matrix-overflow",
        title: "an equation's matrix overflows the equation editor's buffer",
        ja: "数式の行列が大きすぎ、数式エディターの脆弱性を突いています",
        why_ja: "開くだけでコードが実行される既知の攻撃（CVE-2018-0798）の形です。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203"],
    }
}
