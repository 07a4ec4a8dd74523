//! LZFSE and LZVN, which Apple's disk images and compressed files share.

use std::io::{Read, Result};

use lzfse_rust::LzfseRingDecoder;

/// Unpacks LZFSE to at most `size` bytes.
pub(crate) fn lzfse(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut decoder = LzfseRingDecoder::default();
    let mut bytes = Vec::new();
    decoder.reader_bytes(packed).take(size as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Unpacks bare LZVN of `size` bytes, by putting the frame around it that LZFSE has for such blocks.
pub(crate) fn lzvn(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut framed = b"bvxn".to_vec();
    for length in [size, packed.len()] {
        framed.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }
    framed.extend(packed);
    framed.extend(b"bvx$");
    lzfse(&framed, size)
}
