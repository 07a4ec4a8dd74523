//! Objects of OLE 1.0 (MS-OLEDS 2.2), as RTF writes them.

/// A NUL-terminated text behind its length, 2.1.4; an empty one is a length of zero.
fn counted(text: &str) -> Vec<u8> {
    if text.is_empty() {
        return vec![0; 4];
    }
    let mut bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    bytes.push(0);
    [(bytes.len() as u32).to_le_bytes().as_slice(), &bytes].concat()
}

fn header(format: u32, class: &str, topic: &str, item: &str) -> Vec<u8> {
    let mut out = 0x0501u32.to_le_bytes().to_vec();
    out.extend(format.to_le_bytes());
    for text in [class, topic, item] {
        out.extend(counted(text));
    }
    out
}

/// An embedded object with native data and no presentation.
pub fn embedded(class: &str, native: &[u8]) -> Vec<u8> {
    let mut out = header(2, class, "", "");
    out.extend((native.len() as u32).to_le_bytes());
    out.extend(native);
    out.extend(0x0501u32.to_le_bytes());
    out.extend(0u32.to_le_bytes());
    out
}

/// A linked object: topic is the file, item the place in it. The link updates by itself.
pub fn linked(class: &str, topic: &str, item: &str) -> Vec<u8> {
    let mut out = header(1, class, topic, item);
    out.extend(counted(""));
    out.extend(0u32.to_le_bytes());
    out.extend(0u32.to_le_bytes());
    out.extend(0x0501u32.to_le_bytes());
    out.extend(0u32.to_le_bytes());
    out
}

/// The data of an equation: EQNOLEFILEHDR, the header of MTEF 3, and records.
pub fn equation(records: &[u8]) -> Vec<u8> {
    let mut out = vec![0u8; 28];
    out[0] = 28;
    out[4] = 2;
    out[6] = 0x7A;
    out[7] = 0xC3;
    out[8..12].copy_from_slice(&(records.len() as u32 + 5).to_le_bytes());
    out.extend([3, 1, 1, 3, 10]);
    out.extend(records);
    out
}
