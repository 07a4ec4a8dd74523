//! What a block is packed with, in words.

use sevenz_rust2::{Archive, Block, EncoderMethod};

use super::coders;

/// Methods of a block, in the order its header has them, encryption left out: `LZMA2, BCJ_X86`.
pub(super) fn names(block: &Block) -> String {
    let names: Vec<String> = block
        .coders
        .iter()
        .map(|coder| coder.encoder_method_id())
        .filter(|id| *id != EncoderMethod::ID_AES256_SHA256)
        .map(|id| match EncoderMethod::by_id(id) {
            Some(method) if id == EncoderMethod::ID_COPY => method.name().to_lowercase(),
            Some(method) => method.name().to_owned(),
            None if coders::name(id).is_some() => coders::name(id).unwrap_or_default().to_owned(),
            None => format!("method {}", id.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        })
        .collect();
    if names.is_empty() { "stored".to_owned() } else { names.join(", ").replace("copy", "stored") }
}

/// Whether a block is encrypted.
pub(super) fn is_encrypted(block: &Block) -> bool {
    block.coders.iter().any(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)
}

/// Bytes the decoders of a block will ask for and clear before they give anything: the models of PPMd, whose properties are
/// its order and this size (7-Zip, `PpmdDecoder.cpp`).
pub(super) fn model_memory(block: &Block) -> u64 {
    let models = block.coders.iter().filter(|coder| coder.encoder_method_id() == EncoderMethod::ID_PPMD);
    models
        .filter_map(|coder| coder.properties().get(1..5)?.try_into().ok())
        .map(|size| u64::from(u32::from_le_bytes(size)))
        .fold(0, u64::saturating_add)
}

/// Whether a block does anything that would notice a wrong key.
pub(super) fn is_packed(block: &Block) -> bool {
    block
        .coders
        .iter()
        .any(|coder| ![EncoderMethod::ID_AES256_SHA256, EncoderMethod::ID_COPY].contains(&coder.encoder_method_id()))
}

/// The largest exponent of key derivation rounds in the archive's blocks.
pub(super) fn rounds_exponent(archive: &Archive) -> u8 {
    archive
        .blocks
        .iter()
        .flat_map(|block| &block.coders)
        .filter(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)
        .filter_map(|coder| coder.properties().first().map(|byte| byte & 0x3f))
        .max()
        .unwrap_or_default()
}

/// The same in a header that is itself encrypted: the coder's id, the size of its properties, and their first byte.
pub(super) fn rounds_exponent_in(header: &[u8]) -> u8 {
    memchr::memmem::find_iter(header, EncoderMethod::ID_AES256_SHA256)
        .filter_map(|at| header.get(at.saturating_add(5)).map(|byte| byte & 0x3f))
        .max()
        .unwrap_or_default()
}
