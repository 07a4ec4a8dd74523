//! FAT12 and FAT16 volumes with long names.

use super::File;

const SECTOR: usize = 512;
const ROOT_ENTRIES: usize = 512;

/// A volume of `sectors` sectors with one sector to a cluster, for at most 4,084 clusters (FAT12) or 65,524 (FAT16).
pub fn volume(label: &str, sectors: usize, files: &[File]) -> Vec<u8> {
    let is_wide = sectors > 4200;
    let table_sectors = if is_wide { (sectors * 2).div_ceil(SECTOR) } else { (sectors * 3).div_ceil(2 * SECTOR) };
    let root_at = (1 + 2 * table_sectors) * SECTOR;
    let data_at = root_at + ROOT_ENTRIES * 32;
    let mut volume = Volume { image: vec![0; sectors * SECTOR], table: vec![0xfff8, 0xffff], data_at, is_wide };
    volume.boot(sectors, table_sectors);
    let paths = super::folders(files);
    // Deepest first, so that each folder's place is known to the one around it.
    let mut places: Vec<(&str, usize)> = Vec::new();
    for path in paths.iter().rev() {
        let mut entries: Vec<u8> = Vec::new();
        if path.is_empty() {
            entries.extend(short(&label_name(label), 0x08, 0, 0));
        } else {
            entries.extend(short(b".          ", 0x10, 0, 0));
            entries.extend(short(b"..         ", 0x10, 0, 0));
        }
        let mut index = 0;
        for (inner, cluster) in &places {
            let (parent, name) = inner.rsplit_once('/').unwrap_or(("", inner));
            if parent == *path {
                index += 1;
                let is_hidden = files.iter().filter(|file| file.path.starts_with(inner)).all(|file| file.is_hidden);
                entries.extend(entry(name, if is_hidden { 0x12 } else { 0x10 }, *cluster, 0, index));
            }
        }
        for file in files.iter().filter(|file| file.split().0 == *path) {
            index += 1;
            let cluster = volume.put(&file.data);
            let attributes = if file.is_hidden { 0x22 } else { 0x20 };
            entries.extend(entry(file.split().1, attributes, cluster, file.data.len(), index));
        }
        if path.is_empty() {
            volume.image[root_at..root_at + entries.len()].copy_from_slice(&entries);
        } else {
            entries.extend([0; 32]);
            let cluster = volume.put(&entries);
            places.push((path, cluster));
        }
    }
    volume.finish(table_sectors)
}

struct Volume {
    image: Vec<u8>,
    table: Vec<u16>,
    data_at: usize,
    is_wide: bool,
}

impl Volume {
    /// ECMA-107, 9.
    fn boot(&mut self, sectors: usize, table_sectors: usize) {
        let boot = &mut self.image[..SECTOR];
        boot[..11].copy_from_slice(b"\xeb\x3c\x90MSDOS5.0");
        boot[11..13].copy_from_slice(&(SECTOR as u16).to_le_bytes());
        boot[13] = 1;
        boot[14..16].copy_from_slice(&1u16.to_le_bytes());
        boot[16] = 2;
        boot[17..19].copy_from_slice(&(ROOT_ENTRIES as u16).to_le_bytes());
        boot[19..21].copy_from_slice(&(sectors as u16).to_le_bytes());
        boot[21] = 0xf8;
        boot[22..24].copy_from_slice(&(table_sectors as u16).to_le_bytes());
        boot[38] = 0x29;
        boot[43..54].copy_from_slice(b"NO NAME    ");
        boot[54..62].copy_from_slice(if self.is_wide { b"FAT16   " } else { b"FAT12   " });
        boot[510..].copy_from_slice(&[0x55, 0xaa]);
    }

    /// Stores content and gives its first cluster, 0 for none.
    fn put(&mut self, data: &[u8]) -> usize {
        if data.is_empty() {
            return 0;
        }
        let first = self.table.len();
        let count = data.len().div_ceil(SECTOR);
        self.table.extend((1..count).map(|step| (first + step) as u16));
        self.table.push(0xffff);
        let at = self.data_at + (first - 2) * SECTOR;
        self.image[at..at + data.len()].copy_from_slice(data);
        first
    }

    fn finish(mut self, table_sectors: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = Vec::new();
        if self.is_wide {
            bytes.extend(self.table.iter().flat_map(|value| value.to_le_bytes()));
        } else {
            for pair in self.table.chunks(2) {
                let (a, b) = (pair[0] & 0xfff, pair.get(1).copied().unwrap_or(0) & 0xfff);
                bytes.extend([a as u8, (a >> 8) as u8 | (b << 4) as u8, (b >> 4) as u8]);
            }
        }
        for copy in 0..2 {
            let at = (1 + copy * table_sectors) * SECTOR;
            self.image[at..at + bytes.len()].copy_from_slice(&bytes);
        }
        self.image
    }
}

fn label_name(label: &str) -> [u8; 11] {
    let mut name = [b' '; 11];
    for (to, from) in name.iter_mut().zip(label.bytes()) {
        *to = from.to_ascii_uppercase();
    }
    name
}

/// Long name entries and the short one they belong to.
fn entry(name: &str, attributes: u8, cluster: usize, size: usize, index: usize) -> Vec<u8> {
    let extension: String = name.rsplit_once('.').map_or("", |(_, extension)| extension).chars().take(3).collect();
    let mut base = *b"           ";
    let text = format!("FILE~{index:<3}{}", extension.to_ascii_uppercase());
    for (to, from) in base.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    let sum = base.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
    let mut units: Vec<u16> = name.encode_utf16().collect();
    if !units.len().is_multiple_of(13) {
        units.push(0);
    }
    while !units.len().is_multiple_of(13) {
        units.push(0xffff);
    }
    let count = units.len() / 13;
    let mut out = Vec::new();
    for (number, part) in units.chunks(13).enumerate().rev() {
        let mut raw = [0u8; 32];
        raw[0] = (number + 1) as u8 | if number + 1 == count { 0x40 } else { 0 };
        raw[11] = 0x0f;
        raw[13] = sum;
        for (at, unit) in (1..11).step_by(2).chain((14..26).step_by(2)).chain((28..32).step_by(2)).zip(part) {
            raw[at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        out.extend(raw);
    }
    out.extend(short(&base, attributes, cluster, size));
    out
}

fn short(name: &[u8; 11], attributes: u8, cluster: usize, size: usize) -> [u8; 32] {
    let mut raw = [0u8; 32];
    raw[..11].copy_from_slice(name);
    raw[11] = attributes;
    // 15 March 2016, noon.
    raw[22..26].copy_from_slice(&[0x00, 0x60, 0x6f, 0x48]);
    raw[26..28].copy_from_slice(&(cluster as u16).to_le_bytes());
    raw[28..32].copy_from_slice(&(size as u32).to_le_bytes());
    raw
}
