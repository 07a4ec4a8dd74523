//! VBA projects, MS-OVBA: the compressed container (2.4.1.3), the `dir`, `PROJECT`, `PROJECTwm` and `_VBA_PROJECT`
//! streams, and modules. Compiled code comes from [`super::pcode`].

use encoding_rs::Encoding;

/// What sort of module it is; hosts run document events only in document modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleKind {
    /// `ThisDocument`, `ThisWorkbook`, a sheet.
    Document,
    /// A standard module.
    Standard,
    /// A class.
    Class,
}

/// One module.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its sort.
    pub kind: ModuleKind,
    /// Its source, without the `Attribute` lines, lines ended by `\n`.
    pub source: String,
    /// Bytes before the compressed source, where Office keeps compiled code.
    pub cache: Vec<u8>,
    /// Left out of the `PROJECT` stream, so that the editor does not show it.
    pub is_hidden: bool,
    /// What the `dir` stream says of where the source starts, if that is a lie.
    pub stated_offset: Option<u32>,
}

impl Module {
    /// A standard module.
    pub fn standard(name: &str, source: &str) -> Self {
        Module::of(name, ModuleKind::Standard, source)
    }

    /// A document module: `ThisDocument`, `ThisWorkbook`, `Sheet1`.
    pub fn document(name: &str, source: &str) -> Self {
        Module::of(name, ModuleKind::Document, source)
    }

    fn of(name: &str, kind: ModuleKind, source: &str) -> Self {
        Module {
            name: name.to_owned(),
            kind,
            source: source.to_owned(),
            cache: Vec::new(),
            is_hidden: false,
            stated_offset: None,
        }
    }

    /// The whole source as the host stores it: attributes first, lines ended by CR LF.
    pub fn text(&self) -> String {
        let mut text = format!("Attribute VB_Name = \"{}\"\n", self.name);
        if self.kind == ModuleKind::Document {
            text.push_str(
                "Attribute VB_Base = \"0{00020820-0000-0000-C000-000000000046}\"\n\
                 Attribute VB_GlobalNameSpace = False\n\
                 Attribute VB_Creatable = False\n\
                 Attribute VB_PredeclaredId = True\n\
                 Attribute VB_Exposed = True\n",
            );
        }
        text.push_str(&self.source);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    }
}

/// A project to be.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Windows code page of its texts.
    pub code_page: u16,
    /// Its modules.
    pub modules: Vec<Module>,
    /// Type libraries it names, as (name, libid).
    pub references: Vec<(String, String)>,
    /// Locked against viewing (no password is set).
    pub is_locked: bool,
    /// The stream `_VBA_PROJECT`.
    pub compiled: Vec<u8>,
    /// More streams beside the modules: `__SRP_0`.
    pub others: Vec<(String, Vec<u8>)>,
}

impl Project {
    /// A project in the Japanese code page.
    pub fn new(modules: Vec<Module>) -> Self {
        Project {
            name: "VBAProject".to_owned(),
            code_page: 932,
            modules,
            references: vec![(
                "stdole".to_owned(),
                "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation"
                    .to_owned(),
            )],
            is_locked: false,
            compiled: VERSION_INDEPENDENT.to_vec(),
            others: Vec::new(),
        }
    }

    /// Every stream below the project's root storage, by path: `VBA/dir`, `VBA/ThisDocument`, `PROJECT`. Word puts the
    /// root at `Macros`, Excel at `_VBA_PROJECT_CUR`, OOXML at the root of `vbaProject.bin`.
    pub fn streams(&self) -> Vec<(String, Vec<u8>)> {
        let mut streams =
            vec![("VBA/_VBA_PROJECT".to_owned(), self.compiled.clone()), ("VBA/dir".to_owned(), compress(&self.dir()))];
        for module in &self.modules {
            let mut bytes = module.cache.clone();
            bytes.extend(compress(&encode(self.code_page, &module.text())));
            streams.push((format!("VBA/{}", module.name), bytes));
        }
        for (name, bytes) in &self.others {
            streams.push((format!("VBA/{name}"), bytes.clone()));
        }
        streams.push(("PROJECT".to_owned(), self.project()));
        streams.push(("PROJECTwm".to_owned(), self.project_wm()));
        streams
    }

    /// The `dir` stream before compression, MS-OVBA 2.3.4.2.
    pub fn dir(&self) -> Vec<u8> {
        let text = |text: &str| encode(self.code_page, text);
        let mut out = Vec::new();
        record(&mut out, 0x0001, &1u32.to_le_bytes());
        record(&mut out, 0x0002, &0x0409u32.to_le_bytes());
        record(&mut out, 0x0014, &0x0409u32.to_le_bytes());
        record(&mut out, 0x0003, &self.code_page.to_le_bytes());
        record(&mut out, 0x0004, &text(&self.name));
        record(&mut out, 0x0005, b"");
        record(&mut out, 0x0040, b"");
        record(&mut out, 0x0006, b"");
        record(&mut out, 0x003d, b"");
        record(&mut out, 0x0007, &0u32.to_le_bytes());
        record(&mut out, 0x0008, &0u32.to_le_bytes());
        // PROJECTVERSION states a size of 4 and holds 6 bytes, 2.3.4.2.1.11.
        out.extend(0x0009u16.to_le_bytes());
        out.extend(4u32.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        out.extend(1u16.to_le_bytes());
        record(&mut out, 0x000c, b"");
        record(&mut out, 0x003c, b"");
        for (name, libid) in &self.references {
            record(&mut out, 0x0016, &text(name));
            record(&mut out, 0x003e, &utf16(name));
            let libid = text(libid);
            let mut body = (libid.len() as u32).to_le_bytes().to_vec();
            body.extend(&libid);
            body.extend([0; 6]);
            record(&mut out, 0x000d, &body);
        }
        record(&mut out, 0x000f, &(self.modules.len() as u16).to_le_bytes());
        record(&mut out, 0x0013, &0xffffu16.to_le_bytes());
        for module in &self.modules {
            record(&mut out, 0x0019, &text(&module.name));
            record(&mut out, 0x0047, &utf16(&module.name));
            record(&mut out, 0x001a, &text(&module.name));
            record(&mut out, 0x0032, &utf16(&module.name));
            record(&mut out, 0x001c, b"");
            record(&mut out, 0x0048, b"");
            record(&mut out, 0x0031, &module.stated_offset.unwrap_or(module.cache.len() as u32).to_le_bytes());
            record(&mut out, 0x001e, &0u32.to_le_bytes());
            record(&mut out, 0x002c, &0xffffu16.to_le_bytes());
            record(&mut out, if module.kind == ModuleKind::Standard { 0x0021 } else { 0x0022 }, b"");
            record(&mut out, 0x002b, b"");
        }
        record(&mut out, 0x0010, b"");
        out
    }

    /// The `PROJECT` stream, MS-OVBA 2.3.1.
    fn project(&self) -> Vec<u8> {
        let mut text = format!("ID=\"{PROJECT_ID}\"\r\n");
        for module in self.modules.iter().filter(|module| !module.is_hidden) {
            match module.kind {
                ModuleKind::Document => text.push_str(&format!("Document={}/&H00000000\r\n", module.name)),
                ModuleKind::Standard => text.push_str(&format!("Module={}\r\n", module.name)),
                ModuleKind::Class => text.push_str(&format!("Class={}\r\n", module.name)),
            }
        }
        let (state, visible): ([u8; 4], u8) = if self.is_locked { ([1, 0, 0, 0], 0) } else { ([0; 4], 0xff) };
        text.push_str(&format!(
            "Name=\"{}\"\r\nHelpContextID=\"0\"\r\nVersionCompatible32=\"393222000\"\r\nCMG=\"{}\"\r\nDPB=\"{}\"\r\n\
             GC=\"{}\"\r\n\r\n[Host Extender Info]\r\n&H00000001={{3832D640-CF90-11CF-8E43-00A0C911005A}};VBE;&H00000000\r\n",
            self.name,
            encrypt(0x2a, &state),
            encrypt(0x2c, &[0]),
            encrypt(0x2e, &[visible]),
        ));
        encode(self.code_page, &text)
    }

    /// The `PROJECTwm` stream, MS-OVBA 2.3.3: module names in the code page and in UTF-16.
    fn project_wm(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for module in &self.modules {
            out.extend(encode(self.code_page, &module.name));
            out.push(0);
            out.extend(utf16(&module.name));
            out.extend([0, 0]);
        }
        out.extend([0, 0]);
        out
    }
}

/// `_VBA_PROJECT` of a project without compiled code, MS-OVBA 2.3.4.1: version 0xFFFF tells the host to compile.
pub const VERSION_INDEPENDENT: [u8; 7] = [0xcc, 0x61, 0xff, 0xff, 0, 0, 0];

const PROJECT_ID: &str = "{7B3F0E5A-1D2C-4E4B-9A57-0B6D2F6C1A01}";

fn record(out: &mut Vec<u8>, id: u16, body: &[u8]) {
    out.extend(id.to_le_bytes());
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn encode(code_page: u16, text: &str) -> Vec<u8> {
    let label = match code_page {
        932 => "shift_jis".to_owned(),
        other => format!("windows-{other}"),
    };
    let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.encode(text).0.into_owned()
}

/// Data encryption of `CMG`, `DPB` and `GC`, MS-OVBA 2.4.3.2, with filler bytes of zero.
fn encrypt(seed: u8, data: &[u8]) -> String {
    let key = PROJECT_ID.bytes().fold(0u8, u8::wrapping_add);
    let mut out = vec![seed, seed ^ 2, seed ^ key];
    let (mut plain, mut last, mut before) = (key, seed ^ key, seed ^ 2);
    let filler = usize::from((seed & 6) / 2);
    let body = std::iter::repeat_n(0, filler).chain((data.len() as u32).to_le_bytes()).chain(data.iter().copied());
    for byte in body {
        let hidden = byte ^ before.wrapping_add(plain);
        out.push(hidden);
        (before, last, plain) = (last, hidden, byte);
    }
    out.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Bytes of source in one chunk, MS-OVBA 2.4.1.1.2.
const CHUNK: usize = 4096;

/// A compressed container with copy tokens, MS-OVBA 2.4.1.3.
pub fn compress(source: &[u8]) -> Vec<u8> {
    container(source, true)
}

/// A compressed container without copy tokens: literals only, full chunks stored raw.
pub fn compress_literally(source: &[u8]) -> Vec<u8> {
    container(source, false)
}

fn container(source: &[u8], with_copies: bool) -> Vec<u8> {
    let mut out = vec![1];
    for chunk in source.chunks(CHUNK) {
        let mut tokens = tokens(chunk, with_copies);
        if tokens.len() >= CHUNK && chunk.len() < CHUNK {
            tokens = self::tokens(chunk, true);
        }
        if tokens.len() < CHUNK {
            let header = 0xb000 | (tokens.len() as u16 - 1);
            out.extend(header.to_le_bytes());
            out.extend(tokens);
        } else {
            out.extend(0x3fffu16.to_le_bytes());
            out.extend(chunk);
            out.extend(std::iter::repeat_n(0, CHUNK - chunk.len()));
        }
    }
    out
}

/// Token sequences of one chunk: a flag byte before every eight tokens.
fn tokens(chunk: &[u8], with_copies: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < chunk.len() {
        let flags_at = out.len();
        out.push(0);
        for bit in 0..8 {
            if at >= chunk.len() {
                break;
            }
            let (distance, length) = if with_copies { longest_match(chunk, at) } else { (0, 0) };
            if length >= 3 {
                let bits = copy_bits(at);
                let token = (((distance - 1) << (16 - bits)) | (length - 3)) as u16;
                out.extend(token.to_le_bytes());
                out[flags_at] |= 1 << bit;
                at += length;
            } else {
                out.push(chunk[at]);
                at += 1;
            }
        }
    }
    out
}

/// Bits of a copy token that hold the offset, MS-OVBA 2.4.1.3.19.1: at least 4, and enough to reach the chunk's start.
fn copy_bits(position: usize) -> u32 {
    (usize::BITS - position.saturating_sub(1).leading_zeros()).max(4)
}

fn longest_match(chunk: &[u8], at: usize) -> (usize, usize) {
    let most = (0xffff_usize >> copy_bits(at)) + 3;
    let (mut distance, mut length) = (0, 0);
    for start in (0..at).rev() {
        let same = (0..most).take_while(|n| chunk.get(at + n).is_some_and(|byte| chunk.get(start + n) == Some(byte)));
        let count = same.count();
        if count > length {
            (distance, length) = (at - start, count);
        }
    }
    (distance, length)
}
