//! The name after FOUND. Clients branch on it, so its grammar is an interface:
//!
//! - `Sekisho.<Family>.<Finding>`: malicious;
//! - `PUA.Sekisho.<Family>.<Finding>`: suspicious (Haraka and others can let `PUA` pass);
//! - `Heuristics.OLE2.ContainsMacros.<Finding>`: suspicious for what its macros do (rspamd: its macro symbol);
//! - `Heuristics.Encrypted.<Container>`: encrypted content remains (rspamd: its encrypted symbol);
//! - `Heuristics.Limits.Exceeded.<Why>`: not read (rspamd: its fail symbol);
//! - `Eicar-Test-Signature`: the EICAR test file.
//!
//! Letters, digits, `.` and `-` only: Proxmox Mail Gateway ends a name at a space or colon.

use crate::catalog;
use crate::config::Cause;
use crate::model::{Facet, Level, Reason, Report};

/// The rule that matches the EICAR test file.
const EICAR: &str = "eicar_test_file";
/// The finding that rules raise; what matters is which rule.
const RULE: &str = "yara-rule-matched";
/// Letters of a finding in a name.
const LONGEST: usize = 80;

/// The names of what was found, weightiest first; none if nothing was.
pub(super) fn found(report: &Report) -> Vec<String> {
    let level = report.verdict.level;
    if level < Level::Suspicious {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    for reason in &report.verdict.reasons {
        let name = name(report, reason);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push(prefixed(level, "Unnamed.Unnamed"));
    }
    names
}

fn name(report: &Report, reason: &Reason) -> String {
    let level = report.verdict.level;
    if reason.id == RULE {
        let rule = rule(report, reason);
        if rule == EICAR {
            return "Eicar-Test-Signature".to_owned();
        }
        return prefixed(level, &format!("Rule.{}", camel(rule)));
    }
    let finding = camel(&reason.id);
    if is_macro(&reason.id) {
        return match level {
            Level::Suspicious => format!("Heuristics.OLE2.ContainsMacros.{finding}"),
            _ => prefixed(level, &format!("Macro.{finding}")),
        };
    }
    let family = match catalog::finding_kind(&reason.id).map(|kind| kind.facet) {
        Some(Facet::Identity) => "Sender",
        Some(Facet::Deceive) => "Disguise",
        Some(Facet::Conceal) => "Conceal",
        Some(Facet::Trigger) => "Autostart",
        Some(Facet::Execute) => "Execute",
        Some(Facet::Network) => "Remote",
        Some(Facet::Exploit) => "Exploit",
        Some(Facet::Reputation) => "Known",
        Some(Facet::Structure) => "Malformed",
        // What several findings mean together has no kind of its own.
        None => "Combined",
    };
    prefixed(level, &format!("{family}.{finding}"))
}

fn prefixed(level: Level, rest: &str) -> String {
    match level {
        Level::Suspicious => format!("PUA.Sekisho.{rest}"),
        _ => format!("Sekisho.{rest}"),
    }
}

fn is_macro(id: &str) -> bool {
    ["vba-", "xlm-", "macro-", "access-macro", "access-autoexec", "odf-macro", "odf-event"]
        .iter()
        .any(|prefix| id.starts_with(prefix))
}

/// The rule a reason speaks of: its finding begins with the rule's identifier.
fn rule<'a>(report: &'a Report, reason: &Reason) -> &'a str {
    report
        .findings
        .iter()
        .filter(|finding| finding.id == RULE && finding.artifact == reason.artifact)
        .find(|finding| !finding.observed.is_empty() && reason.text.ends_with(&finding.observed))
        .and_then(|finding| finding.observed.split([':', ' ']).next())
        .unwrap_or("unnamed")
}

/// `equation-editor-object` to `EquationEditorObject`; what no name may hold is left out.
fn camel(id: &str) -> String {
    let mut name = String::new();
    for word in id.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            name.push(first.to_ascii_uppercase());
            name.extend(letters);
        }
    }
    name.truncate(LONGEST);
    name
}

/// The name for encrypted content in an artifact of this format.
pub(super) fn encrypted(format: &str) -> String {
    let container = match format {
        "zip" => "Zip",
        "7z" => "7Zip",
        "rar" => "RAR",
        "egg" | "alz" => "Egg",
        "arj" | "zoo" | "ace" | "arc" | "lzh" | "zpaq" | "stuffit" => "Archive",
        "pdf" => "PDF",
        "doc" | "xls" | "ppt" | "encrypted-ooxml" | "ooxml" | "opendocument" | "hwp" | "hwpx" | "ole" | "onenote"
        | "accdb" | "mdb" => "Doc",
        "smime" | "pgp" | "pgp-armor" | "rpmsg" | "eml" => "Mail",
        _ => "Content",
    };
    format!("Heuristics.Encrypted.{container}")
}

/// The name for something that was not read, and the message of a failure that says the same.
pub(super) fn unread(cause: Cause, text: &str) -> (String, &'static str) {
    let (name, message) = match cause {
        Cause::Limit if text.contains("the time limit") => ("MaxScanTime", "Time limit reached."),
        Cause::Limit if text.contains("artifact count limit") => ("MaxFiles", "Too many files inside."),
        Cause::Limit if text.contains("depth limit") => ("MaxRecursion", "Nested too deeply."),
        Cause::Limit => ("MaxScanSize", "Scan limit reached."),
        Cause::TooLarge => ("MaxFileSize", "Size limit exceeded."),
        Cause::Timeout => ("MaxScanTime", "Time limit reached."),
        Cause::Overload => ("Overloaded", "Overloaded, try again later."),
        Cause::Memory => ("MaxMemory", "Can't allocate memory"),
        Cause::Crash => ("Crashed", "The scan of this failed."),
        Cause::Poison => ("Poison", "The scan of this failed again and again."),
        Cause::Unsupported => ("Unsupported", "Not supported, not read completely."),
        Cause::Damaged => ("Damaged", "Damaged, not read completely."),
        _ => ("Failed", "The scan of this failed."),
    };
    (format!("Heuristics.Limits.Exceeded.{name}"), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_nothing_that_ends_it() {
        assert_eq!(camel("equation-editor-object"), "EquationEditorObject");
        assert_eq!(camel("my_rule: FOUND\n 7z"), "MyRuleFOUND7z");
        for kind in catalog::finding_kinds() {
            let name = camel(kind.id);
            assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{}", kind.id);
        }
    }

    #[test]
    fn every_limit_has_a_name_rspamd_knows() {
        for cause in [Cause::Limit, Cause::Timeout, Cause::Crash, Cause::Memory, Cause::Overload, Cause::Unsupported] {
            assert!(unread(cause, "").0.starts_with("Heuristics.Limits.Exceeded."));
        }
        assert_eq!(unread(Cause::Limit, "the time limit was reached").0, "Heuristics.Limits.Exceeded.MaxScanTime");
        assert_eq!(encrypted("zip"), "Heuristics.Encrypted.Zip");
    }
}
