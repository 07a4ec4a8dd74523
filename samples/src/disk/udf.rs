//! Discs of UDF 1.02 alone, after ECMA-167: one partition, entries that hold what is small in themselves.

use super::File;

const BLOCK: usize = 2048;
/// Where the partition begins.
const START: usize = 257;
/// Bytes of a file entry before what it holds.
const HEAD: usize = 176;

/// An image with a label.
pub fn udf(label: &str, files: &[File]) -> Vec<u8> {
    let paths = super::folders(files);
    // Blocks of the partition: the file set, an end, then an entry for each folder and file, then content.
    let entry_of = |index: usize| 2 + index;
    let count = paths.len() + files.len();
    let mut blocks: Vec<Vec<u8>> = vec![Vec::new(); 2 + count];
    for (index, file) in files.iter().enumerate() {
        let place = entry_of(paths.len() + index);
        blocks[place] = if file.data.len() <= BLOCK - HEAD {
            entry(5, file.data.len(), &file.data, true)
        } else {
            let mut extent = (file.data.len() as u32).to_le_bytes().to_vec();
            extent.extend((blocks.len() as u32).to_le_bytes());
            for part in file.data.chunks(BLOCK) {
                blocks.push(part.to_vec());
            }
            entry(5, file.data.len(), &extent, false)
        };
    }
    for (index, path) in paths.iter().enumerate() {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let place = |path: &str| entry_of(paths.iter().position(|known| *known == path).expect("a folder"));
        let mut content = identifier("", place(parent), 0x0a);
        for inner in paths.iter().filter(|inner| !inner.is_empty()) {
            let (around, name) = inner.rsplit_once('/').unwrap_or(("", inner));
            if around == *path {
                let is_hidden = files.iter().filter(|file| file.path.starts_with(*inner)).all(|file| file.is_hidden);
                content.extend(identifier(name, place(inner), 0x02 | u8::from(is_hidden)));
            }
        }
        for (number, file) in files.iter().enumerate().filter(|(_, file)| file.split().0 == *path) {
            content.extend(identifier(file.split().1, entry_of(paths.len() + number), u8::from(file.is_hidden)));
        }
        blocks[entry_of(index)] = entry(4, content.len(), &content, true);
    }
    blocks[0] = file_set(entry_of(0));
    blocks[1] = vec![0; 512];
    tag(&mut blocks[1], 8);

    let mut image = vec![0u8; (START + blocks.len() + 1) * BLOCK];
    let mut put = |at: usize, bytes: &[u8]| image[at * BLOCK..at * BLOCK + bytes.len()].copy_from_slice(bytes);
    for (sector, name) in [(16, b"\0BEA01\x01"), (17, b"\0NSR02\x01"), (18, b"\0TEA01\x01")] {
        put(sector, name);
    }
    for start in [32, 48] {
        for (index, bytes) in [partition(blocks.len()), logical(label), terminator()].into_iter().enumerate() {
            put(start + index, &located(bytes, start + index));
        }
    }
    for at in [256, START + blocks.len()] {
        put(at, &located(anchor(), at));
    }
    for (index, block) in blocks.into_iter().enumerate() {
        // What follows the entries is content and has no tag.
        let block = if index < 2 + count { located(block, index) } else { block };
        put(START + index, &block);
    }
    image
}

/// ECMA-167 3/7.2: the kind of a descriptor, a CRC of what follows, a sum of the tag.
fn tag(bytes: &mut [u8], kind: u16) {
    let crc = crc(&bytes[16..]);
    bytes[..2].copy_from_slice(&kind.to_le_bytes());
    bytes[2..4].copy_from_slice(&2u16.to_le_bytes());
    bytes[6..8].copy_from_slice(&1u16.to_le_bytes());
    bytes[8..10].copy_from_slice(&crc.to_le_bytes());
    let length = (bytes.len() - 16) as u16;
    bytes[10..12].copy_from_slice(&length.to_le_bytes());
    sum(bytes);
}

fn sum(bytes: &mut [u8]) {
    bytes[4] = 0;
    bytes[4] = bytes[..16].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
}

/// The same with the descriptor's own place.
fn located(mut bytes: Vec<u8>, place: usize) -> Vec<u8> {
    bytes[12..16].copy_from_slice(&(place as u32).to_le_bytes());
    sum(&mut bytes);
    bytes
}

/// CRC-CCITT.
fn crc(bytes: &[u8]) -> u16 {
    let mut crc = 0u16;
    for byte in bytes {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 };
        }
    }
    crc
}

/// Compressed Unicode of 16 bits.
fn text(name: &str) -> Vec<u8> {
    if name.is_empty() {
        return Vec::new();
    }
    std::iter::once(16).chain(name.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// ECMA-167 3/10.2.
fn anchor() -> Vec<u8> {
    let mut out = vec![0u8; 512];
    for (at, start) in [(16, 32u32), (24, 48)] {
        out[at..at + 4].copy_from_slice(&((16 * BLOCK) as u32).to_le_bytes());
        out[at + 4..at + 8].copy_from_slice(&start.to_le_bytes());
    }
    tag(&mut out, 2);
    out
}

/// ECMA-167 3/10.5.
fn partition(blocks: usize) -> Vec<u8> {
    let mut out = vec![0u8; 512];
    out[24..31].copy_from_slice(b"\0+NSR02");
    out[184..188].copy_from_slice(&1u32.to_le_bytes());
    out[188..192].copy_from_slice(&(START as u32).to_le_bytes());
    out[192..196].copy_from_slice(&(blocks as u32).to_le_bytes());
    tag(&mut out, 5);
    out
}

/// ECMA-167 3/10.6, with one map of type 1.
fn logical(label: &str) -> Vec<u8> {
    let mut out = vec![0u8; 446];
    let name = text(label);
    out[84..84 + name.len()].copy_from_slice(&name);
    out[211] = name.len() as u8;
    out[212..216].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    out[216..237].copy_from_slice(b"\0*OSTA UDF Compliant\0");
    out[240..242].copy_from_slice(&[0x02, 0x01]);
    out[248..252].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    out[264..268].copy_from_slice(&6u32.to_le_bytes());
    out[268..272].copy_from_slice(&1u32.to_le_bytes());
    out[440..446].copy_from_slice(&[1, 6, 1, 0, 0, 0]);
    tag(&mut out, 6);
    out
}

fn terminator() -> Vec<u8> {
    let mut out = vec![0u8; 512];
    tag(&mut out, 8);
    out
}

/// ECMA-167 4/14.1.
fn file_set(root: usize) -> Vec<u8> {
    let mut out = vec![0u8; 512];
    out[400..404].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    out[404..408].copy_from_slice(&(root as u32).to_le_bytes());
    tag(&mut out, 256);
    out
}

/// ECMA-167 4/14.4.
fn identifier(name: &str, entry: usize, flags: u8) -> Vec<u8> {
    let name = text(name);
    let mut out = vec![0u8; 38];
    out[16] = 1;
    out[18] = flags;
    out[19] = name.len() as u8;
    out[20..24].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    out[24..28].copy_from_slice(&(entry as u32).to_le_bytes());
    out.extend(name);
    out.resize(out.len().next_multiple_of(4), 0);
    tag(&mut out, 257);
    out
}

/// ECMA-167 4/14.9. What it holds is the content itself or where that is.
fn entry(kind: u8, size: usize, holds: &[u8], is_inline: bool) -> Vec<u8> {
    let mut out = vec![0u8; HEAD];
    out[20..22].copy_from_slice(&4u16.to_le_bytes());
    out[24..26].copy_from_slice(&1u16.to_le_bytes());
    out[27] = kind;
    out[34] = if is_inline { 3 } else { 0 };
    out[48..50].copy_from_slice(&1u16.to_le_bytes());
    out[56..64].copy_from_slice(&(size as u64).to_le_bytes());
    out[172..176].copy_from_slice(&(holds.len() as u32).to_le_bytes());
    out.extend(holds);
    tag(&mut out, 261);
    out
}
