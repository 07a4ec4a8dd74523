//! Messages under Microsoft's rights management: `message.rpmsg`, a compressed compound file whose content is encrypted
//! (MS-OXORMMS 2.1.3). `blocks` takes the compression off; the compound file inside is a child.

mod blocks;

use crate::formats::mail::sealed;
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem, View as _};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// A rights-managed message.
pub const RPMSG: FormatId = FormatId("rpmsg");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: RPMSG,
    title: "Rights-managed message (RPMSG)",
    extensions: &["rpmsg"],
    media_types: &["application/x-microsoft-rpmsg-message"],
    magic: &[Magic::start(&blocks::MAGIC)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "MS-OXORMMS, Rights-Managed Email Object Protocol",
        url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxormms/",
    }],
    limitations: &["The content is encrypted for its reader and cannot be opened here."],
    unpacker: Some(&RpmsgUnpacker),
    ..FormatSpec::of(Family::Mail)
};

struct RpmsgUnpacker;

/// The stream the encrypted content lies in, beneath the transform of MS-OFFCRYPTO 2.2.
const CONTENT: [&str; 2] = ["\u{9}DRMContent", "EncryptedPackage"];

impl Unpacker for RpmsgUnpacker {
    fn findings(&self) -> Kinds {
        &[sealed::MAIL_ENCRYPTED]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let (inside, stop) = out.pull(blocks::Inflater::new(&parent.bytes));
        let inside = bytes::Bytes::from(inside);
        if stop.is_some() {
            out.problem(Problem::damaged("the compressed blocks end early", Location::at(inside.len())));
        }
        let content =
            OleView::parse(&inside).ok().and_then(|view| CONTENT.into_iter().find(|name| view.find(name).is_some()));
        let how = match content {
            Some(_) => "rights management (RPMSG)",
            None => "rights management (RPMSG), in a form not known",
        };
        sealed::say(out, how, Location::whole());
        if inside.is_empty() {
            return Ok(());
        }
        let origin = Origin::part(OriginKind::Decoded, "compound file of a rights-managed message");
        out.child_bytes(EntryName::new("message.ole"), origin, inside)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::formats::trial;
    use crate::model::ProblemKind;
    use sekisho_samples::mail::rpmsg;
    use sekisho_samples::office::cfb::Cfb;

    #[test]
    fn the_envelope_is_opened_and_the_lock_is_said() {
        let ole =
            Cfb::new().stream("\u{9}DRMContent", vec![7; 9_000]).stream("\u{6}DataSpaces/Version", vec![1; 76]).build();
        let whole = rpmsg(&ole);
        let said = trial::scan(&FORMAT, "message.rpmsg", &whole);
        assert_eq!(said.children[0].bytes, ole);
        assert_eq!(said.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::Encrypted]);
        assert!(trial::observed(&said, "mail-encrypted").is_some());
        for cut in (8..whole.len()).step_by(7) {
            let said = trial::scan(&FORMAT, "message.rpmsg", &whole[..cut]);
            assert!(trial::observed(&said, "mail-encrypted").is_some());
        }
    }

    #[test]
    fn one_stream_over_all_blocks_is_read_too() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        let text: Vec<u8> = (0..40_000u32).flat_map(u32::to_le_bytes).collect();
        packer.write_all(&text).unwrap();
        let packed = packer.finish().unwrap();
        let mut whole = blocks::MAGIC.to_vec();
        for block in packed.chunks(3_000) {
            whole.extend(0x0FA0u32.to_le_bytes());
            whole.extend(4_096u32.to_le_bytes());
            whole.extend((block.len() as u32).to_le_bytes());
            whole.extend(block);
        }
        let said = trial::scan(&FORMAT, "message.rpmsg", &whole);
        assert_eq!(said.children[0].bytes, text);
    }
}
