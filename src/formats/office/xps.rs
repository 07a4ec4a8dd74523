//! XPS and OpenXPS: pages fixed for printing, in a package. Parts are the zip's children; what is read here is where the
//! pages link to.

use crate::formats::archive::zip::ZipView;
use crate::formats::office::ooxml::{OOXML, OoxmlView};
use crate::formats::office::remote::REMOTE_IMAGE;
use crate::formats::office::target::{Reach, Target, target};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, FormatId, Location, Problem, ProblemKind, Severity};
use crate::stage::{Analyzer, Family, FormatSpec, Kinds, Outcome, Probe, Reference, StageError};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("xps"),
    title: "XPS document",
    extensions: &["xps", "oxps"],
    media_types: &["application/vnd.ms-xpsdocument", "application/oxps"],
    probe: Probe::Within(OOXML, is_xps),
    references: &[Reference {
        title: "ECMA-388, Open XML Paper Specification",
        url: "https://ecma-international.org/publications-and-standards/standards/ecma-388/",
    }],
    limitations: &["Text is glyphs at places and searched as it stands in the pages.", "Signatures are not checked."],
    analyzers: &[&Pages],
    ..FormatSpec::of(Family::Office)
};

/// The package's relation to its first sequence of pages, ECMA-388 E.2.
fn is_xps(artifact: &Artifact) -> bool {
    artifact.view::<OoxmlView>().is_ok_and(|view| {
        view.relations.iter().any(|relation| {
            relation.owner.is_empty() && relation.kind.to_ascii_lowercase().ends_with("/fixedrepresentation")
        })
    })
}

/// Looks at pages.
struct Pages;

/// Bytes read of one page, and of all together.
const MAX_PAGE: u64 = 32 << 20;
const MAX_TOTAL: usize = 256 << 20;

impl Analyzer for Pages {
    fn findings(&self) -> Kinds {
        &[REMOTE_IMAGE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let zip = artifact.view::<ZipView>()?;
        let mut total = 0usize;
        for entry in &zip.entries {
            let name = &entry.name.text;
            let lower = name.to_ascii_lowercase();
            if entry.is_encrypted() || !(lower.ends_with(".fpage") || lower.ends_with(".dict")) {
                continue;
            }
            out.budget().check_deadline()?;
            let at = || Location::part(format!("part {name}"));
            if total > MAX_TOTAL {
                out.problem(Problem::new(ProblemKind::Limit, "the pages are too large to read", at()));
                break;
            }
            // What stops the decoder is said by the zip's own unpacker.
            let (page, _) = entry.read(&artifact.bytes, MAX_PAGE);
            total = total.saturating_add(page.len());
            let end = walk(&page, |piece| {
                let Piece::Open(tag) = piece else { return };
                let written = tag.written();
                if written.contains("NavigateUri")
                    && let Some(to) = tag.get("FixedPage.NavigateUri")
                    && let Some(ioc) = target(&to).ioc("link of a page", at())
                {
                    out.ioc(ioc);
                }
                if written.contains("ImageSource")
                    && let Some(source) = tag.get("ImageSource")
                {
                    say_image(&source, &at, out);
                }
            });
            if let Err(problem) = end {
                out.problem(Problem::damaged(problem, at()));
            }
        }
        Ok(())
    }
}

/// A picture has to lie in the package.
fn say_image(source: &str, at: &dyn Fn() -> Location, out: &mut Outcome<'_>) {
    let to = target(source);
    let severity = match &to {
        Target::Share(_, Reach::Odd) => Severity::High,
        Target::Share(_, Reach::Named) => Severity::Medium,
        Target::Web(..) | Target::Share(..) => Severity::Low,
        Target::Scheme(_) | Target::Local => return,
    };
    if let Some(ioc) = to.ioc("picture of a page", at()) {
        out.ioc(ioc);
    }
    out.raise_as(REMOTE_IMAGE, severity, false, at(), source);
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::ooxml::Package;

    use super::*;
    use crate::formats::trial::{attachment, scan, weight};
    use crate::stage::Said;

    fn package(page: &str) -> Vec<u8> {
        Package::default()
            .part("FixedDocSeq.fdseq", "application/vnd.ms-package.xps-fixeddocumentsequence+xml", "<x/>")
            .part("Documents/1/Pages/1.fpage", "application/vnd.ms-package.xps-fixedpage+xml", page)
            .relation("", "http://schemas.microsoft.com/xps/2005/06/fixedrepresentation", "/FixedDocSeq.fdseq", false)
            .build()
    }

    fn said(page: &str) -> Said {
        scan(&FORMAT, "a.xps", &package(page))
    }

    #[test]
    fn links_and_pictures_elsewhere_are_seen() {
        let found = said("<FixedPage><Path FixedPage.NavigateUri=\"https://example.com/a\"/></FixedPage>");
        assert_eq!(found.iocs[0].value, "https://example.com/a");
        assert!(found.findings.is_empty());
        let found = said("<FixedPage><ImageBrush ImageSource=\"file://192.0.2.20/s/a.png\"/></FixedPage>");
        assert_eq!(weight(&found, "remote-image"), Some(Severity::High));
        assert!(said("<FixedPage><ImageBrush ImageSource=\"/Resources/a.png\"/></FixedPage>").findings.is_empty());
    }

    #[test]
    fn other_packages_are_not_taken() {
        assert!(is_xps(&attachment("a", &package("<x/>"))));
        assert!(!is_xps(&attachment("a", &Package::docx("x").build())));
    }
}
