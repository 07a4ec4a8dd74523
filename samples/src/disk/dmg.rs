//! Disk images of macOS: chunks stored as they are or left out, a property list, a trailer.

const SECTOR: usize = 512;
const CHUNK: usize = 64 * SECTOR;

/// An image of a disk whose chunks of zeros are left out.
pub fn dmg(disk: &[u8]) -> Vec<u8> {
    let mut disk = disk.to_vec();
    disk.resize(disk.len().next_multiple_of(SECTOR), 0);
    let mut out = Vec::new();
    let mut rows = Vec::new();
    for (index, chunk) in disk.chunks(CHUNK).enumerate() {
        let is_blank = chunk.iter().all(|byte| *byte == 0);
        let (kind, length) = if is_blank { (2u32, 0) } else { (1, chunk.len()) };
        let first = index * CHUNK / SECTOR;
        row(&mut rows, kind, first, chunk.len() / SECTOR, out.len(), length);
        if !is_blank {
            out.extend(chunk);
        }
    }
    row(&mut rows, u32::MAX, disk.len() / SECTOR, 0, out.len(), 0);
    let mut table = b"mish\0\0\0\x01".to_vec();
    table.extend(0u64.to_be_bytes());
    table.extend(((disk.len() / SECTOR) as u64).to_be_bytes());
    table.resize(200, 0);
    table.extend(((rows.len() / 40) as u32).to_be_bytes());
    table.extend(rows);
    let list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>resource-fork</key><dict>\
         <key>blkx</key><array><dict><key>Data</key><data>\n{}\n</data><key>ID</key><string>0</string>\
         </dict></array></dict></dict></plist>\n",
        base64(&table)
    );
    let at = out.len();
    out.extend(list.as_bytes());
    let mut trailer = vec![0u8; SECTOR];
    trailer[..8].copy_from_slice(b"koly\0\0\0\x04");
    trailer[8..12].copy_from_slice(&(SECTOR as u32).to_be_bytes());
    trailer[32..40].copy_from_slice(&(at as u64).to_be_bytes());
    trailer[56..64].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]);
    trailer[216..224].copy_from_slice(&(at as u64).to_be_bytes());
    trailer[224..232].copy_from_slice(&(list.len() as u64).to_be_bytes());
    trailer[488..492].copy_from_slice(&1u32.to_be_bytes());
    trailer[492..500].copy_from_slice(&((disk.len() / SECTOR) as u64).to_be_bytes());
    out.extend(trailer);
    out
}

fn row(rows: &mut Vec<u8>, kind: u32, first: usize, count: usize, offset: usize, length: usize) {
    rows.extend(kind.to_be_bytes());
    rows.extend([0; 4]);
    for number in [first, count, offset, length] {
        rows.extend((number as u64).to_be_bytes());
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let word = part.iter().fold(0u32, |word, byte| (word << 8) | u32::from(*byte)) << (8 * (3 - part.len()));
        for index in 0..4 {
            match index <= part.len() {
                true => out.push(char::from(ALPHABET[(word >> (18 - 6 * index)) as usize & 63])),
                false => out.push('='),
            }
        }
    }
    out
}
