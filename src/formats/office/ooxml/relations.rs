//! Targets outside the document: templates, objects, pictures and links that Office fetches by itself.

use super::OoxmlView;
use super::parser::Relation;
use crate::finding_kind;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Target, target};
use crate::knowledge::relationships::{Use, is_decisive_scheme, is_odd_scheme, use_of};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Relations;

impl Analyzer for Relations {
    fn findings(&self) -> Kinds {
        &[EXPLOIT_TARGET, REMOTE_TEMPLATE, REMOTE_OBJECT, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL, ALT_CHUNK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        for relation in &view.relations {
            let at = || Location::part(format!("part {}", relation.part));
            if relation.is_external {
                say_external(out, relation, &at);
            } else if relation.short_kind() == "afchunk" {
                out.raise(ALT_CHUNK, at(), relation.target.clone());
            }
        }
        Ok(())
    }
}

fn say_external(out: &mut Outcome<'_>, relation: &Relation, at: &dyn Fn() -> Location) {
    let kind = relation.short_kind();
    let purpose = use_of(&kind);
    let target = target(&relation.target);
    let observed = format!("{kind} {}", relation.target);
    if let Some(ioc) = target.ioc(&format!("relationship {kind}"), at()) {
        out.ioc(ioc);
    }
    if is_exploit(purpose, &kind, &relation.target, &target) {
        out.raise(EXPLOIT_TARGET, at(), observed);
        return;
    }
    let severity = match (purpose, &target) {
        (_, Target::Scheme(scheme)) if is_odd_scheme(scheme) => Some(Severity::High),
        (Use::Link, _) | (_, Target::Local | Target::Scheme(_)) => None,
        (_, Target::Unc { is_beyond_lan: false, .. }) => Some(Severity::Low),
        (_, Target::Unc { is_beyond_lan: true, .. }) => Some(Severity::High),
        (Use::Template, Target::Web { .. }) => Some(Severity::High),
        (Use::Content, Target::Web { is_usual_host: false, .. }) => Some(Severity::High),
        (Use::Content, Target::Web { is_usual_host: true, .. }) => Some(Severity::Medium),
        (Use::Media, Target::Web { .. }) => Some(Severity::Low),
    };
    if let Some(severity) = severity {
        let finding = match purpose {
            Use::Template => REMOTE_TEMPLATE,
            Use::Content | Use::Link => REMOTE_OBJECT,
            Use::Media => REMOTE_IMAGE,
        };
        out.raise_as(finding, severity, false, at(), observed);
        let is_picture_of_the_web = purpose == Use::Media && matches!(target, Target::Web { .. });
        if target.has_unusual_host() && !is_picture_of_the_web {
            out.raise(REMOTE_HOST_UNUSUAL, at(), relation.target.clone());
        }
    }
}

/// Targets that exist only in exploits: a program's scheme, `mhtml:…!x-usc:` (CVE-2021-40444), and a page's address
/// closed by `!` as the source of an object (CVE-2022-30190).
fn is_exploit(purpose: Use, kind: &str, text: &str, target: &Target) -> bool {
    if let Target::Scheme(scheme) = target
        && is_decisive_scheme(scheme)
    {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    let is_mshtml = lower.starts_with("mhtml:") && lower.contains("x-usc:");
    let is_page_moniker = kind == "oleobject" && lower.starts_with("http") && lower.ends_with('!');
    purpose != Use::Link && is_page_moniker || is_mshtml
}

finding_kind! {
    /// ## What it is
    /// A relationship of the document whose target is written as only exploits write it.
    ///
    /// ## Why it matters
    /// Word follows it when the document opens, or even in the preview pane: `ms-msdt:` and an object's web address
    /// closed by `!` are CVE-2022-30190 (Follina), `mhtml:…!x-usc:` is CVE-2021-40444. Code runs without a macro.
    ///
    /// ## How we see it
    /// The target, after resolving entities: a scheme from the table `decisive_schemes`; `mhtml:` with `x-usc:`; an
    /// `oleObject` target that starts with `http` and ends with `!`.
    ///
    /// ## When it is innocent
    /// Only in test files of security products.
    ///
    /// ## References
    /// - CVE-2022-30190: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2022-30190
    /// - CVE-2021-40444: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2021-40444
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const EXPLOIT_TARGET = {
        id: "document-exploit-target",
        title: "the document leads to a target as only exploits write it",
        ja: "攻撃でしか使われない形の参照先が文書に埋め込まれています",
        why_ja: "文書を開く、またはプレビューするだけでコードが実行される既知の攻撃（Follinaなど）の形です。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203", "T1221"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document loads its template from another machine.
    ///
    /// ## Why it matters
    /// The template may hold macros, so the document itself passes every check of macros, and the server decides who
    /// gets which template and when. Used since 2016, by Gamaredon, DarkHotel and others.
    ///
    /// ## How we see it
    /// An external relationship `attachedTemplate` to a web address or server path. Weighted low for a server of the
    /// own network (a single name or private address).
    ///
    /// ## When it is innocent
    /// Companies that keep templates on a web server such as SharePoint.
    ///
    /// ## References
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    /// - ECMA-376-1, 17.15.1.6 attachedTemplate
    pub(crate) const REMOTE_TEMPLATE = {
        id: "remote-template",
        title: "the document loads its template from another machine",
        ja: "文書が外部からテンプレートを読み込みます",
        why_ja: "文書自体にマクロがなくても、外部のテンプレートに含まれるマクロが読み込まれます。よく使われる攻撃手法です。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1221"],
    }
}

finding_kind! {
    /// ## What it is
    /// Word merges another document (`altChunk`) into this one when it opens.
    ///
    /// ## Why it matters
    /// The other document may be RTF or HTML with an exploit that filters do not look for inside a `docx`
    /// (CVE-2023-36884 was delivered so). It is examined here as a part of its own.
    ///
    /// ## How we see it
    /// An internal relationship `aFChunk`.
    ///
    /// ## When it is innocent
    /// Report generators put HTML fragments together this way.
    ///
    /// ## References
    /// - ECMA-376-1, 17.17.2.1 altChunk
    /// - CVE-2023-36884: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2023-36884
    pub(crate) const ALT_CHUNK = {
        id: "document-merges-other",
        title: "the document merges another document when it opens",
        ja: "開いたときに別の文書が差し込まれます（altChunk）",
        why_ja: "RTFやHTMLをdocxの中に隠して脆弱性を突く攻撃に使われます。帳票ソフトが使うこともあります。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.009"],
    }
}
