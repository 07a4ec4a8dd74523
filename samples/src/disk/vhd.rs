//! Virtual hard disks of Virtual PC, and the partition table in them.

const SECTOR: usize = 512;
const BLOCK: usize = 2 << 20;

/// A disk with one partition, from sector 63, of a type.
pub fn partitioned(kind: u8, volume: &[u8]) -> Vec<u8> {
    let mut disk = vec![0u8; 63 * SECTOR];
    disk[446 + 4] = kind;
    disk[446 + 8..446 + 12].copy_from_slice(&63u32.to_le_bytes());
    disk[446 + 12..446 + 16].copy_from_slice(&((volume.len() / SECTOR) as u32).to_le_bytes());
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    disk.extend(volume);
    disk
}

/// A fixed disk: itself and a footer.
pub fn fixed(disk: &[u8]) -> Vec<u8> {
    let mut out = disk.to_vec();
    out.extend(footer(disk.len() as u64, 2));
    out
}

/// A dynamic disk that says it has `size` bytes; blocks of zeros are left out.
pub fn dynamic(disk: &[u8], size: u64) -> Vec<u8> {
    let footer = footer(size, 3);
    let count = size.div_ceil(BLOCK as u64) as usize;
    let mut out = footer.to_vec();
    let mut header = vec![0u8; 1024];
    header[..8].copy_from_slice(b"cxsparse");
    header[8..16].fill(0xff);
    header[16..24].copy_from_slice(&1536u64.to_be_bytes());
    header[24..28].copy_from_slice(&0x0001_0000u32.to_be_bytes());
    header[28..32].copy_from_slice(&(count as u32).to_be_bytes());
    header[32..36].copy_from_slice(&(BLOCK as u32).to_be_bytes());
    let sum = !header.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
    header[36..40].copy_from_slice(&sum.to_be_bytes());
    out.extend(header);
    let mut next = (1536 + (count * 4).next_multiple_of(SECTOR)) / SECTOR;
    let mut table = Vec::new();
    let mut blocks = Vec::new();
    for index in 0..count {
        let block = disk.get(index * BLOCK..).unwrap_or_default();
        let block = &block[..block.len().min(BLOCK)];
        if block.iter().all(|byte| *byte == 0) {
            table.extend([0xff; 4]);
            continue;
        }
        table.extend((next as u32).to_be_bytes());
        blocks.extend([0xff; SECTOR]);
        let end = blocks.len() + BLOCK;
        blocks.extend(block);
        blocks.resize(end, 0);
        next += 1 + BLOCK / SECTOR;
    }
    table.resize(table.len().next_multiple_of(SECTOR), 0xff);
    out.extend(table);
    out.extend(blocks);
    out.extend(footer);
    out
}

/// Virtual Hard Disk Image Format Specification, "Hard Disk Footer Format".
fn footer(size: u64, kind: u32) -> [u8; SECTOR] {
    let mut out = [0u8; SECTOR];
    out[..8].copy_from_slice(b"conectix");
    out[8..12].copy_from_slice(&2u32.to_be_bytes());
    out[12..16].copy_from_slice(&0x0001_0000u32.to_be_bytes());
    let header: u64 = if kind == 2 { u64::MAX } else { 512 };
    out[16..24].copy_from_slice(&header.to_be_bytes());
    out[28..32].copy_from_slice(b"win ");
    out[36..40].copy_from_slice(b"Wi2k");
    out[40..48].copy_from_slice(&size.to_be_bytes());
    out[48..56].copy_from_slice(&size.to_be_bytes());
    out[60..64].copy_from_slice(&kind.to_be_bytes());
    out[68..84].copy_from_slice(b"harmless-sample!");
    let sum = !out.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
    out[64..68].copy_from_slice(&sum.to_be_bytes());
    out
}
