//! A storage as a compound file of its own (MS-CFB version 4): what is embedded as a storage, a message in a message
//! or an object, becomes a file that is identified and read like any other.

use bytes::Bytes;

use super::{OleKind, OleView};

/// Bytes of a sector in version 4; with it the FAT of 450 MB fits into the header.
const SECTOR: usize = 4096;
const MINI: usize = 64;
/// Streams below this size live in the mini stream.
const CUTOFF: usize = 4096;
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const FAT: u32 = 0xFFFF_FFFD;
/// FAT sectors the header can name.
const HEADER_FATS: usize = 109;
/// Entries put into a rebuilt file.
const MAX_ROWS: usize = 100_000;

/// An entry of the new directory.
struct Row {
    name: String,
    class: [u8; 16],
    /// None for a storage.
    data: Option<Bytes>,
    children: Vec<usize>,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
}

/// Changes to what is copied.
#[derive(Debug, Default)]
pub struct Changes {
    /// Streams directly in the storage that get other content.
    pub replaced: Vec<(String, Bytes)>,
    /// Storages from elsewhere that are put directly into the new root.
    pub added: Vec<usize>,
    /// Streams that are put directly into the new root, in place of those of the same name.
    pub streams: Vec<(String, Bytes)>,
}

/// A storage or stream of a file that is put together.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Index of the storage it is in; none for the root's.
    pub parent: Option<usize>,
    /// Its content; none for a storage.
    pub data: Option<Bytes>,
}

/// A compound file of these storages and streams; none if it is too large for one. A parent has to stand before its
/// children.
pub fn compound_file(nodes: &[Node]) -> Option<Bytes> {
    if nodes.len() >= MAX_ROWS {
        return None;
    }
    let row = |name: &str, data: Option<Bytes>| Row {
        name: name.to_owned(),
        class: [0; 16],
        data,
        children: Vec::new(),
        left: FREE,
        right: FREE,
        child: FREE,
        start: 0,
    };
    let mut rows = vec![row("Root Entry", None)];
    for node in nodes {
        let at = rows.len();
        let parent = match node.parent {
            None => 0,
            Some(parent) => parent.checked_add(1).filter(|parent| *parent < at)?,
        };
        rows.push(row(&node.name, node.data.clone()));
        rows.get_mut(parent)?.children.push(at);
    }
    link(&mut rows);
    File::default().write(rows)
}

impl OleView {
    /// The storage with everything in it as a compound file; none if it is too large for one.
    pub fn rebuilt(&self, storage: usize, changes: &Changes) -> Option<Bytes> {
        let mut rows = vec![self.row(storage)?];
        let mut open: Vec<(usize, usize)> = vec![(storage, 0)];
        while let Some((from, to)) = open.pop() {
            let added = changes.added.iter().copied().filter(|_| to == 0);
            let inside: Vec<usize> = self.children(from).map(|(index, _)| index).chain(added).collect();
            for index in inside {
                let mut row = self.row(index)?;
                if to == 0
                    && let Some((_, data)) =
                        changes.replaced.iter().find(|(name, _)| name.eq_ignore_ascii_case(&row.name))
                {
                    row.data = Some(data.clone());
                }
                let is_storage = row.data.is_none();
                let at = rows.len();
                rows.push(row);
                if rows.len() > MAX_ROWS {
                    return None;
                }
                rows.get_mut(to)?.children.push(at);
                if is_storage {
                    open.push((index, at));
                }
            }
        }
        for (name, data) in &changes.streams {
            let at = rows.len();
            let is_known = |row: &&mut Row| row.data.is_some() && row.name.eq_ignore_ascii_case(name);
            let inside = rows.first()?.children.clone();
            if let Some(row) =
                rows.iter_mut().enumerate().filter(|(at, _)| inside.contains(at)).map(|(_, row)| row).find(is_known)
            {
                row.data = Some(data.clone());
                continue;
            }
            let new = Row {
                name: name.clone(),
                class: [0; 16],
                data: Some(data.clone()),
                children: Vec::new(),
                left: FREE,
                right: FREE,
                child: FREE,
                start: 0,
            };
            rows.push(new);
            rows.first_mut()?.children.push(at);
        }
        if let Some(root) = rows.first_mut() {
            root.name = "Root Entry".to_owned();
        }
        link(&mut rows);
        File::default().write(rows)
    }

    fn row(&self, index: usize) -> Option<Row> {
        let entry = self.entries.get(index)?;
        Some(Row {
            name: entry.name.clone(),
            class: entry.clsid.0,
            data: (entry.kind == OleKind::Stream).then(|| self.data(index)),
            children: Vec::new(),
            left: FREE,
            right: FREE,
            child: FREE,
            start: 0,
        })
    }
}

/// Joins the children of each storage into a balanced tree in the order of MS-CFB 2.6.4.
fn link(rows: &mut [Row]) {
    for at in 0..rows.len() {
        let Some(row) = rows.get_mut(at) else { return };
        let mut children = std::mem::take(&mut row.children);
        children.sort_by_cached_key(|child| {
            let name = rows.get(*child).map(|row| row.name.to_uppercase()).unwrap_or_default();
            (name.encode_utf16().count(), name)
        });
        let top = balance(&children, rows);
        if let Some(row) = rows.get_mut(at) {
            row.child = top;
        }
    }
}

/// As deep as the logarithm of the list.
fn balance(list: &[usize], rows: &mut [Row]) -> u32 {
    let (before, rest) = list.split_at(list.len() / 2);
    let Some((middle, after)) = rest.split_first() else { return FREE };
    let (left, right) = (balance(before, rows), balance(after, rows));
    if let Some(row) = rows.get_mut(*middle) {
        (row.left, row.right) = (left, right);
    }
    u32::try_from(*middle).unwrap_or(FREE)
}

#[derive(Default)]
struct File {
    sectors: Vec<u8>,
    fat: Vec<u32>,
}

impl File {
    /// Appends data as a chain of adjacent sectors and gives its first.
    fn place(&mut self, data: &[u8]) -> u32 {
        if data.is_empty() {
            return END;
        }
        let start = self.fat.len();
        self.sectors.extend_from_slice(data);
        self.sectors.resize(self.sectors.len().next_multiple_of(SECTOR), 0);
        let end = self.sectors.len() / SECTOR;
        self.fat.extend((start.saturating_add(1)..end).map(|next| u32::try_from(next).unwrap_or(END)));
        self.fat.push(END);
        u32::try_from(start).unwrap_or(END)
    }

    fn write(mut self, mut rows: Vec<Row>) -> Option<Bytes> {
        let mut mini: Vec<u8> = Vec::new();
        let mut mini_fat: Vec<u32> = Vec::new();
        for row in &mut rows {
            let Some(data) = &row.data else { continue };
            row.start = if data.len() >= CUTOFF {
                self.place(data)
            } else if data.is_empty() {
                END
            } else {
                let start = mini_fat.len();
                mini.extend_from_slice(data);
                mini.resize(mini.len().next_multiple_of(MINI), 0);
                let end = mini.len() / MINI;
                mini_fat.extend((start.saturating_add(1)..end).map(|next| u32::try_from(next).unwrap_or(END)));
                mini_fat.push(END);
                u32::try_from(start).unwrap_or(END)
            };
        }
        let mini_start = self.place(&mini);
        if let Some(root) = rows.first_mut() {
            root.start = mini_start;
        }
        let mini_fat_start = self.place(&little(&mini_fat));
        let mini_fat_sectors = mini_fat.len().div_ceil(SECTOR / 4);
        let directory = directory(&rows, mini.len());
        let directory_sectors = directory.len() / SECTOR;
        let directory_start = self.place(&directory);
        // The FAT describes its own sectors too.
        let mut fat_count = 1usize;
        while self.fat.len().saturating_add(fat_count) > fat_count.saturating_mul(SECTOR / 4) {
            fat_count = fat_count.saturating_add(1);
        }
        if fat_count > HEADER_FATS {
            return None;
        }
        let first_fat = self.fat.len();
        self.fat.extend(std::iter::repeat_n(FAT, fat_count));
        let fat = little(&self.fat);

        let mut out: Vec<u8> = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        out.extend([0; 16]);
        for field in [0x003Eu16, 4, 0xFFFE, 12, 6] {
            out.extend(field.to_le_bytes());
        }
        out.extend([0; 6]);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        for field in [
            count(directory_sectors),
            count(fat_count),
            directory_start,
            0,
            count(CUTOFF),
            mini_fat_start,
            count(mini_fat_sectors),
            END,
            0,
        ] {
            out.extend(field.to_le_bytes());
        }
        for index in 0..HEADER_FATS {
            let id = if index < fat_count { count(first_fat.saturating_add(index)) } else { FREE };
            out.extend(id.to_le_bytes());
        }
        out.resize(SECTOR, 0);
        out.extend(self.sectors);
        out.extend(fat);
        Some(out.into())
    }
}

/// Numbers in whole sectors, the rest free.
fn little(numbers: &[u32]) -> Vec<u8> {
    let mut out: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    out.resize(out.len().next_multiple_of(SECTOR), 0xFF);
    out
}

/// MS-CFB 2.6.1.
fn directory(rows: &[Row], mini: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut units: Vec<u16> = row.name.encode_utf16().take(31).collect();
        units.push(0);
        let length = u16::try_from(units.len().saturating_mul(2)).unwrap_or_default();
        units.resize(32, 0);
        out.extend(units.into_iter().flat_map(u16::to_le_bytes));
        out.extend(length.to_le_bytes());
        let kind = if index == 0 {
            5u8
        } else if row.data.is_some() {
            2
        } else {
            1
        };
        // Black throughout.
        out.extend([kind, 1]);
        for link in [row.left, row.right, row.child] {
            out.extend(link.to_le_bytes());
        }
        out.extend(row.class);
        out.extend([0; 20]);
        out.extend(row.start.to_le_bytes());
        let size = if index == 0 { mini } else { row.data.as_ref().map_or(0, Bytes::len) };
        out.extend((size as u64).to_le_bytes());
    }
    while !out.len().is_multiple_of(SECTOR) {
        out.extend([0; 68]);
        out.extend([0xFF; 12]);
        out.extend([0; 48]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::View;
    use sekisho_samples::office::cfb::Cfb;

    #[test]
    fn a_storage_becomes_a_file() {
        let long: Vec<u8> = (0..20_000u32).map(|n| n as u8).collect();
        let bytes = Cfb::new()
            .stream("outer", b"not copied".to_vec())
            .class("inner", "0003000C-0000-0000-C000-000000000046")
            .stream("inner/short", b"abc".to_vec())
            .stream("inner/long", long.clone())
            .stream("inner/deeper/x", vec![7; 100])
            .stream("names/y", b"added".to_vec())
            .build();
        let view = OleView::parse(&bytes.into()).unwrap();
        let changes = Changes {
            replaced: vec![("SHORT".to_owned(), Bytes::from_static(b"abcd"))],
            added: view.find("names").into_iter().collect(),
            streams: vec![
                ("z".to_owned(), Bytes::from_static(b"new")),
                ("LONG".to_owned(), Bytes::from_static(b"shorter")),
            ],
        };
        let rebuilt = view.rebuilt(view.find("inner").unwrap(), &changes).unwrap();
        let again = OleView::parse(&rebuilt).unwrap();
        assert_eq!(again.problems, []);
        assert_eq!(again.class(), view.entries[view.find("inner").unwrap()].clsid);
        assert_eq!(again.stream("short").unwrap(), "abcd");
        assert_eq!(again.stream("long").unwrap(), "shorter");
        assert_eq!(again.stream("z").unwrap(), "new");
        assert_eq!(again.stream("deeper/x").unwrap(), vec![7; 100]);
        assert_eq!(again.stream("names/y").unwrap(), "added");
        assert_eq!(again.find("outer"), None);
    }
}
