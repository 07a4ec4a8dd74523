//! Files in text, as mail carried them before MIME: uuencode, yEnc, BinHex 4.0.

/// A uuencoded file, lines and all (POSIX.1-2017, uuencode).
pub fn uuencode(name: &str, bytes: &[u8]) -> Vec<u8> {
    let character = |value: u8| if value == 0 { b'`' } else { value + 0x20 };
    let mut out = format!("begin 644 {name}\r\n").into_bytes();
    for line in bytes.chunks(45) {
        out.push(character(line.len() as u8));
        for group in line.chunks(3) {
            let at = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
            let quantum = (at(0) << 16) | (at(1) << 8) | at(2);
            out.extend([18, 12, 6, 0].map(|shift| character((quantum >> shift) as u8 & 0x3f)));
        }
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"`\r\nend\r\n");
    out
}

/// Bytes moved by 42, in lines of 128 (yEnc draft 1.3).
fn yenc_lines(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in bytes.chunks(128) {
        for byte in line {
            match byte.wrapping_add(42) {
                moved @ (0 | b'\n' | b'\r' | b'=') => out.extend([b'=', moved.wrapping_add(64)]),
                moved => out.push(moved),
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// A yEnc file.
pub fn yenc(name: &str, bytes: &[u8]) -> Vec<u8> {
    let size = bytes.len();
    let head = format!("=ybegin line=128 size={size} name={name}\r\n");
    [head.into_bytes(), yenc_lines(bytes), format!("=yend size={size}\r\n").into_bytes()].concat()
}

/// One part of a yEnc file of `size` bytes, `number` of `total`, whose first byte is the `begin`th.
pub fn yenc_part(name: &str, bytes: &[u8], number: usize, total: usize, begin: usize, size: usize) -> Vec<u8> {
    let (length, end) = (bytes.len(), begin + bytes.len() - 1);
    let head = format!(
        "=ybegin part={number} total={total} line=128 size={size} name={name}\r\n=ypart begin={begin} end={end}\r\n"
    );
    let tail = format!("=yend size={length} part={number}\r\n");
    [head.into_bytes(), yenc_lines(bytes), tail.into_bytes()].concat()
}

/// Bytes as the characters of BinHex 4.0, runs not shortened further.
pub fn binhex_characters(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    let mut out = Vec::new();
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let quantum = (at(0) << 16) | (at(1) << 8) | at(2);
        let characters = [18, 12, 6, 0].map(|shift| ALPHABET[(quantum >> shift) as usize & 0x3f]);
        out.extend_from_slice(&characters[..group.len() + 1]);
    }
    out
}

/// CRC-16 of CCITT, as BinHex computes it.
fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0u16;
    for byte in bytes.iter().chain(&[0, 0]) {
        for bit in (0..8).rev() {
            let carry = crc & 0x8000 != 0;
            crc = (crc << 1) | u16::from(byte >> bit & 1);
            if carry {
                crc ^= 0x1021;
            }
        }
    }
    crc
}

/// A BinHex 4.0 file (RFC 1741) with these forks.
pub fn binhex(name: &str, data: &[u8], resource: &[u8]) -> Vec<u8> {
    write_binhex(name, data, resource, data.len() as u32, resource.len() as u32)
}

/// The same with a data fork whose header says other lengths.
pub fn binhex_with_lengths(name: &str, data: &[u8], said: u32, said_resource: u32) -> Vec<u8> {
    write_binhex(name, data, &[], said, said_resource)
}

fn write_binhex(name: &str, data: &[u8], resource: &[u8], said: u32, said_resource: u32) -> Vec<u8> {
    let mut head = vec![name.len() as u8];
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b"\0BINAdemo\0\0");
    head.extend_from_slice(&said.to_be_bytes());
    head.extend_from_slice(&said_resource.to_be_bytes());
    let mut whole = Vec::new();
    for piece in [head.as_slice(), data, resource] {
        whole.extend_from_slice(piece);
        whole.extend_from_slice(&crc16(piece).to_be_bytes());
    }
    // The run marker stands for itself with a zero behind it; runs are shortened where they are long.
    let mut packed = Vec::new();
    let mut rest = whole.as_slice();
    while let Some(&byte) = rest.first() {
        let run = rest.iter().take_while(|other| **other == byte).count().min(255);
        packed.push(byte);
        if byte == 0x90 {
            packed.push(0);
            rest = &rest[1..];
        } else if run > 3 {
            packed.extend([0x90, run as u8]);
            rest = &rest[run..];
        } else {
            rest = &rest[1..];
        }
    }
    let mut out = b"(This file must be converted with BinHex 4.0)\r\n\r\n:".to_vec();
    for line in binhex_characters(&packed).chunks(64) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.truncate(out.len() - 2);
    out.extend_from_slice(b":\r\n");
    out
}
