//! Rights-managed messages (MS-OXORMMS): a compound file in compressed blocks.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Wraps a compound file.
pub fn rpmsg(ole: &[u8]) -> Vec<u8> {
    let mut out = vec![0x76, 0xE8, 0x04, 0x60, 0xC4, 0x11, 0xE3, 0x86];
    for block in ole.chunks(4096) {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(block).expect("memory takes everything");
        let packed = packer.finish().expect("memory takes everything");
        out.extend(0x0FA0u32.to_le_bytes());
        out.extend((block.len() as u32).to_le_bytes());
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend(packed);
    }
    out
}
