//! Documents of Hangul: HWP 5 (Hancom, HWP Document File Formats 5.0) as far as a reader looks, and HWPX.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Block};

use super::cfb::Cfb;
use crate::archive::zip::{Entry, ZipFile, deflate};

/// An HWP 5 document in the making.
#[derive(Debug, Clone, Default)]
pub struct Hwp {
    flags: u32,
    section: Vec<u8>,
    info: Vec<u8>,
    script: String,
    streams: Vec<(String, Vec<u8>)>,
    is_sealed: bool,
}

fn record(tag: u32, data: &[u8]) -> Vec<u8> {
    let size = data.len() as u32;
    match size {
        0..0xFFF => [(size << 20 | tag).to_le_bytes().as_slice(), data].concat(),
        _ => [(0xFFF << 20 | tag).to_le_bytes().as_slice(), &size.to_le_bytes(), data].concat(),
    }
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

impl Hwp {
    /// A compressed document with one paragraph.
    pub fn new(text: &str) -> Self {
        Hwp { flags: 1, ..Hwp::default() }.paragraph(text)
    }

    /// Sets more bits of the properties: 2 locked, 4 for reading only.
    pub fn flags(mut self, flags: u32) -> Self {
        self.flags |= flags;
        self
    }

    /// Keeps text and script for reading only.
    pub fn sealed(mut self) -> Self {
        self.is_sealed = true;
        self.flags(4)
    }

    /// Adds a paragraph.
    pub fn paragraph(mut self, text: &str) -> Self {
        self.section.extend(record(67, &wide(&format!("{text}\r"))));
        self
    }

    /// Adds a link.
    pub fn link(mut self, command: &str) -> Self {
        let mut data = b"klh%".to_vec();
        data.extend([0; 5]);
        data.extend((command.encode_utf16().count() as u16).to_le_bytes());
        data.extend(wide(command));
        self.section.extend(record(71, &data));
        self
    }

    /// Adds a picture that lies elsewhere.
    pub fn linked_picture(mut self, path: &str) -> Self {
        let mut data = vec![0, 0];
        data.extend((path.encode_utf16().count() as u16).to_le_bytes());
        data.extend(wide(path));
        self.info.extend(record(18, &data));
        self
    }

    /// Adds a picture or object: `BIN0001.eps`. An object gets its size before it.
    pub fn binary(mut self, name: &str, content: &[u8]) -> Self {
        let content = match name.ends_with(".OLE") {
            true => [(content.len() as u32).to_le_bytes().as_slice(), content].concat(),
            false => content.to_vec(),
        };
        self.streams.push((format!("BinData/{name}"), content));
        self
    }

    /// Sets the script's source.
    pub fn script(mut self, source: &str) -> Self {
        self.script = source.to_owned();
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut header = b"HWP Document File".to_vec();
        header.resize(32, 0);
        header.extend(0x0500_0304u32.to_le_bytes());
        header.extend(self.flags.to_le_bytes());
        header.resize(256, 0);
        let head = "var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n";
        let frame = "function OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n";
        let source = format!("{frame}{}", self.script);
        let mut script = Vec::new();
        for text in [head, source.as_str(), "", ""] {
            script.extend((text.encode_utf16().count() as u32).to_le_bytes());
            script.extend(wide(text));
        }
        script.extend([0xFF; 4]);
        let (section, script) = (deflate(&self.section), deflate(&script));
        let file = Cfb::new().stream("FileHeader", header).stream("DocInfo", deflate(&self.info));
        let mut file = match self.is_sealed {
            true => file
                .stream("BodyText/Section0", deflate(&record(67, &wide("\r"))))
                .stream("ViewText/Section0", sealed(&section))
                .stream("Scripts/DefaultJScript", sealed(&script)),
            false => file.stream("BodyText/Section0", section).stream("Scripts/DefaultJScript", script),
        };
        for (path, content) in &self.streams {
            file = file.stream(path, deflate(content));
        }
        file.build()
    }
}

/// An HWPX document with one paragraph and more entries.
pub fn hwpx(text: &str, entries: &[(&str, &str)]) -> Vec<u8> {
    let section = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><hs:sec xmlns:hs=\"http://www.hancom.co.kr/hwpml/2011/section\" \
         xmlns:hp=\"http://www.hancom.co.kr/hwpml/2011/paragraph\"><hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p></hs:sec>"
    );
    let mut zip = ZipFile::new().with(Entry::new("mimetype", "application/hwp+zip").stored());
    zip = zip.with(Entry::new("Contents/section0.xml", section));
    for (name, content) in entries {
        zip = zip.with(Entry::new(*name, *content));
    }
    zip.build()
}

/// A stream kept for reading only: the key's record, then AES-128 without chaining.
fn sealed(stream: &[u8]) -> Vec<u8> {
    const SEED: u32 = 0x1234_5678;
    let key = [0x5A; 16];
    let mut head = vec![0u8; 256];
    head[..4].copy_from_slice(&SEED.to_le_bytes());
    let at = 4 + (SEED & 0xF) as usize;
    head[at..at + 16].copy_from_slice(&key);
    // The generator of Microsoft's C library.
    let mut state = SEED;
    let mut next = || {
        state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
        state >> 16 & 0x7FFF
    };
    let (mut mask, mut left) = (0u8, 0u32);
    for (index, byte) in head.iter_mut().enumerate() {
        if left == 0 {
            mask = (next() & 0xFF) as u8;
            left = (next() & 0xF) + 1;
        }
        if index >= 4 {
            *byte ^= mask;
        }
        left -= 1;
    }
    let mut body = stream.to_vec();
    body.resize(body.len().next_multiple_of(16), 0);
    let (blocks, _) = Block::slice_as_chunks_mut(&mut body);
    Aes128::new(&key.into()).encrypt_blocks(blocks);
    [record(28, &head), body].concat()
}
