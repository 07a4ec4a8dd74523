//! The content of packed data by method, for LZH itself and for the archives that took its methods over.

use std::io::Read;

use delharc::decode::DecoderAny;
use delharc::{LhaDecodeReader, LhaHeader};

/// The content of data packed by a method such as `-lh5-`; none if the method is not decoded.
pub(crate) fn content(method: [u8; 5], data: &[u8], size: u64) -> Option<impl Read + '_> {
    let header = LhaHeader {
        compression: method,
        compressed_size: data.len() as u64,
        original_size: size,
        ..LhaHeader::default()
    };
    let decoder = DecoderAny::new_from_header(&header, data);
    if !decoder.is_supported() {
        return None;
    }
    let mut reader = LhaDecodeReader::default();
    reader.begin_with_header_and_decoder(header, decoder);
    Some(InSteps(reader))
}

/// Reads in small steps: the decoder fills a buffer or gives nothing, so a large one would lose the bytes before a
/// damaged place.
struct InSteps<R>(R);

impl<R: Read> Read for InSteps<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        const STEP: usize = 256;
        let length = buffer.len().min(STEP);
        self.0.read(buffer.get_mut(..length).unwrap_or_default())
    }
}
