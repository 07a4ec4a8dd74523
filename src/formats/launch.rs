//! Whether bytes that lie inside something would run if a person opened them: asked by containers of which honest ones
//! hold pictures and documents only, so that what they hold can be weighed where it is found.

use bytes::Bytes;

use crate::formats::FORMATS;
use crate::knowledge::extensions::class;
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Origin, OriginKind};
use crate::stage::{Family, Probe};

/// Bytes looked at; headers and the first words of a script lie within.
const HEAD: usize = 64 << 10;

/// What would run, in words; none if nothing would.
pub(crate) fn what_runs(name: &EntryName, bytes: &Bytes) -> Option<String> {
    let head = bytes.slice(..bytes.len().min(HEAD));
    let origin = Origin::part(OriginKind::Embedded, "");
    let artifact = Artifact::new(ArtifactPath::root(), name.clone(), origin, head, FormatId::UNKNOWN);
    let runs = |family| matches!(family, Family::Program | Family::Script);
    let mut is_claimed = false;
    for spec in FORMATS {
        let has_magic = spec.magic.is_empty() || spec.magic.iter().any(|magic| magic.matches(&artifact.bytes));
        let claims = match spec.probe {
            Probe::MagicOnly => has_magic && !spec.magic.is_empty(),
            Probe::Structure(check) => has_magic && check(&artifact),
            Probe::Within(..) | Probe::Text(_) => false,
        };
        if claims && runs(spec.family) {
            return Some(spec.title.to_owned());
        }
        is_claimed |= claims;
    }
    let by_text = FORMATS.iter().find(|spec| matches!(spec.probe, Probe::Text(check) if check(&artifact)));
    if !is_claimed && let Some(spec) = by_text.filter(|spec| runs(spec.family)) {
        return Some(spec.title.to_owned());
    }
    let extension = name.extension();
    class(&extension).filter(|class| class.is_launchable()).map(|_| format!("a file named .{extension}"))
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::pe::Pe;

    use super::*;

    fn runs(name: &str, bytes: impl Into<Bytes>) -> bool {
        what_runs(&EntryName::new(name), &bytes.into()).is_some()
    }

    #[test]
    fn programs_scripts_and_names_run() {
        assert!(runs("a", Pe::new().build()));
        assert!(runs("a", "<hta:application id=a><script language=vbscript>x</script>"));
        assert!(runs("a.js", "anything"));
    }

    #[test]
    fn pictures_and_notes_do_not() {
        assert!(!runs("a.png", sekisho_samples::media::jpeg()));
        assert!(!runs("note.txt", "see you on Monday"));
        assert!(!runs("a.pdf", sekisho_samples::document::pdf::ticket()));
    }
}
