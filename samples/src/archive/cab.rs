//! Cabinets (MS-CAB): one folder, stored or MSZIP, with every header field at hand.

use std::io::Write as _;

/// A file of the cabinet.
#[derive(Debug, Clone)]
pub struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    /// Attributes.
    pub attributes: u16,
    /// Folder index, or a mark that the file lies in several cabinets.
    pub folder: u16,
}

impl Entry {
    /// A file; the name is stored in UTF-8 and marked so unless it is ASCII.
    pub fn file(name: &str, data: &[u8]) -> Self {
        let attributes = if name.is_ascii() { 0x20 } else { 0xa0 };
        Entry { name: name.as_bytes().to_vec(), data: data.to_vec(), attributes, folder: 0 }
    }

    /// The same, hidden.
    pub fn hidden(mut self) -> Self {
        self.attributes |= 0x02;
        self
    }
}

/// Size of the blocks content is cut into.
const BLOCK: usize = 32 << 10;

/// How a cabinet is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// MSZIP instead of stored.
    pub is_packed: bool,
    /// Bytes reserved in the header, and in each folder and block.
    pub reserve: Option<(u16, u8, u8)>,
    /// Whether block checksums are wrong.
    pub has_wrong_sums: bool,
}

/// A cabinet of these files.
pub fn cab(entries: &[Entry], options: Options) -> Vec<u8> {
    let content: Vec<u8> = entries.iter().flat_map(|entry| entry.data.clone()).collect();
    let (in_header, in_folder, in_block) = options.reserve.unwrap_or_default();
    let mut blocks: Vec<u8> = Vec::new();
    let mut before: &[u8] = &[];
    for chunk in content.chunks(BLOCK) {
        let packed = if options.is_packed { mszip(chunk, before) } else { chunk.to_vec() };
        before = chunk;
        let mut counted = (packed.len() as u16).to_le_bytes().to_vec();
        counted.extend((chunk.len() as u16).to_le_bytes());
        counted.extend(std::iter::repeat_n(0, in_block.into()));
        let sum = checksum(&counted, checksum(&packed, 0)) ^ u32::from(options.has_wrong_sums);
        blocks.extend(sum.to_le_bytes());
        blocks.extend(counted);
        blocks.extend(packed);
    }
    let mut list: Vec<u8> = Vec::new();
    let mut start = 0u32;
    for entry in entries {
        list.extend((entry.data.len() as u32).to_le_bytes());
        list.extend(start.to_le_bytes());
        list.extend(entry.folder.to_le_bytes());
        list.extend([0x6f, 0x48, 0x00, 0x60]); // 2016-03-15, noon
        list.extend(entry.attributes.to_le_bytes());
        list.extend(&entry.name);
        list.push(0);
        start += entry.data.len() as u32;
    }
    let header = 36 + options.reserve.map_or(0, |_| 4 + usize::from(in_header));
    let files_at = header + 8 + usize::from(in_folder);
    let data_at = files_at + list.len();
    let mut out = b"MSCF\0\0\0\0".to_vec();
    out.extend(((data_at + blocks.len()) as u32).to_le_bytes());
    out.extend([0; 4]);
    out.extend((files_at as u32).to_le_bytes());
    out.extend([0, 0, 0, 0, 3, 1, 1, 0]);
    out.extend((entries.len() as u16).to_le_bytes());
    out.extend([if options.reserve.is_some() { 4 } else { 0 }, 0, 0x34, 0x12, 0, 0]);
    if options.reserve.is_some() {
        out.extend(in_header.to_le_bytes());
        out.extend([in_folder, in_block]);
        out.extend(std::iter::repeat_n(0, in_header.into()));
    }
    out.extend((data_at as u32).to_le_bytes());
    out.extend((content.len().div_ceil(BLOCK) as u16).to_le_bytes());
    out.extend(u16::from(options.is_packed).to_le_bytes());
    out.extend(std::iter::repeat_n(0, in_folder.into()));
    out.extend(list);
    out.extend(blocks);
    out
}

/// A block: deflate that may refer to the block before.
fn mszip(chunk: &[u8], before: &[u8]) -> Vec<u8> {
    let mut packed = b"CK".to_vec();
    let mut encoder = flate2::Compress::new(flate2::Compression::best(), false);
    if !before.is_empty() {
        encoder.set_dictionary(before).expect("a dictionary is taken at the start");
    }
    let mut out = Vec::with_capacity(chunk.len() + 1024);
    encoder.compress_vec(chunk, &mut out, flate2::FlushCompress::Finish).expect("room enough");
    packed.write_all(&out).expect("memory");
    packed
}

fn checksum(bytes: &[u8], seed: u32) -> u32 {
    let words = bytes.chunks_exact(4);
    let rest = words.remainder().iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte));
    words.fold(seed, |sum, word| sum ^ u32::from_le_bytes([word[0], word[1], word[2], word[3]])) ^ rest
}

/// Two cabinets of one set that hold one file, its only block cut after `first` bytes.
pub fn split(name: &str, whole: &[u8], first: usize) -> [Vec<u8>; 2] {
    let part = |data: &[u8], folder: u16, place: u8, unpacked: usize| {
        let mut entry = Entry::file(name, data);
        entry.folder = folder;
        let mut made = cab(&[entry], Options::default());
        made[34] = place;
        made[44..48].copy_from_slice(&(whole.len() as u32).to_le_bytes());
        // Checksum none, and the size the block unpacks to.
        let block = made.len() - data.len() - 8;
        made[block..block + 4].fill(0);
        made[block + 6..block + 8].copy_from_slice(&(unpacked as u16).to_le_bytes());
        made
    };
    [part(&whole[..first], 0xfffe, 0, 0), part(&whole[first..], 0xfffd, 1, whole.len())]
}
