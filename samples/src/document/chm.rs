//! Compiled help, after Russotto's description: the headers, one listing chunk, and the files in an LZX stream of
//! uncompressed blocks, started anew every two frames.

/// Bytes of a frame.
const FRAME: usize = 0x8000;
const RESET_TABLE: &str =
    "::DataSpace/Storage/MSCompressed/Transform/{7FC28940-9D31-11D0-9B27-00A0C91E9C7C}/InstanceData/ResetTable";

/// Help with these files, packed.
pub fn chm(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut entries: Vec<(String, u64, usize, usize)> = vec![("/".to_owned(), 0, 0, 0)];
    for (name, content) in files {
        entries.push((format!("/{name}"), 1, whole.len(), content.len()));
        whole.extend_from_slice(content);
    }
    let (packed, starts) = lzx(&whole);
    let mut plain = Vec::new();
    let mut store = |name: &str, content: &[u8]| {
        entries.push((name.to_owned(), 0, plain.len(), content.len()));
        plain.extend_from_slice(content);
    };
    // Six numbers follow the count: mark, version, frames from start to start, window in frames, cache, nothing.
    let control: Vec<u8> =
        [6u32, u32::from_le_bytes(*b"LZXC"), 2, 2, 2, 1, 0].iter().flat_map(|n| n.to_le_bytes()).collect();
    store("::DataSpace/Storage/MSCompressed/ControlData", &control);
    let mut table: Vec<u8> = [2u32, starts.len() as u32, 8, 0x28].iter().flat_map(|n| n.to_le_bytes()).collect();
    for number in [whole.len() as u64, packed.len() as u64, FRAME as u64] {
        table.extend(number.to_le_bytes());
    }
    table.extend(starts.iter().flat_map(|start| (*start as u64).to_le_bytes()));
    store(RESET_TABLE, &table);
    store("::DataSpace/Storage/MSCompressed/Content", &packed);

    let chunk = listing(&entries);
    let directory_length = 0x54 + chunk.len();
    let content = 0x60 + 0x18 + directory_length;
    let mut bytes = b"ITSF".to_vec();
    for number in [3u32, 0x60, 1, 0, 0x0411] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([0x7c; 32]);
    for number in [0x60u64, 0x18, 0x78, directory_length as u64, content as u64] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(0x01feu32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(((content + plain.len()) as u64).to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(b"ITSP");
    let root = u32::MAX;
    for number in [1u32, 0x54, 0x0a, chunk.len() as u32, 2, 1, root, 0, 0, root, 1, 0x0411] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.resize(0x78 + 0x54, 0);
    bytes.extend(chunk);
    bytes.extend(plain);
    bytes
}

/// A page that starts a command through the HTML Help control.
pub fn page_with_shortcut(command: &str) -> Vec<u8> {
    format!(
        "<html><body><object id=x classid=\"clsid:adb880a6-d8ff-11cf-9377-00aa003b7a11\" width=1 height=1>\r\n\
         <param name=\"Command\" value=\"ShortCut\"><param name=\"Button\" value=\"Bitmap::shortcut\">\r\n\
         <param name=\"Item1\" value=\"{command}\"><param name=\"Item2\" value=\"273,1,1\"></object>\r\n\
         <script>x.Click();</script></body></html>"
    )
    .into_bytes()
}

fn listing(entries: &[(String, u64, usize, usize)]) -> Vec<u8> {
    let mut rows = Vec::new();
    for (path, section, offset, length) in entries {
        rows.extend(number(path.len() as u64));
        rows.extend(path.as_bytes());
        rows.extend([*section, *offset as u64, *length as u64].iter().flat_map(|value| number(*value)));
    }
    let size = (0x14 + rows.len()).next_multiple_of(0x1000);
    let mut chunk = b"PMGL".to_vec();
    chunk.extend(((size - 0x14 - rows.len()) as u32).to_le_bytes());
    for number in [0, u32::MAX, u32::MAX] {
        chunk.extend(number.to_le_bytes());
    }
    chunk.extend(rows);
    chunk.resize(size, 0);
    chunk
}

/// Seven bits a byte, the highest first.
fn number(value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes
}

/// LZX of uncompressed blocks (MS-PATCH 2.5.1), one for each two frames, and where each frame begins.
fn lzx(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let mut packed = Vec::new();
    let mut starts = Vec::new();
    for block in bytes.chunks(2 * FRAME) {
        starts.push(packed.len());
        // No E8 translation, block type 3, 24 bits of size, padding to 16 bits.
        let bits = (0b011u32 << 28) | ((block.len() as u32) << 4);
        packed.extend(((bits >> 16) as u16).to_le_bytes());
        packed.extend((bits as u16).to_le_bytes());
        packed.extend([1u32, 1, 1].iter().flat_map(|offset| offset.to_le_bytes()));
        for (index, frame) in block.chunks(FRAME).enumerate() {
            if index > 0 {
                starts.push(packed.len());
            }
            packed.extend_from_slice(frame);
        }
    }
    (packed, starts)
}
