//! ARJ archives of stored files.

/// An archive of these files: name, flags and content. Garbled content is for the caller to turn.
pub fn arj(entries: &[(&str, u8, u8, &[u8])]) -> Vec<u8> {
    let mut out = header(&[0, 0, 0, 2, 0], 0, 0, 0, "a.arj");
    for (name, flags, modifier, data) in entries {
        let crc = crc32fast::hash(data);
        let fixed = [0, *flags, 0, 0, *modifier];
        out.extend(header(&fixed, data.len() as u32, data.len() as u32, crc, name));
        out.extend_from_slice(data);
    }
    out.extend(b"\x60\xea\0\0");
    out
}

/// Turns content with a password, as ARJ garbles it.
pub fn garble(data: &[u8], password: &[u8], modifier: u8) -> Vec<u8> {
    data.iter().zip(password.iter().cycle()).map(|(byte, key)| byte ^ key.wrapping_add(modifier)).collect()
}

/// A header: system, flags, method, kind and password modifier; packed size, size, checksum; name.
pub fn header(fixed: &[u8; 5], packed: u32, size: u32, crc: u32, name: &str) -> Vec<u8> {
    let mut body = vec![30, 11, 1];
    body.extend(fixed);
    body.extend([0x00, 0x60, 0x6f, 0x48]); // 2016-03-15, noon
    body.extend(packed.to_le_bytes());
    body.extend(size.to_le_bytes());
    body.extend(crc.to_le_bytes());
    body.extend([0; 6]);
    body.extend(name.as_bytes());
    body.extend([0, 0]);
    let mut out = b"\x60\xea".to_vec();
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(&body);
    out.extend(crc32fast::hash(&body).to_le_bytes());
    out.extend([0, 0]);
    out
}
