//! XML that starts something when opened.

use crate::finding_kind;
use crate::formats::text::plain::TextView;
use crate::knowledge::launchers::launcher;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at XML.
pub(super) struct XmlAnalyzer;

impl Analyzer for XmlAnalyzer {
    fn findings(&self) -> Kinds {
        &[XML_RUNS_CODE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let text = artifact.view::<TextView>()?.text.to_ascii_lowercase();
        if let Some(launcher) = launcher(&text) {
            let observed = format!("{}: the file {}", artifact.name.file_name(), launcher.what);
            out.raise_as(XML_RUNS_CODE, launcher.severity, launcher.decisive, Location::whole(), observed);
        }
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// An XML file of a sort that starts programs or installs them when opened: a management console, a settings shortcut,
    /// a build project, an installer's manifest, a style sheet with script.
    ///
    /// ## Why it matters
    /// Most of these carry no warning people know, and some run script by a known flaw (GrimResource, June 2024).
    ///
    /// ## How we see it
    /// The strings of `rules/indicators/launchers.toml`, which also says what each weighs.
    ///
    /// ## When it is innocent
    /// Administrators' consoles, developers' projects, manifests of a company's own programs.
    ///
    /// ## References
    /// - ATT&CK T1218, System Binary Proxy Execution: https://attack.mitre.org/techniques/T1218/
    /// - ATT&CK T1127.001, MSBuild: https://attack.mitre.org/techniques/T1127/001/
    pub(super) const XML_RUNS_CODE = {
        id: "xml-runs-code",
        title: "an XML file that starts or installs something when opened",
        ja: "開くとプログラムの実行や導入が始まるXMLファイルです",
        why_ja: "管理コンソールや設定ショートカットなど、警告なしにコマンドを実行できる種類のファイルです。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1218", "T1127.001"],
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::text::xml::FORMAT;
    use crate::formats::trial::{scan, weight};
    use crate::model::Severity;

    #[test]
    fn consoles_and_projects_are_seen_and_invoices_are_not() {
        let console =
            "<?xml version=\"1.0\"?><MMC_ConsoleFile><String>res://apds.dll/redirect.html?x</String></MMC_ConsoleFile>";
        let said = scan(&FORMAT, "a.msc", console.as_bytes());
        assert!(said.findings.iter().any(|finding| finding.kind.id == "xml-runs-code" && finding.decisive));
        let project = "<Project><Target><Exec Command=\"harmless-none.exe\"/></Target></Project>";
        assert_eq!(weight(&scan(&FORMAT, "a.csproj", project.as_bytes()), "xml-runs-code"), Some(Severity::High));
        let invoice = "<?xml version=\"1.0\"?><Invoice><Project>x</Project><Total>1</Total></Invoice>";
        assert!(scan(&FORMAT, "a.xml", invoice.as_bytes()).findings.is_empty());
    }
}
