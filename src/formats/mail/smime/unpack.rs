//! What CMS wraps, as a child.

use flate2::read::ZlibDecoder;

use super::parser::{CmsView, Kind};
use crate::formats::mail::pieces::Pieces;
use crate::formats::mail::sealed;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Unwraps CMS messages.
pub(super) struct CmsUnpacker;

impl Unpacker for CmsUnpacker {
    fn findings(&self) -> Kinds {
        &[sealed::MAIL_ENCRYPTED]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<CmsView>()?;
        out.fact("cms-type", view.title);
        if view.signatures > 0 {
            out.fact("cms-signers", view.signatures.to_string());
        }
        if !view.is_whole {
            out.problem(Problem::damaged("the content ends early", Location::whole()));
        }
        let pieces = || Pieces::new(&view.binary, view.content.clone());
        match &view.kind {
            Kind::Detached => {}
            Kind::Open => {
                let origin = Origin::file(OriginKind::Embedded, format!("content of {}", view.title));
                match view.content.as_slice() {
                    [whole] => {
                        let bytes = view.binary.slice(whole.clone());
                        if !bytes.is_empty() {
                            out.child_bytes(inner_name(&parent.name), origin, bytes)?;
                        }
                    }
                    _ => out.child(inner_name(&parent.name), origin, pieces())?,
                }
            }
            Kind::Compressed(method) if method == "zlib" => {
                let origin = Origin::file(OriginKind::Embedded, "content of compressed-data, zlib");
                out.child(inner_name(&parent.name), origin, ZlibDecoder::new(pieces()))?;
            }
            Kind::Compressed(method) => {
                out.problem(Problem::unsupported(format!("compressed by {method}"), Location::whole()));
            }
            Kind::Encrypted(cipher) => sealed::say(out, format!("S/MIME {}, {cipher}", view.title), Location::whole()),
            Kind::Unknown(oid) => {
                out.problem(Problem::unsupported(format!("CMS content of type {oid}"), Location::whole()));
            }
        }
        let after = view.binary.slice(view.end.min(view.binary.len())..);
        if after.iter().any(|byte| !matches!(byte, 0 | b'\r' | b'\n' | b' ')) {
            out.problem(Problem::odd("bytes after the end of the message", Location::offset(view.end as u64)));
            out.child_bytes(
                EntryName::new("after the message"),
                Origin::part(OriginKind::Overlay, "after the end of a CMS message"),
                after,
            )?;
        }
        Ok(())
    }
}

/// The name of what is wrapped: `invoice.xml` of `invoice.xml.p7m`, a message where nothing is left to tell.
pub(in crate::formats::mail) fn inner_name(outer: &EntryName) -> EntryName {
    let name = outer.file_name();
    match name.rsplit_once('.') {
        Some((stem, _)) if stem.contains('.') => EntryName::new(stem),
        Some((stem, _)) => EntryName::new(format!("{stem} content")),
        None => EntryName::new("content"),
    }
}
