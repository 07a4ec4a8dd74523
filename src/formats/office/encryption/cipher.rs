//! The block and stream ciphers, over buffers in place. A key of a size the cipher does not have gives nothing.

use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes192, Aes256, Block};
use rc4::Rc4;

/// Bytes of an AES block.
pub(super) const BLOCK: usize = 16;

/// AES without chaining. Bytes after the last whole block stay as they are.
pub(in crate::formats::office) fn aes_ecb(key: &[u8], data: &mut [u8]) -> Option<()> {
    let (blocks, _) = Block::slice_as_chunks_mut(data);
    match key.len() {
        16 => Aes128::new_from_slice(key).ok()?.decrypt_blocks(blocks),
        24 => Aes192::new_from_slice(key).ok()?.decrypt_blocks(blocks),
        32 => Aes256::new_from_slice(key).ok()?.decrypt_blocks(blocks),
        _ => return None,
    }
    Some(())
}

/// AES with chained blocks. Bytes after the last whole block stay as they are.
pub(super) fn aes_cbc(key: &[u8], vector: &[u8], data: &mut [u8]) -> Option<()> {
    let (blocks, _) = Block::slice_as_chunks_mut(data);
    match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, vector).ok()?.decrypt_blocks(blocks),
        24 => cbc::Decryptor::<Aes192>::new_from_slices(key, vector).ok()?.decrypt_blocks(blocks),
        32 => cbc::Decryptor::<Aes256>::new_from_slices(key, vector).ok()?.decrypt_blocks(blocks),
        _ => return None,
    }
    Some(())
}

/// RC4 from the key's beginning.
pub(super) fn rc4(key: &[u8], data: &mut [u8]) -> Option<()> {
    Rc4::new_from_slice(key).ok()?.apply_keystream(data);
    Some(())
}
