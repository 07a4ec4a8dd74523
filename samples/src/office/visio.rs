//! The stream `VisioDocument` (version 11): streams behind pointers, packed with LZSS.

/// A chunk's size; what is longer is cut into several streams.
const CHUNK: usize = 0x2000;

/// Files as (kind of stream, content), and the text of the drawing.
pub fn visio(files: &[(u32, &[u8])], text: &[u8]) -> Vec<u8> {
    let mut out = b"Visio (TM) Drawing\r\n\0\0\0\0\0\0".to_vec();
    out.extend(11u16.to_le_bytes());
    out.resize(0x80, 0);
    let mut pointers: Vec<u8> = Vec::new();
    let mut place = |kind: u32, format: u16, body: &[u8], out: &mut Vec<u8>| {
        let stored = packed(&[(body.len() as u32).to_le_bytes().as_slice(), body].concat());
        pointers.extend(pointer(kind, out.len(), stored.len(), format));
        out.extend(stored);
    };
    place(0x0A, 0x42, text, &mut out);
    for (kind, file) in files {
        for chunk in file.chunks(CHUNK) {
            place(*kind, 0x42, chunk, &mut out);
        }
    }
    let count = (pointers.len() / 18) as u32;
    let list = [&8u32.to_le_bytes()[..], &[0; 4], &count.to_le_bytes(), &[0; 4], &pointers].concat();
    let trailer = packed(&[&(list.len() as u32).to_le_bytes()[..], &list].concat());
    let at = out.len();
    out[0x24..0x36].copy_from_slice(&pointer(0x14, at, trailer.len(), 0x52));
    out.extend(trailer);
    out
}

fn pointer(kind: u32, offset: usize, length: usize, format: u16) -> Vec<u8> {
    let mut out = Vec::new();
    for field in [kind, 0, offset as u32, length as u32] {
        out.extend(field.to_le_bytes());
    }
    out.extend(format.to_le_bytes());
    out
}

/// Bytes as LZSS that packs nothing: eight literal bytes after each byte of flags.
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(8).flat_map(|chunk| std::iter::once(0xFF).chain(chunk.iter().copied())).collect()
}
