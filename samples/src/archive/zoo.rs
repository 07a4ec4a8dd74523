//! ZOO archives of stored files.

/// A file: long name, method, whether it is deleted, and packed content with its stated size and checksum.
pub type File<'a> = (&'a str, u8, bool, &'a [u8], u32, u16);

/// An archive of these files.
pub fn zoo(entries: &[File<'_>]) -> Vec<u8> {
    const TAG: u32 = 0xfdc4_a7dc;
    let mut out = b"ZOO 2.10 Archive.\x1a\0\0".to_vec();
    out.extend(TAG.to_le_bytes());
    out.extend(34u32.to_le_bytes());
    out.extend((-34i32).to_le_bytes());
    out.extend([2, 0]);
    for (name, method, is_deleted, packed, size, crc) in entries {
        let at = out.len() as u32;
        let long = [name.as_bytes(), b"\0"].concat();
        let variable = 2 + long.len();
        let data = at + 56 + variable as u32;
        out.extend(TAG.to_le_bytes());
        out.extend([2, *method]);
        out.extend((data + packed.len() as u32).to_le_bytes());
        out.extend(data.to_le_bytes());
        out.extend([0x6f, 0x48, 0x00, 0x60]); // 2016-03-15, noon
        out.extend(crc.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend([2, 0, u8::from(*is_deleted), 0]);
        out.extend([0; 6]);
        let mut short = [0u8; 13];
        short[..8].copy_from_slice(b"SHORT.NA");
        out.extend(short);
        out.extend((variable as u16).to_le_bytes());
        out.extend([0x7f, 0, 0]);
        out.extend([long.len() as u8, 0]);
        out.extend(&long);
        out.extend_from_slice(packed);
    }
    // The entry that ends the chain.
    out.extend(TAG.to_le_bytes());
    out.extend([2, 0]);
    out.extend([0; 50]);
    out
}
