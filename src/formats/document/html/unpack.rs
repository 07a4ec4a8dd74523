//! Children of a page: its scripts, and the files and pages written into it.

use super::parser::HtmlView;
use super::payload::{data_url, strings};
use crate::formats::recognised;
use crate::model::{Artifact, Bytes, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// How scripts and inner pages came to be, as their origin says it.
const SCRIPTS: &str = "scripts of the page";
const INNER_PAGE: &str = "page inside the page";

/// Takes pages apart.
pub(crate) struct HtmlUnpacker;

impl Unpacker for HtmlUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<HtmlView>()?;
        if view.is_cut {
            let what = "the page has more elements or attributes than are read";
            out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        scripts(parent, &view, out)?;
        let code = view.code();
        let mut count = 0usize;
        for link in &view.links {
            let Some((media_type, content)) = data_url(&link.target) else { continue };
            if content.is_empty() || is_plain_picture(&media_type, &content) {
                continue;
            }
            count = count.saturating_add(1);
            let name = format!("data URL {count}");
            let origin = Origin::part(OriginKind::Decoded, format!("data URL, line {}", link.line));
            let origin = if media_type.is_empty() { origin } else { origin.claiming(media_type) };
            out.child_bytes(EntryName::new(name), origin, content.into())?;
        }
        let mut count = 0usize;
        for content in strings(&code) {
            // Strings that are no file are keys and tables; they are in the script that is scanned anyway.
            if !recognised(&content) && !is_text(&content) {
                continue;
            }
            count = count.saturating_add(1);
            let origin = Origin::part(OriginKind::Decoded, "base64 in a script");
            out.child_bytes(EntryName::new(format!("string {count}")), origin, content.into())?;
        }
        for (index, page) in view.inner_pages.iter().enumerate() {
            if is_repeated(parent, INNER_PAGE, page.len(), out) {
                continue;
            }
            let origin = Origin::part(OriginKind::Decoded, INNER_PAGE).claiming("text/html");
            let name = EntryName::new(format!("inner page {}", index.saturating_add(1)));
            out.child_bytes(name, origin, Bytes::from(page.clone().into_bytes()))?;
        }
        Ok(())
    }
}

/// Whether a part of the page was the same part of another page before and is long: `<script>` repeated is a page whose
/// script is a page whose script …, each as long as the whole. Its bytes were looked at in the page itself.
fn is_repeated(parent: &Artifact, part: &str, length: usize, out: &mut Outcome<'_>) -> bool {
    /// Short ones are taken apart down to the depth limit.
    const MAX_REPEATED: usize = 64 << 10;
    let is_repeated = length > MAX_REPEATED && parent.origin.detail == part;
    if is_repeated {
        let what = format!("{part}, inside itself, of {length} bytes, is not taken apart again");
        out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
    }
    is_repeated
}

/// The code of the page, one child per language.
fn scripts(parent: &Artifact, view: &HtmlView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let (mut java, mut visual) = (String::new(), String::new());
    for script in &view.scripts {
        // Data for search engines and templates.
        if script.language.contains("json") || script.language.contains("template") || script.code.trim().is_empty() {
            continue;
        }
        let code = if script.language.contains("vb") { &mut visual } else { &mut java };
        code.push_str(script.code.trim());
        code.push('\n');
    }
    for (name, code) in [("scripts.js", java), ("scripts.vbs", visual)] {
        if !code.is_empty() && !is_repeated(parent, SCRIPTS, code.len(), out) {
            let origin = Origin::part(OriginKind::Decoded, SCRIPTS);
            out.child_bytes(EntryName::new(name), origin, code.into())?;
        }
    }
    Ok(())
}

/// Pictures and fonts that are what they claim need no artifact of their own.
fn is_plain_picture(media_type: &str, content: &[u8]) -> bool {
    const MAGICS: [&[u8]; 9] =
        [b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"BM", b"\0\0\x01\0", b"wOFF", b"wOF2", b"\0\x01\0\0"];
    (media_type.starts_with("image/") || media_type.contains("font"))
        && MAGICS.iter().any(|magic| content.starts_with(magic))
}

fn is_text(content: &[u8]) -> bool {
    std::str::from_utf8(content).is_ok_and(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()))
}
