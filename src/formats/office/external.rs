//! Targets outside the document, whatever form of document names them: templates, objects, pictures and links.

use crate::finding_kind;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Reach, Target, target};
use crate::knowledge::relationships::{
    Use, is_decisive_scheme, is_odd_as_content, is_odd_scheme, is_shared_host, use_of,
};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Says a target of this kind (the last word of a relationship's type, lower case).
pub(crate) fn say_external(out: &mut Outcome<'_>, kind: &str, text: &str, at: &dyn Fn() -> Location) {
    let purpose = use_of(kind);
    let target = target(text);
    let observed = format!("{kind} {text}");
    if let Some(ioc) = target.ioc(&format!("relationship {kind}"), at()) {
        out.ioc(ioc);
    }
    if is_exploit(purpose, text, &target) {
        out.raise(EXPLOIT_TARGET, at(), observed);
        return;
    }
    let Some(severity) = weight(purpose, &target, out) else { return };
    let finding = match purpose {
        Use::Template => REMOTE_TEMPLATE,
        Use::Content | Use::Link | Use::Unknown => REMOTE_OBJECT,
        Use::Media => REMOTE_IMAGE,
    };
    out.raise_as(finding, severity, false, at(), observed);
    let is_picture_of_the_web = purpose == Use::Media && matches!(target, Target::Web(..));
    if target.reach() == Some(Reach::Odd) && purpose != Use::Unknown && !is_picture_of_the_web {
        out.raise(REMOTE_HOST_UNUSUAL, at(), text);
    }
}

fn weight(purpose: Use, target: &Target, out: &Outcome<'_>) -> Option<Severity> {
    let Some(reach) = target.reach() else {
        // Only schemes are left that reach out or open a program.
        let Target::Scheme(scheme) = target else { return None };
        let is_content = matches!(purpose, Use::Content | Use::Template);
        return (is_odd_scheme(scheme) || is_content && is_odd_as_content(scheme)).then_some(Severity::High);
    };
    let host = target.host().unwrap_or_default();
    let is_trusted = is_ours(&host, out) || is_shared_host(&host);
    let severity = match (purpose, target, reach) {
        (Use::Link, ..) => return None,
        (_, _, Reach::Lan) | (Use::Media, Target::Web(..), _) => Severity::Low,
        // Whatever the type, Office knows nothing to do with it.
        (Use::Unknown, ..) => Severity::Low,
        (_, _, Reach::Odd) => Severity::High,
        (Use::Template, Target::Web(..), Reach::Named) if !is_trusted => Severity::High,
        (_, _, Reach::Named) => Severity::Medium,
    };
    Some(severity)
}

/// Whether a host is of the recipients' organisation or one it writes to.
fn is_ours(host: &str, out: &Outcome<'_>) -> bool {
    let site = out.site();
    site.own_domains.iter().chain(&site.partner_domains).any(|domain| {
        let domain = domain.to_ascii_lowercase();
        host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// Targets that exist only in exploits: a program's scheme, `mhtml:…!x-usc:` (CVE-2021-40444), and a page's address
/// closed by `!` as the source of an object (CVE-2022-30190).
fn is_exploit(purpose: Use, text: &str, target: &Target) -> bool {
    if let Target::Scheme(scheme) = target
        && is_decisive_scheme(scheme)
    {
        return true;
    }
    let plain: String = text.trim().chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let is_mshtml = plain.contains("x-usc:") && (plain.starts_with("mhtml:") || plain.contains("!x-usc:"));
    let is_fetched = matches!(purpose, Use::Content | Use::Template);
    let is_page_moniker = is_fetched && plain.starts_with("http") && plain.ends_with('!');
    let is_mhtml_content = is_fetched && plain.starts_with("mhtml:");
    is_page_moniker || is_mshtml || is_mhtml_content
}

finding_kind! {
    /// ## What it is
    /// A target of the document that is written as only exploits write it.
    ///
    /// ## Why it matters
    /// Word follows it when the document opens, or even in the preview pane: `ms-msdt:` and an object's web address
    /// closed by `!` are CVE-2022-30190 (Follina), `mhtml:…!x-usc:` is CVE-2021-40444. Code runs without a macro.
    ///
    /// ## How we see it
    /// The target, after resolving entities: a scheme from the table `decisive_schemes`; `mhtml:` as content or with
    /// `x-usc:`; content or a template whose target starts with `http` and ends with `!`.
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
    /// An external relationship `attachedTemplate` (in Word 2003 XML the element of that name) to a web address or server
    /// path. Weighted low for a server of the own network (a single name or private address), medium for a named file
    /// server, for hosts of the table `shared_hosts` and for the domains of the recipients and their partners.
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
