//! Images of whole sectors, 2,352 bytes each: synchronisation, header, 2,048 bytes of data, checks.

use std::io::Result;

use bytes::Bytes;

use crate::formats::disk::source::{Disk, Raw};

const SYNC: &[u8; 12] = b"\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00";
const DATA: u64 = 2048;

/// The data of such an image.
pub(crate) struct Sectors {
    file: Raw,
    /// Bytes from sector to sector: 2,352, or 2,448 with subchannels.
    stride: u64,
    /// Where data begins in a sector.
    skip: u64,
    count: u64,
}

impl Sectors {
    /// The image, if the bytes are one: two sectors in a row begin as sectors do.
    pub(crate) fn open(bytes: &Bytes) -> Option<Sectors> {
        if !bytes.starts_with(SYNC) {
            return None;
        }
        let has_sync = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(SYNC));
        let stride = [2352usize, 2448].into_iter().find(|stride| has_sync(*stride))?;
        // Mode 2 has a subheader of eight bytes.
        let skip = if bytes.get(15) == Some(&2) { 24 } else { 16 };
        let count = bytes.len() as u64 / stride as u64;
        Some(Sectors { file: Raw(bytes.clone()), stride: stride as u64, skip, count })
    }
}

impl Disk for Sectors {
    fn size(&self) -> u64 {
        self.count.saturating_mul(DATA)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let (sector, within) = (offset / DATA, offset % DATA);
        if sector >= self.count {
            return Ok(0);
        }
        let room = usize::try_from(DATA.saturating_sub(within)).unwrap_or_default().min(buffer.len());
        let at = sector.saturating_mul(self.stride).saturating_add(self.skip).saturating_add(within);
        self.file.read_at(at, buffer.get_mut(..room).unwrap_or_default())
    }
}
