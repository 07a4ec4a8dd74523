//! The control words of RTF that fetch or load something.

use memchr::memmem;

use crate::finding_kind;
use crate::formats::link::Link;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Bytes of a template's target that are read.
const MAX_TARGET: usize = 2_000;

/// Looks at RTF.
pub(super) struct RtfAnalyzer;

impl Analyzer for RtfAnalyzer {
    fn findings(&self) -> Kinds {
        &[RTF_OBJECT, RTF_TEMPLATE, RTF_HEADER]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &artifact.bytes;
        if !bytes.starts_with(b"{\\rtf1") && !bytes.starts_with(b"{\\rtf\\") {
            let shown = String::from_utf8_lossy(bytes.get(..16).unwrap_or(bytes)).into_owned();
            out.raise(RTF_HEADER, Location::at(0), shown);
        }
        // Loading without a click weighs; an object that waits for one is how pictures and tables are embedded.
        for (word, severity) in
            [("\\objupdate", Severity::High), ("\\objautlink", Severity::High), ("\\objdata", Severity::Medium)]
        {
            if let Some(at) = memmem::find(bytes, word.as_bytes()) {
                out.raise_as(RTF_OBJECT, severity, false, Location::at(at), word);
                break;
            }
        }
        let mut from = 0usize;
        while let Some(found) = bytes.get(from..).and_then(|rest| memmem::find(rest, b"\\*\\template")) {
            let start = from.saturating_add(found).saturating_add(b"\\*\\template".len());
            // Looked at no further than a target may be long: the word can be repeated without a brace behind it.
            let rest = bytes.get(start..start.saturating_add(MAX_TARGET).min(bytes.len())).unwrap_or_default();
            let end = memchr::memchr2(b'}', b'{', rest).unwrap_or(rest.len());
            let target = unescaped(rest.get(..end).unwrap_or_default());
            let link = Link::of(&target);
            if let Some(ioc) = link.ioc(Location::at(start), "template") {
                out.ioc(ioc);
            }
            if matches!(link, Link::Web(_) | Link::Share(_)) {
                out.raise(RTF_TEMPLATE, Location::at(start), target);
            }
            from = start;
        }
        Ok(())
    }
}

/// Text with `\'hh` and `\uN?` undone, as far as addresses need it.
fn unescaped(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if let Some(hex) = rest.strip_prefix('\'').and_then(|digits| digits.get(..2))
            && let Ok(byte) = u8::from_str_radix(hex, 16)
        {
            out.push(char::from(byte));
            rest = rest.get(3..).unwrap_or_default();
        } else if let Some(digits) = rest.strip_prefix('u')
            && let Some((number, after)) = number(digits)
        {
            out.extend(char::from_u32(number));
            rest = after.strip_prefix('?').unwrap_or(after);
        } else if rest.starts_with('\\') {
            out.push('\\');
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// A signed 16-bit code, and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    let (digits, after) = text.split_at(end.min(6));
    let number: i32 = digits.parse().ok()?;
    Some((u32::try_from(number.rem_euclid(0x1_0000)).ok()?, after))
}

finding_kind! {
    /// ## What it is
    /// The RTF holds an embedded or linked object; high if it loads without a click.
    ///
    /// ## Why it matters
    /// Objects in RTF carry the equation editor exploits and links to remote documents that were mailed in numbers from
    /// 2017 on.
    ///
    /// ## How we see it
    /// The control words \objupdate, \objautlink and \objdata.
    ///
    /// ## When it is innocent
    /// Tables and drawings pasted from other programs (medium).
    ///
    /// ## References
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const RTF_OBJECT = {
        id: "rtf-object",
        title: "the RTF holds an object that it loads",
        ja: "RTF文書にオブジェクトが埋め込まれています",
        why_ja: "RTFのオブジェクトは、開いただけで攻撃コードを動かす手口に多用されてきました。",
        severity: High,
        facet: Exploit,
        confidence: Medium,
        attack: ["T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// The RTF names a template on the web or on another machine's share.
    ///
    /// ## Why it matters
    /// Word fetches and opens it with the document; what it holds is not in the mail ("RTF template injection", 2021).
    ///
    /// ## How we see it
    /// The destination \*\template with a remote address, escapes undone.
    ///
    /// ## When it is innocent
    /// Templates on a company's own server, inside it.
    ///
    /// ## References
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    pub(super) const RTF_TEMPLATE = {
        id: "rtf-remote-template",
        title: "the RTF fetches a template from elsewhere",
        ja: "RTF文書が外部のテンプレートを読み込みます",
        why_ja: "文書を開くと、検査されていない外部のファイルが読み込まれます。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1221"],
    }
}

finding_kind! {
    /// ## What it is
    /// The RTF's header is not what writers write.
    ///
    /// ## Why it matters
    /// Word accepts `{\rt` followed by anything; filters that look for `{\rtf1` do not.
    ///
    /// ## How we see it
    /// The first characters.
    ///
    /// ## When it is innocent
    /// Very old or very careless writers.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const RTF_HEADER = {
        id: "rtf-header-odd",
        title: "the RTF's header is not what writers write",
        ja: "RTFのヘッダーが通常と異なります",
        why_ja: "検査を逃れるための細工に使われる書き方です。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1027"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::document::rtf::FORMAT;
    use crate::formats::trial::{scan, weight};

    #[test]
    fn objects_templates_and_odd_headers_are_seen() {
        let said = scan(&FORMAT, "a.rtf", br"{\rtf1{\object\objautlink\objupdate{\*\objdata 0105}}}");
        assert_eq!(weight(&said, "rtf-object"), Some(Severity::High));
        let said = scan(&FORMAT, "a.rtf", br"{\rtf1{\*\template http://example.com/t}}");
        assert_eq!(weight(&said, "rtf-remote-template"), Some(Severity::High));
        let said = scan(&FORMAT, "a.rtf", br"{\rtf1{\*\template \u104?\u116?\u116?\u112?://example.com/t}}");
        assert_eq!(weight(&said, "rtf-remote-template"), Some(Severity::High));
        assert_eq!(weight(&scan(&FORMAT, "a.rtf", br"{\rt hello}"), "rtf-header-odd"), Some(Severity::Medium));
    }

    #[test]
    fn an_ordinary_text_is_quiet() {
        let said = scan(&FORMAT, "a.rtf", br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\template C:\\Normal.dot}hello\par}");
        assert!(said.findings.is_empty(), "{:?}", said.findings);
    }

    #[test]
    fn the_word_repeated_without_a_brace_costs_its_length() {
        let words = [br"{\rtf1".to_vec(), br"\*\template".repeat(200_000)].concat();
        assert!(scan(&FORMAT, "a.rtf", &words).findings.is_empty());
    }
}
