//! Findings of a picture that acts.

use super::SvgView;
use crate::finding_kind;
use crate::formats::link::Link;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at SVG pictures.
pub(super) struct SvgAnalyzer;

impl Analyzer for SvgAnalyzer {
    fn findings(&self) -> Kinds {
        &[SVG_SCRIPT]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<SvgView>()?;
        let mut web = None;
        for link in &view.links {
            let target = Link::of(&link.target);
            if let Some(ioc) = target.ioc(Location::line(link.line), link.kind.as_str()) {
                out.ioc(ioc);
            }
            match target {
                Link::Web(_) if web.is_none() && link.element == "a" => web = Some(link),
                Link::Web(_) | Link::Share(_) if link.element == "script" => {
                    out.raise(SVG_SCRIPT, Location::line(link.line), format!("script from {}", link.target));
                }
                _ => {}
            }
        }
        let script = view.scripts.iter().find(|script| !script.code.trim().is_empty());
        if let Some(script) = script {
            let code: String = script.code.split_whitespace().collect::<Vec<_>>().join(" ");
            out.raise(SVG_SCRIPT, Location::line(script.line), format!("{}: {code}", script.place));
        } else if view.rare_elements.iter().any(|name| matches!(name.as_str(), "iframe" | "embed" | "object"))
            || view.password_field.is_some()
            || !view.forms.is_empty()
        {
            out.raise(SVG_SCRIPT, Location::whole(), "a page or form inside the picture");
        } else if let Some(link) = web {
            // A picture that is a link: how the simplest lures are made, and logos too.
            let observed = format!("link to {}", link.target);
            out.raise_as(SVG_SCRIPT, Severity::Low, false, Location::line(link.line), observed);
        }
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// A picture in SVG format that holds script, or a page or form inside it.
    ///
    /// ## Why it matters
    /// Attached pictures look harmless, but an SVG opens in the browser, where its script runs: it redirects to sign-in
    /// pages or builds files to download. Since 2024 it is one of the commonest lures.
    ///
    /// ## How we see it
    /// Script elements with content or source, on… handlers, javascript: links, frames and forms. A picture that merely
    /// links to a web address is low.
    ///
    /// ## When it is innocent
    /// Interactive charts, which nobody mails as pictures.
    ///
    /// ## References
    /// - ATT&CK T1027.017, SVG Smuggling: https://attack.mitre.org/techniques/T1027/017/
    pub(super) const SVG_SCRIPT = {
        id: "svg-script",
        title: "the picture holds script or a page of its own",
        ja: "画像（SVG）にスクリプトや入力画面が仕込まれています",
        why_ja: "SVGはブラウザーで開かれ、スクリプトが動きます。偽サイトへの誘導やファイルの生成に使われています。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1027.017"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::document::svg::FORMAT;
    use crate::formats::trial::{scan, weight};

    #[test]
    fn script_in_a_picture_is_seen() {
        for picture in [
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script><![CDATA[run()]]></script></svg>",
            "<svg onload=\"run()\"/>",
            "<svg><a xlink:href=\"javascript:run()\"><text>x</text></a></svg>",
            "<svg><foreignObject><iframe src=\"https://example.com/\"/></foreignObject></svg>",
        ] {
            let said = scan(&FORMAT, "a.svg", picture.as_bytes());
            assert_eq!(weight(&said, "svg-script"), Some(Severity::High), "{picture}");
        }
    }

    #[test]
    fn a_logo_is_quiet() {
        let logo = "<!-- logo --><svg xmlns=\"http://www.w3.org/2000/svg\"><title>Logo</title><style>.a{fill:red}</style>\
                    <g class=\"a\"><path d=\"M0 0\"/><animate attributeName=\"x\" dur=\"1s\"/></g></svg>";
        assert!(scan(&FORMAT, "a.svg", logo.as_bytes()).findings.is_empty());
        let linked = "<svg><a href=\"https://example.com/\"><text>x</text></a></svg>";
        assert_eq!(weight(&scan(&FORMAT, "a.svg", linked.as_bytes()), "svg-script"), Some(Severity::Low));
    }
}
