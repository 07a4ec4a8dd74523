//! Tables of a project that contradict each other, and references to other people's code.

use super::modules::{VbaProject, same_name};
use super::unpack::PRESENT;
use crate::finding_kind;
use crate::formats::office::target::{Reach, Target, target};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// The tables of a macro project contradict each other: a module has one name in the code page and another in UTF-16,
    /// the list the editor shows is missing, or it lists modules the project does not have.
    ///
    /// ## Why it matters
    /// Office goes by one table and tools by another. Who changes the name that tools use makes them look for a stream
    /// that is not there, and see no macro.
    ///
    /// ## How we see it
    /// The streams `dir`, `PROJECT` and `PROJECTwm` are compared with each other and with the streams of the modules.
    /// Modules are read by whichever name leads to them. Modules that only the list lacks are `vba-module-hidden`.
    ///
    /// ## When it is innocent
    /// Projects written or repaired by libraries.
    ///
    /// ## References
    /// - MS-OVBA 2.3.1, 2.3.3 and 2.3.4.2.3: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    pub(super) const TABLES_DISAGREE = {
        id: "vba-tables-disagree",
        title: "the tables of the macro project contradict each other",
        ja: "マクロプロジェクトの管理情報が互いに矛盾しています",
        why_ja: "Office と検査ツールが参照する情報を食い違わせ、マクロを検査から隠す手口です。通常の操作ではこの状態になりません。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The macro project references a project or library on another machine, which Office loads with it.
    ///
    /// ## Why it matters
    /// The code that runs is not in the document: it is fetched when the project is loaded, and can be exchanged at any
    /// time. A server path makes Windows send the user's password hash there.
    ///
    /// ## How we see it
    /// The library ids of the `dir` stream (REFERENCEPROJECT, REFERENCEREGISTERED, REFERENCECONTROL) with a web address
    /// or a server path. Weighted high for numeric addresses, odd ports and server paths beyond the own network, medium
    /// for a named web server, low for a server of the own network.
    ///
    /// ## When it is innocent
    /// Departments that keep shared add-ins on a file server.
    ///
    /// ## References
    /// - MS-OVBA 2.1.1.8 and 2.3.4.2.2, LibidReference and references
    /// - ATT&CK T1137, Office Application Startup: https://attack.mitre.org/techniques/T1137/
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const REMOTE_REFERENCE = {
        id: "vba-remote-reference",
        title: "the macro project loads code from another machine",
        ja: "マクロプロジェクトが外部のサーバー上のコードを読み込みます",
        why_ja: "実行されるコードが文書の中になく、後から差し替えられます。サーバーへの接続で認証情報が漏れる場合もあります。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1137", "T1187"],
    }
}

/// Contradictions said of one project.
const MAX_SAID: usize = 10;

/// Says what the tables of a project have against each other.
pub(super) fn say_tables(project: &VbaProject, out: &mut Outcome<'_>) {
    // Without code there is nothing to hide.
    if project.storage.is_empty() && project.listing.is_none() || !out.shows(PRESENT.id) {
        return;
    }
    for observed in contradictions(project).into_iter().take(MAX_SAID) {
        out.raise(TABLES_DISAGREE, Location::part(format!("storage {}", project.storage)), observed);
    }
}

fn contradictions(project: &VbaProject) -> Vec<String> {
    let mut found = Vec::new();
    for module in &project.listed {
        let names = [
            ("name", module.name.as_str(), module.unicode_name.as_deref()),
            ("stream", module.stream.as_str(), module.unicode_stream.as_deref()),
        ];
        for (what, narrow, wide) in names {
            // A wrong code page garbles what is not ASCII.
            if let Some(wide) = wide.filter(|wide| !wide.is_empty() && narrow.is_ascii() && !narrow.is_empty())
                && !same_name(narrow, wide)
                && !is_question(narrow, wide)
            {
                found.push(format!("module {what} {narrow} in the code page, {wide} in UTF-16"));
            }
        }
    }
    if project.listed.is_empty() {
        return found;
    }
    let has = |name: &str| {
        project.listed.iter().any(|module| same_name(module.shown_name(), name) || same_name(&module.name, name))
    };
    let unmapped = project.name_map.iter().flatten().filter(|name| name.is_ascii() && !has(name));
    found.extend(unmapped.map(|name| format!("PROJECTwm names {name}, the dir stream does not")));
    match &project.listing {
        None => found.push("the stream PROJECT is missing".to_owned()),
        Some(listing) => {
            let unknown = listing.modules.iter().filter(|(name, _)| name.is_ascii() && !has(name));
            found.extend(unknown.map(|(name, _)| format!("PROJECT lists {name}, the dir stream does not")));
        }
    }
    found
}

/// Whether the code page has a question mark for what it cannot write.
fn is_question(narrow: &str, wide: &str) -> bool {
    narrow.contains('?') && narrow.chars().zip(wide.chars()).all(|(narrow, wide)| narrow == wide || narrow == '?')
}

/// Says which references lead to other machines.
pub(super) fn say_references(project: &VbaProject, out: &mut Outcome<'_>) {
    for reference in &project.references {
        let path = path(&reference.libid);
        let target = target(path);
        let severity = match &target {
            Target::Web(_, Reach::Named) => Severity::Medium,
            Target::Web(_, Reach::Lan) | Target::Share(_, Reach::Lan) => Severity::Low,
            Target::Web(_, Reach::Odd) | Target::Share(..) => Severity::High,
            Target::Scheme(_) | Target::Local => continue,
        };
        let at = Location::part(format!("storage {}", project.storage));
        out.raise_as(REMOTE_REFERENCE, severity, false, at.clone(), format!("{}: {path}", reference.name));
        if let Some(ioc) = target.ioc("reference of a macro project", at) {
            out.ioc(ioc);
        }
    }
}

/// The path in a library id (MS-OVBA 2.1.1.8): the fourth part of one with a class, all after the mark of a project's.
fn path(libid: &str) -> &str {
    let Some(rest) = libid.strip_prefix("*\\") else { return libid };
    let mut rest = rest.chars();
    let kind = rest.next();
    let rest = rest.as_str();
    match kind {
        Some('A' | 'B' | 'C' | 'D') => rest,
        _ => rest.split('#').nth(3).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ProjectUnpacker;
    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;
    use sekisho_samples::office::cfb::Cfb;
    use sekisho_samples::office::macros::renamed_dir;
    use sekisho_samples::office::vba::{Module, Project};

    fn said(project: &Project, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Said {
        let streams = project.streams().into_iter();
        let file = streams.fold(Cfb::new(), |file, (path, bytes)| match change(&path, bytes) {
            Some(bytes) => file.stream(&path, bytes),
            None => file,
        });
        let (said, end) = trial::unpack(&ProjectUnpacker, "vbaProject.bin", file.build());
        end.unwrap();
        said
    }

    fn project() -> Project {
        Project::new(vec![
            Module::document("ThisDocument", ""),
            Module::standard("Module1", "Sub Show()\n    MsgBox \"a\"\nEnd Sub\n"),
        ])
    }

    #[test]
    fn two_names_of_one_stream_are_said() {
        let project = project();
        let renamed = said(&project, |path, bytes| Some(if path == "VBA/dir" { renamed_dir(&project) } else { bytes }));
        let observed = trial::observed(&renamed, "vba-tables-disagree").unwrap();
        assert_eq!(observed, "module stream Qx7vbz1 in the code page, Module1 in UTF-16");
        // The module is read all the same.
        assert!(renamed.children.iter().any(|child| child.name.text.ends_with("Module1")));
        assert_eq!(trial::observed(&said(&project, |_, bytes| Some(bytes)), "vba-tables-disagree"), None);
    }

    #[test]
    fn a_missing_list_is_said() {
        let project = project();
        let without = said(&project, |path, bytes| (path != "PROJECT").then_some(bytes));
        assert_eq!(trial::observed(&without, "vba-tables-disagree").as_deref(), Some("the stream PROJECT is missing"));
        // Near miss: a project without code.
        let empty = Project::new(vec![Module::document("ThisDocument", "")]);
        let without = said(&empty, |path, bytes| (path != "PROJECT").then_some(bytes));
        assert_eq!(trial::observed(&without, "vba-tables-disagree"), None);
    }

    #[test]
    fn references_elsewhere_are_weighed_by_where_they_lead() {
        let weight = |libid: &str| {
            let mut project = project();
            project.references.push(("Tools".to_owned(), libid.to_owned()));
            trial::weight(&said(&project, |_, bytes| Some(bytes)), "vba-remote-reference")
        };
        assert_eq!(
            weight(r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#\\192.0.2.20\s\t.dotm#t"),
            Some(Severity::High)
        );
        assert_eq!(weight(r"*\Chttps://addins.example.com/t.xlam"), Some(Severity::Medium));
        assert_eq!(weight(r"*\C\\fileserver\addins\t.xla"), Some(Severity::Low));
        assert_eq!(weight(r"*\CC:\Program Files\Tools\t.xla"), None);
    }

    #[test]
    fn paths_are_taken_out_of_library_ids() {
        assert_eq!(path(r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#\\h\s\x.tlb#OLE"), r"\\h\s\x.tlb");
        assert_eq!(path(r"*\Chttp://example.com/a.dotm"), "http://example.com/a.dotm");
        assert_eq!(path(r"*\CC:\a.xla"), r"C:\a.xla");
        assert_eq!(path(""), "");
        assert_eq!(path("*\\"), "");
    }

    #[test]
    fn a_question_mark_is_no_other_name() {
        assert!(is_question("Sheet?", "Sheet価"));
        assert!(!is_question("xyz", "Sheet1"));
    }
}
