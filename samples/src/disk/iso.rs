//! Disc images after ECMA-119, with a Joliet tree beside the first one.

use super::File;

const SECTOR: usize = 2048;

/// An image to be built.
#[derive(Debug, Clone, Default)]
pub struct Iso {
    files: Vec<File>,
    /// Paths that only the Joliet tree names.
    only_joliet: Vec<String>,
    has_joliet: bool,
    label: String,
    system: String,
    after: Vec<u8>,
}

impl Iso {
    /// An image with both trees.
    pub fn new(label: &str) -> Self {
        Iso { label: label.to_owned(), has_joliet: true, system: "WIN32".to_owned(), ..Iso::default() }
    }

    /// Adds a file.
    pub fn file(mut self, file: File) -> Self {
        self.files.push(file);
        self
    }

    /// Adds a file that only the Joliet tree names.
    pub fn joliet_only(mut self, file: File) -> Self {
        self.only_joliet.push(file.path.clone());
        self.files.push(file);
        self
    }

    /// Leaves the Joliet tree out.
    pub fn without_joliet(mut self) -> Self {
        self.has_joliet = false;
        self
    }

    /// Puts bytes behind the volume.
    pub fn after(mut self, bytes: &[u8]) -> Self {
        self.after = bytes.to_vec();
        self
    }

    /// The image.
    pub fn build(&self) -> Vec<u8> {
        let visible: Vec<File> =
            self.files.iter().filter(|file| !self.only_joliet.contains(&file.path)).cloned().collect();
        let descriptors = if self.has_joliet { 3 } else { 2 };
        let mut trees = vec![Tree::plan(&visible, false, 16 + descriptors)];
        if self.has_joliet {
            let start = trees[0].end;
            trees.push(Tree::plan(&self.files, true, start));
        }
        // Content lies behind all folders, each file from a sector of its own.
        let mut next = trees.last().expect("there is one").end;
        let mut places = Vec::new();
        for file in &self.files {
            places.push((file.path.clone(), next));
            next += file.data.len().div_ceil(SECTOR).max(1);
        }
        let mut image = vec![0u8; next * SECTOR];
        for (index, tree) in trees.iter().enumerate() {
            let at = (16 + index) * SECTOR;
            let descriptor = self.descriptor(tree, next);
            image[at..at + SECTOR].copy_from_slice(&descriptor);
            tree.write(&mut image, &places);
        }
        let at = (16 + trees.len()) * SECTOR;
        image[at..at + 7].copy_from_slice(b"\xffCD001\x01");
        for (file, (_, sector)) in self.files.iter().zip(&places) {
            let at = sector * SECTOR;
            image[at..at + file.data.len()].copy_from_slice(&file.data);
        }
        image.extend(&self.after);
        image
    }

    /// ECMA-119 8.4 and 8.5.
    fn descriptor(&self, tree: &Tree, sectors: usize) -> Vec<u8> {
        let mut out = vec![0u8; SECTOR];
        let text = |out: &mut Vec<u8>, at: usize, length: usize, text: &str| {
            let (mut bytes, blank): (Vec<u8>, &[u8]) = match tree.is_joliet {
                true => (text.encode_utf16().flat_map(u16::to_be_bytes).collect(), b"\0 "),
                false => (text.bytes().map(|byte| if byte.is_ascii() { byte } else { b'_' }).collect(), b" "),
            };
            while bytes.len() < length {
                bytes.extend(blank);
            }
            out[at..at + length].copy_from_slice(&bytes[..length]);
        };
        out[..7].copy_from_slice(if tree.is_joliet { b"\x02CD001\x01" } else { b"\x01CD001\x01" });
        text(&mut out, 8, 32, &self.system);
        text(&mut out, 40, 32, &self.label);
        both32(&mut out, 80, sectors);
        if tree.is_joliet {
            out[88..91].copy_from_slice(b"%/E");
        }
        both16(&mut out, 120, 1);
        both16(&mut out, 124, 1);
        both16(&mut out, 128, SECTOR);
        both32(&mut out, 132, tree.path_table(false).len());
        out[140..144].copy_from_slice(&(tree.start as u32).to_le_bytes());
        out[148..152].copy_from_slice(&((tree.start + 1) as u32).to_be_bytes());
        let root = &tree.folders[0];
        out[156..190].copy_from_slice(&record(b"\0", root.sector, root.size, 2));
        for (at, length) in [(190, 128), (318, 128), (446, 128), (574, 128)] {
            text(&mut out, at, length, "");
        }
        out[881] = 1;
        out
    }
}

struct Folder {
    path: String,
    parent: usize,
    sector: usize,
    size: usize,
    /// Files and folders in it: stored name, path, whether it is a folder, hidden, size.
    entries: Vec<(Vec<u8>, String, bool, bool, usize)>,
}

struct Tree {
    is_joliet: bool,
    start: usize,
    folders: Vec<Folder>,
    end: usize,
}

impl Tree {
    /// Places two path tables and all folders from a sector on.
    fn plan(files: &[File], is_joliet: bool, start: usize) -> Tree {
        let paths = super::folders(files);
        let mut folders: Vec<Folder> = Vec::new();
        let mut sector = start + 2;
        for path in &paths {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let mut entries: Vec<(Vec<u8>, String, bool, bool, usize)> = Vec::new();
            let inner = paths
                .iter()
                .filter(|other| !other.is_empty() && other.rsplit_once('/').map_or("", |(parent, _)| parent) == *path);
            for folder in inner {
                let name = folder.rsplit('/').next().expect("a name");
                let is_hidden = files.iter().filter(|file| file.path.starts_with(*folder)).all(|file| file.is_hidden);
                entries.push((stored(name, is_joliet, true, entries.len()), (*folder).to_owned(), true, is_hidden, 0));
            }
            for file in files.iter().filter(|file| file.split().0 == *path) {
                let name = stored(file.split().1, is_joliet, false, entries.len());
                entries.push((name, file.path.clone(), false, file.is_hidden, file.data.len()));
            }
            entries.sort();
            // Records do not cross sectors; a folder of samples fits well into this.
            let bytes: usize = entries.iter().map(|entry| record(&entry.0, 0, 0, 0).len() + 8).sum::<usize>() + 68;
            let size = bytes.div_ceil(SECTOR - 256) * SECTOR;
            let parent = paths.iter().position(|other| *other == parent).unwrap_or(0);
            folders.push(Folder { path: (*path).to_owned(), parent, sector, size, entries });
            sector += size / SECTOR;
        }
        Tree { is_joliet, start, folders, end: sector }
    }

    /// ECMA-119 9.4.
    fn path_table(&self, is_big: bool) -> Vec<u8> {
        let mut out = Vec::new();
        for (index, folder) in self.folders.iter().enumerate() {
            let name = match index {
                0 => vec![0],
                _ => stored(folder.path.rsplit('/').next().expect("a name"), self.is_joliet, true, 0),
            };
            out.extend([name.len() as u8, 0]);
            let (sector, parent) = (folder.sector as u32, (folder.parent + 1) as u16);
            if is_big {
                out.extend(sector.to_be_bytes());
                out.extend(parent.to_be_bytes());
            } else {
                out.extend(sector.to_le_bytes());
                out.extend(parent.to_le_bytes());
            }
            out.extend(&name);
            if name.len() % 2 == 1 {
                out.push(0);
            }
        }
        out
    }

    fn write(&self, image: &mut [u8], places: &[(String, usize)]) {
        for (index, is_big) in [(0, false), (1, true)] {
            let table = self.path_table(is_big);
            let at = (self.start + index) * SECTOR;
            image[at..at + table.len()].copy_from_slice(&table);
        }
        for folder in &self.folders {
            let parent = &self.folders[folder.parent];
            let mut records =
                vec![record(b"\0", folder.sector, folder.size, 2), record(b"\x01", parent.sector, parent.size, 2)];
            for (name, path, is_folder, is_hidden, size) in &folder.entries {
                let flags = u8::from(*is_hidden) | if *is_folder { 2 } else { 0 };
                let (sector, size) = match is_folder {
                    true => {
                        let inner = self.folders.iter().find(|inner| inner.path == *path).expect("planned");
                        (inner.sector, inner.size)
                    }
                    false => (places.iter().find(|(known, _)| known == path).expect("placed").1, *size),
                };
                records.push(record(name, sector, size, flags));
            }
            let mut at = folder.sector * SECTOR;
            for record in records {
                if at % SECTOR + record.len() > SECTOR {
                    at = at.next_multiple_of(SECTOR);
                }
                image[at..at + record.len()].copy_from_slice(&record);
                at += record.len();
            }
        }
    }
}

/// A name as a tree stores it.
fn stored(name: &str, is_joliet: bool, is_folder: bool, index: usize) -> Vec<u8> {
    if is_joliet {
        let name = if is_folder { name.to_owned() } else { format!("{name};1") };
        return name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    let clean = |text: &str, length: usize| -> String {
        let one = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        text.chars().map(one).take(length).collect()
    };
    match name.rsplit_once('.').filter(|_| !is_folder) {
        Some((base, extension)) => format!("{}{index:02}.{};1", clean(base, 6), clean(extension, 3)).into_bytes(),
        None if is_folder => clean(name, 8).into_bytes(),
        None => format!("{}{index:02}.;1", clean(name, 6)).into_bytes(),
    }
}

/// ECMA-119 9.1.
fn record(name: &[u8], sector: usize, size: usize, flags: u8) -> Vec<u8> {
    let mut out = vec![0u8; 33];
    both32(&mut out, 2, sector);
    both32(&mut out, 10, size);
    // 15 March 2016, noon.
    out[18..25].copy_from_slice(&[116, 3, 15, 12, 0, 0, 36]);
    out[25] = flags;
    both16(&mut out, 28, 1);
    out[32] = name.len() as u8;
    out.extend(name);
    if out.len() % 2 == 1 {
        out.push(0);
    }
    out[0] = out.len() as u8;
    out
}

fn both16(out: &mut [u8], at: usize, value: usize) {
    out[at..at + 2].copy_from_slice(&(value as u16).to_le_bytes());
    out[at + 2..at + 4].copy_from_slice(&(value as u16).to_be_bytes());
}

fn both32(out: &mut [u8], at: usize, value: usize) {
    out[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    out[at + 4..at + 8].copy_from_slice(&(value as u32).to_be_bytes());
}
