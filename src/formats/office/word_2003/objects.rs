//! Embedded objects as Word 2003 XML and web pages of Word keep them: one compound file (`oledata.mso`) with a stream for
//! each object, named `_` and the object's number. A stream is the object's compound file in zlib, after its size.

use flate2::read::ZlibDecoder;

use crate::formats::fields::u32_at;
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Gives the objects of a compound file that keeps them so.
pub struct StoredObjects;

impl Unpacker for StoredObjects {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        for (index, entry) in view.streams() {
            let number = entry.name.strip_prefix('_').unwrap_or_default();
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let data = view.data(index);
            // Compression method 8 with the largest window, RFC 1950 2.2.
            if u32_at(&data, 0).is_none() || data.get(4) != Some(&0x78) {
                continue;
            }
            let packed = data.slice(4.min(data.len())..);
            let name = EntryName::new(view.path(index));
            out.child(
                name,
                Origin::part(OriginKind::Embedded, "object of the document, deflate"),
                ZlibDecoder::new(&*packed),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::cfb::Cfb;
    use sekisho_samples::office::single_xml::zlib;

    use super::*;
    use crate::formats::trial::unpack;

    #[test]
    fn objects_are_given_and_other_streams_are_not() {
        let object = [5u32.to_le_bytes().to_vec(), zlib(b"hello")].concat();
        let file = Cfb::new().stream("_1577691300", object.clone()).stream("x", object).stream("_2", b"    y".to_vec());
        let (said, end) = unpack(&StoredObjects, "oledata.mso", file.build());
        assert!(end.is_ok() && said.problems.is_empty());
        let children: Vec<_> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(children, [("_1577691300", b"hello".as_slice())]);
    }
}
