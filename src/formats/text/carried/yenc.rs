//! yEnc (yenc-draft 1.3): `=ybegin`, bytes moved by 42, `=yend`. A file may come in parts that name each other; those in
//! one text are joined.

use super::Carried;

/// Parts taken out of one text.
const MAX_PARTS: usize = 2_000;

/// One block from `=ybegin` to `=yend`.
#[derive(Debug, Default)]
struct Block {
    file: Carried,
    part: Option<u64>,
    total: Option<u64>,
    size: Option<u64>,
    /// Offset of a part in the whole, from its `=ypart` line.
    begin: Option<u64>,
}

/// The yEnc files in a text.
pub(super) fn files(input: &[u8]) -> Vec<Carried> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut at = 0usize;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let start = at;
        at = at.saturating_add(line.len());
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if let Some(fields) = text.strip_prefix(b"=ybegin ") {
            blocks.extend(open.take());
            if blocks.len() >= MAX_PARTS {
                break;
            }
            open = Some(Block::begin(fields, start));
            continue;
        }
        let Some(block) = &mut open else { continue };
        if let Some(fields) = text.strip_prefix(b"=ypart ") {
            block.begin = number(fields, b"begin");
        } else if let Some(fields) = text.strip_prefix(b"=yend") {
            block.end(fields);
            blocks.extend(open.take());
        } else {
            decode(text, &mut block.file.bytes);
        }
    }
    blocks.extend(open);
    join(blocks)
}

impl Block {
    fn begin(fields: &[u8], offset: usize) -> Block {
        // The name comes last and may hold blanks.
        let name = memchr::memmem::find(fields, b"name=").and_then(|at| fields.get(at.saturating_add(5)..));
        let before = memchr::memmem::find(fields, b"name=").and_then(|at| fields.get(..at)).unwrap_or(fields);
        let name = name.unwrap_or_default().trim_ascii();
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
        let name = if name.is_empty() { b"unnamed".as_slice() } else { name };
        Block {
            file: Carried { name: name.to_vec(), offset, how: "yEnc", ..Carried::default() },
            part: number(before, b"part"),
            total: number(before, b"total"),
            size: number(before, b"size"),
            begin: None,
        }
    }

    fn end(&mut self, fields: &[u8]) {
        let length = self.file.bytes.len() as u64;
        let wanted = number(fields, b"size").or(self.size.filter(|_| self.part.is_none()));
        self.file.is_complete = wanted.is_none_or(|wanted| wanted == length);
        if let Some(wanted) = wanted.filter(|wanted| *wanted != length) {
            self.file.odd = Some(format!("{length} bytes where yEnc says {wanted}"));
        }
        let key: &[u8] = if self.part.is_some() { b"pcrc32" } else { b"crc32" };
        let said = value(fields, key).and_then(|text| std::str::from_utf8(text).ok());
        let said = said.and_then(|text| u32::from_str_radix(text, 16).ok());
        if let Some(said) = said.filter(|said| *said != super::crc32(&self.file.bytes)) {
            self.file.odd = Some(format!("yEnc checksum {said:08x} does not fit"));
        }
    }
}

/// The parts of one file become one, where all of them are there; others stay what they are.
fn join(blocks: Vec<Block>) -> Vec<Carried> {
    let mut groups: Vec<Vec<Block>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for block in blocks {
        let is_part = block.part.is_some();
        let key = (block.file.name.clone(), block.size);
        match places.get(&key).and_then(|place: &usize| groups.get_mut(*place)).filter(|_| is_part) {
            Some(group) => group.push(block),
            None => {
                if is_part {
                    places.insert(key, groups.len());
                }
                groups.push(vec![block]);
            }
        }
    }
    groups.into_iter().filter_map(joined).collect()
}

fn joined(mut parts: Vec<Block>) -> Option<Carried> {
    parts.sort_by_key(|block| (block.part, block.begin));
    parts.dedup_by_key(|block| block.part);
    let first = parts.first()?;
    let size = first.size;
    let is_split = first.part.is_some();
    let declared = parts.iter().filter_map(|block| block.total).max();
    let mut whole =
        Carried { name: first.file.name.clone(), offset: first.file.offset, how: "yEnc", ..Carried::default() };
    whole.is_complete = parts.iter().all(|block| block.file.is_complete);
    for block in &mut parts {
        whole.bytes.append(&mut block.file.bytes);
        whole.odd = whole.odd.take().or(block.file.odd.take());
    }
    if is_split {
        let is_whole = size.is_none_or(|size| size == whole.bytes.len() as u64);
        whole.is_complete &= is_whole;
        if !is_whole {
            let total = declared.map(|total| format!(" of {total}")).unwrap_or_default();
            whole.missing = Some(format!("{}{total} parts of a yEnc file", parts.len()));
        }
    }
    (!whole.bytes.is_empty()).then_some(whole)
}

/// Bytes of one line: moved by 42, and by 64 more behind an equals sign.
fn decode(line: &[u8], out: &mut Vec<u8>) {
    // Servers double a dot at the start of a line; the writer escapes a dot there where it can.
    let line = if line.starts_with(b"..") { line.get(1..).unwrap_or_default() } else { line };
    let mut is_escaped = false;
    for &byte in line {
        if std::mem::take(&mut is_escaped) {
            out.push(byte.wrapping_sub(64).wrapping_sub(42));
        } else if byte == b'=' {
            is_escaped = true;
        } else {
            out.push(byte.wrapping_sub(42));
        }
    }
}

/// The value of `key=value` among blanks.
fn value<'a>(fields: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    fields
        .split(|byte| *byte == b' ')
        .find_map(|field| field.strip_prefix(key).and_then(|rest| rest.strip_prefix(b"=")))
        .map(<[u8]>::trim_ascii)
}

fn number(fields: &[u8], key: &[u8]) -> Option<u64> {
    std::str::from_utf8(value(fields, key)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for (index, byte) in bytes.iter().enumerate() {
            match byte.wrapping_add(42) {
                moved @ (0 | b'\n' | b'\r' | b'=') => out.extend([b'=', moved.wrapping_add(64)]),
                moved => out.push(moved),
            }
            if index % 128 == 127 {
                out.extend(b"\r\n");
            }
        }
        out.extend(b"\r\n");
        out
    }

    #[test]
    fn a_file_and_its_checksum() {
        let bytes: Vec<u8> = (0..=255).cycle().take(700).collect();
        let crc = super::super::crc32(&bytes);
        let text = |crc: u32| {
            let head = b"hi\r\n=ybegin line=128 size=700 name=a file.bin \r\n".as_slice();
            [head, &encoded(&bytes), format!("=yend size=700 crc32={crc:08X}\r\nbye\r\n").as_bytes()].concat()
        };
        let found = files(&text(crc));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_slice(), &found[0].bytes), (b"a file.bin".as_slice(), &bytes));
        assert!(found[0].is_complete && found[0].odd.is_none());
        assert!(files(&text(crc ^ 1))[0].odd.as_ref().unwrap().contains("checksum"));
        assert!(files(b"=ybegun line=128\r\n").is_empty());
    }

    #[test]
    fn parts_in_one_text_are_joined_whatever_their_order() {
        let part = |number: u32, total: u32, bytes: &[u8]| {
            let head =
                format!("=ybegin part={number} total={total} line=128 size=6 name=a.bin\r\n=ypart begin=1 end=3\r\n");
            [head.as_bytes(), &encoded(bytes), format!("=yend size={} part={number}\r\n", bytes.len()).as_bytes()]
                .concat()
        };
        let both = [part(2, 2, b"def"), part(1, 2, b"abc")].concat();
        let found = files(&both);
        assert_eq!((found.len(), found[0].bytes.as_slice()), (1, b"abcdef".as_slice()));
        assert!(found[0].is_complete);
        let one = files(&part(2, 2, b"def"));
        assert_eq!(one[0].missing.as_deref(), Some("1 of 2 parts of a yEnc file"));
    }
}
