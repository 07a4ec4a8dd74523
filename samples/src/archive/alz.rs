//! ALZ archives of stored and deflated files.

use std::io::Write as _;

/// An archive of these files: name, whether it is deflated, content.
pub fn alz(entries: &[(&str, bool, &[u8])]) -> Vec<u8> {
    let mut out = b"ALZ\x01\x0a\0\0\0".to_vec();
    for (name, is_deflated, data) in entries {
        let packed = if *is_deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(data).expect("memory");
            encoder.finish().expect("memory")
        } else {
            data.to_vec()
        };
        out.extend(b"BLZ\x01");
        out.extend((name.len() as u16).to_le_bytes());
        out.push(0x20);
        out.extend([0x00, 0x60, 0x6f, 0x48]); // 2016-03-15, noon
        out.extend([0x40, 0, if *is_deflated { 2 } else { 0 }, 0]);
        out.extend(crc32fast::hash(data).to_le_bytes());
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    out.extend(b"CLZ\x01\0\0\0\0\0\0\0\0CLZ\x02");
    out
}
