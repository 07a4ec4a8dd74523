//! CMS messages (RFC 5652): just enough of signed, compressed and encrypted ones. Nothing here signs or encrypts.

const SIGNED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const ENVELOPED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03];
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
const COMPRESSED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x09];
const ZLIB: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x03, 0x08];
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A];

/// A value in DER.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    match length {
        0..=0x7F => out.push(length as u8),
        0x80..=0xFFFF => {
            out.push(0x82);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(0x84);
            out.extend((length as u32).to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// A constructed value of indefinite length.
fn open(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

/// Signed-data around content, without signers.
pub fn signed(content: &[u8]) -> Vec<u8> {
    let info = [tlv(6, DATA), tlv(0xA0, &tlv(4, content))].concat();
    let body = [tlv(2, &[1]), tlv(0x31, &[]), tlv(0x30, &info), tlv(0x31, &[])].concat();
    tlv(0x30, &[tlv(6, SIGNED), tlv(0xA0, &tlv(0x30, &body))].concat())
}

/// The same in BER: indefinite lengths, and the content in pieces of this size.
pub fn signed_in_pieces(content: &[u8], size: usize) -> Vec<u8> {
    let pieces: Vec<u8> = content.chunks(size).flat_map(|piece| tlv(4, piece)).collect();
    let info = [tlv(6, DATA), open(0xA0, &open(0x24, &pieces))].concat();
    let body = [tlv(2, &[1]), tlv(0x31, &[]), open(0x30, &info), tlv(0x31, &[])].concat();
    open(0x30, &[tlv(6, SIGNED), open(0xA0, &open(0x30, &body))].concat())
}

/// A signature of something else.
pub fn detached() -> Vec<u8> {
    let body = [tlv(2, &[1]), tlv(0x31, &[]), tlv(0x30, &tlv(6, DATA)), tlv(0x31, &[])].concat();
    tlv(0x30, &[tlv(6, SIGNED), tlv(0xA0, &tlv(0x30, &body))].concat())
}

/// Compressed-data around bytes that are a zlib stream already.
pub fn compressed(zlib: &[u8]) -> Vec<u8> {
    let info = [tlv(6, DATA), tlv(0xA0, &tlv(4, zlib))].concat();
    let body = [tlv(2, &[0]), tlv(0x30, &tlv(6, ZLIB)), tlv(0x30, &info)].concat();
    tlv(0x30, &[tlv(6, COMPRESSED), tlv(0xA0, &tlv(0x30, &body))].concat())
}

/// Enveloped-data for nobody: bytes that no key opens.
pub fn enveloped(noise: &[u8]) -> Vec<u8> {
    let cipher = tlv(0x30, &[tlv(6, AES_256_CBC), tlv(4, &[7; 16])].concat());
    let info = [tlv(6, DATA), cipher, tlv(0x80, noise)].concat();
    let body = [tlv(2, &[0]), tlv(0x31, &[]), tlv(0x30, &info)].concat();
    tlv(0x30, &[tlv(6, ENVELOPED), tlv(0xA0, &tlv(0x30, &body))].concat())
}
