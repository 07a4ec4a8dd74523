//! Data behind the end of a picture.

use super::{encoded, trailer};
use crate::finding_kind;
use crate::formats::recognised;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Looks behind the end of one kind of picture.
pub(super) struct Behind {
    /// Where it ends.
    pub(super) end: fn(&[u8]) -> Option<usize>,
}

finding_kind! {
    /// ## What it is
    /// More data follows the end of a picture.
    ///
    /// ## Why it matters
    /// Viewers show the picture and ignore the rest. Since 2023 loaders of Remcos and others fetch an innocent picture
    /// and cut a program out of the data behind it, mostly written as Base64.
    ///
    /// ## How we see it
    /// The picture's own structure tells its end (IEND, EOI, the GIF trailer, the size in the header). Data that starts
    /// like a program or an archive, or is mostly Base64, weighs more; Base64 that is a program, plain, reversed or
    /// with exchanged letters, weighs most.
    ///
    /// ## When it is innocent
    /// Cameras and phones append previews, films and notes; those of Samsung, motion photos and multi-picture files are
    /// known and not reported. Some tools leave remains of a longer file.
    ///
    /// ## References
    /// - ATT&CK T1027.003, Steganography: https://attack.mitre.org/techniques/T1027/003/
    pub(super) const TRAILING_DATA = {
        id: "image-trailing-data",
        title: "data follows the end of the picture",
        ja: "画像の末尾より後ろに別のデータが付いています",
        why_ja: "画像の後ろにプログラムを隠し、別のスクリプトに取り出させる攻撃があります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.003", "T1027.009"],
    }
}

/// Bytes behind the end that are not worth a word.
const NEGLIGIBLE: usize = 16;
/// Buffers of writers are not larger.
const REMAINS: usize = 16 * 1024;
/// Below this many bytes unknown data is only mentioned.
const SMALL: usize = 512;

impl Unpacker for Behind {
    fn findings(&self) -> Kinds {
        &[TRAILING_DATA]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let Some(end) = (self.end)(bytes) else {
            out.problem(Problem::odd("the picture breaks off or its structure is broken", Location::whole()));
            return Ok(());
        };
        let (Some(picture), Some(rest)) = (bytes.get(..end), bytes.get(end..)) else { return Ok(()) };
        if rest.len() <= NEGLIGIBLE {
            return Ok(());
        }
        if let Some(what) = trailer::known(picture, rest) {
            out.fact("image-trailer", format!("{what}, {} bytes", rest.len()));
            return Ok(());
        }
        let start = rest.iter().position(|byte| !matches!(byte, 0 | b' ' | b'\r' | b'\n')).unwrap_or(0);
        let content = rest.get(start..).unwrap_or(rest);
        let program = encoded::find_program(content);
        let (severity, what) = match program {
            Some(how) => (Severity::High, format!("a program as {how}")),
            None if content.starts_with(b"MZ") => (Severity::Medium, "the start of a program".to_owned()),
            None if recognised(content) => (Severity::Medium, "the start of another file".to_owned()),
            None if encoded::is_mostly_base64(content) => (Severity::Medium, "mostly Base64".to_owned()),
            None if rest.len() < SMALL => (Severity::Info, "unknown data".to_owned()),
            None => (TRAILING_DATA.severity, "unknown data".to_owned()),
        };
        // Remains of the writer's buffer are told, and have been matched and searched as a part of the picture.
        let is_remains = what == "unknown data" && rest.len() <= REMAINS && rest.len() < picture.len().max(SMALL);
        let observed = format!("{what}, {} bytes", rest.len());
        out.raise_as(TRAILING_DATA, severity, false, Location::at(end), observed);
        let origin = Origin::part(OriginKind::Overlay, format!("after offset {end:#x}"));
        if is_remains {
            return Ok(());
        }
        // Encoded programs in it are decoded where all text is looked at.
        let name = EntryName::new(format!("{} (after the picture)", parent.name.file_name()));
        out.child_bytes(name, origin, bytes.slice(end.saturating_add(start)..))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::media;

    use super::super::ends;
    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn behind(picture: Vec<u8>, rest: &[u8]) -> Said {
        let (said, result) = trial::unpack(&Behind { end: ends::jpeg }, "a.jpg", [picture.as_slice(), rest].concat());
        result.unwrap();
        said
    }

    fn severity(said: &Said) -> Option<Severity> {
        said.findings.first().map(|finding| finding.severity)
    }

    #[test]
    fn weighs_what_follows() {
        let program =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [b"MZ".as_slice(), &[0; 200]].concat());
        assert_eq!(severity(&behind(media::jpeg(), &[7; 100])), Some(Severity::Info));
        assert_eq!(severity(&behind(media::jpeg(), &[7; 1000])), Some(Severity::Low));
        assert_eq!(severity(&behind(media::jpeg(), b"MZ\x90\0and the rest of it")), Some(Severity::Medium));
        assert_eq!(severity(&behind(media::jpeg(), b"PK\x03\x04and the rest of it")), Some(Severity::Medium));
        // The offset of the Windows header is zero here, so it is Base64 but no program.
        assert_eq!(severity(&behind(media::jpeg(), program.as_bytes())), Some(Severity::Medium));
        let said = behind(media::jpeg(), media::BASE64_PROGRAM.as_bytes());
        assert_eq!(severity(&said), Some(Severity::High));
        assert!(said.children[0].bytes.starts_with(b"TVo"));
    }

    #[test]
    fn remains_of_a_buffer_are_told_and_are_no_file() {
        let large = [media::jpeg().as_slice(), b""].concat();
        assert!(behind(large.clone(), &[7; 100]).children.is_empty());
        // More than the picture itself, or text that could be anything, is looked at.
        assert_eq!(behind(large.clone(), &[7; 20_000]).children.len(), 1);
        assert_eq!(behind(large, b"PK\x03\x04and the rest of it").children.len(), 1);
    }

    #[test]
    fn cameras_are_not_reported() {
        assert_eq!(severity(&behind(media::jpeg(), &[0; 4000])), None);
        assert_eq!(severity(&behind(media::jpeg(), &media::samsung_trailer(b"record"))), None);
        assert_eq!(severity(&behind(media::jpeg_with_mpf(), &media::jpeg())), None);
        assert_eq!(severity(&behind(media::jpeg(), b"few bytes")), None);
        assert!(behind(media::jpeg(), &[0; 4000]).children.is_empty());
    }
}
