//! An RPM package to its payload and its scripts.

use super::parser::RpmView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError, Unpacker};

/// Takes RPM packages apart.
pub(super) struct RpmUnpacker;

impl Unpacker for RpmUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<RpmView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if !view.name.is_empty() {
            out.fact("rpm-package", view.name.clone());
        }
        for (kind, script) in &view.scripts {
            out.fact("rpm-script", format!("{kind}: {script}"));
            let origin = Origin::part(OriginKind::Embedded, format!("script {kind}"));
            out.child_bytes(EntryName::new(format!("{kind}.sh")), origin, script.clone().into_bytes().into())?;
        }
        let payload = parent.bytes.slice(view.payload.min(parent.bytes.len())..);
        if payload.is_empty() {
            out.problem(Problem::damaged("the package has no payload", Location::at(view.payload)));
            return Ok(());
        }
        let (kind, compressor) = &view.payload_kind;
        let ending = match compressor.as_deref() {
            Some("gzip") => ".gz",
            Some("bzip2") => ".bz2",
            Some("xz") => ".xz",
            Some("lzma") => ".lzma",
            Some("zstd") => ".zst",
            _ => "",
        };
        let kind = kind.as_deref().filter(|kind| *kind == "drpm").unwrap_or("cpio");
        let name = format!("{}.{kind}{ending}", if view.name.is_empty() { "payload" } else { &view.name });
        out.child_bytes(EntryName::new(name), Origin::part(OriginKind::Embedded, "payload"), payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn header(tags: &[(u32, &str)]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, text) in tags {
            for field in [*tag, 6, store.len() as u32, 1] {
                index.extend(field.to_be_bytes());
            }
            store.extend(text.as_bytes());
            store.push(0);
        }
        let mut out = b"\x8e\xad\xe8\x01\0\0\0\0".to_vec();
        out.extend((tags.len() as u32).to_be_bytes());
        out.extend((store.len() as u32).to_be_bytes());
        out.extend(index);
        out.extend(store);
        out
    }

    fn rpm() -> Vec<u8> {
        let mut out = b"\xed\xab\xee\xdb\x03\x00".to_vec();
        out.resize(96, 0);
        out.extend(header(&[(1000, "signature")]));
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend(header(&[
            (1000, "notes"),
            (1001, "1"),
            (1002, "2"),
            (1022, "noarch"),
            (1024, "echo installed"),
            (1125, "xz"),
        ]));
        out.extend(b"payload");
        out
    }

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&RpmUnpacker, "a.rpm", bytes).0
    }

    #[test]
    fn gives_scripts_and_payload() {
        let said = unpack(rpm());
        let files: Vec<(&str, &[u8])> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(files, [("postin.sh", &b"echo installed"[..]), ("notes-1-2.noarch.cpio.xz", b"payload")]);
        assert!(said.problems.is_empty());
    }

    #[test]
    fn damage_and_cuts() {
        let made = rpm();
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
        let mut broken = made.clone();
        broken[96] = 0;
        let said = unpack(broken);
        assert_eq!(said.children.last().unwrap().bytes.as_ref(), b"payload");
        assert_eq!(said.problems.len(), 1);
        let mut lying = made;
        lying[104..108].fill(0xff);
        assert!(!unpack(lying).problems.is_empty());
    }
}
