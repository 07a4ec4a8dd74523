//! Windows programs: a PE32 whose entry point returns, with as much around it as a sample needs. Laid out after the
//! PE specification of Microsoft.

use super::icon::Icon;
use super::resource::{self, Resource};

/// A program to be built. `Pe::new().build()` is the smallest: one section, no imports, its entry returns 0.
#[derive(Debug, Clone)]
pub struct Pe {
    machine: u16,
    timestamp: u32,
    subsystem: u16,
    code: Vec<u8>,
    dll: Option<(String, Vec<String>)>,
    imports: Vec<Imported>,
    delayed: Vec<Imported>,
    resources: Vec<Resource>,
    sections: Vec<Section>,
    pdb: Option<String>,
    overlay: Vec<u8>,
    certificate: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Imported {
    library: String,
    functions: Vec<Function>,
}

/// A function to import.
#[derive(Debug, Clone)]
pub enum Function {
    /// By name.
    Name(String),
    /// By number.
    Ordinal(u16),
}

#[derive(Debug, Clone)]
struct Section {
    name: String,
    data: Vec<u8>,
    flags: u32,
}

/// Flags of a code section.
pub const CODE: u32 = 0x6000_0020;
/// Flags of a read-only data section.
pub const DATA: u32 = 0x4000_0040;
/// Flags of a section that is code and writable.
pub const WRITABLE_CODE: u32 = 0xe000_0060;

const FILE_ALIGNMENT: usize = 0x200;
const SECTION_ALIGNMENT: usize = 0x1000;
const IMAGE_BASE: u32 = 0x0040_0000;
const PE_OFFSET: usize = 0x80;

impl Default for Pe {
    fn default() -> Self {
        Pe::new()
    }
}

impl Pe {
    /// The smallest program: returns 0.
    pub fn new() -> Self {
        Pe {
            machine: 0x014c,
            timestamp: 0x56e7_5b00,
            subsystem: 2,
            code: vec![0x31, 0xc0, 0xc3],
            dll: None,
            imports: Vec::new(),
            delayed: Vec::new(),
            resources: Vec::new(),
            sections: Vec::new(),
            pdb: None,
            overlay: Vec::new(),
            certificate: None,
        }
    }

    /// The smallest library: its entry returns 1 and each export returns 1 too.
    pub fn dll(name: &str, exports: &[&str]) -> Self {
        let exports = exports.iter().map(|export| (*export).to_owned()).collect();
        Pe { code: vec![0x31, 0xc0, 0x40, 0xc2, 0x0c, 0x00], dll: Some((name.to_owned(), exports)), ..Pe::new() }
    }

    /// Seconds since 1970 in the header; 15 March 2016 unless given.
    pub fn timestamp(mut self, seconds: u32) -> Self {
        self.timestamp = seconds;
        self
    }

    /// 2 is a window program, 3 a console program.
    pub fn subsystem(mut self, subsystem: u16) -> Self {
        self.subsystem = subsystem;
        self
    }

    /// Imports functions by name.
    pub fn import(mut self, library: &str, names: &[&str]) -> Self {
        let functions = names.iter().map(|name| Function::Name((*name).to_owned())).collect();
        self.imports.push(Imported { library: library.to_owned(), functions });
        self
    }

    /// Imports functions by number.
    pub fn import_ordinals(mut self, library: &str, ordinals: &[u16]) -> Self {
        let functions = ordinals.iter().map(|ordinal| Function::Ordinal(*ordinal)).collect();
        self.imports.push(Imported { library: library.to_owned(), functions });
        self
    }

    /// Imports functions on first use.
    pub fn delay_import(mut self, library: &str, names: &[&str]) -> Self {
        let functions = names.iter().map(|name| Function::Name((*name).to_owned())).collect();
        self.delayed.push(Imported { library: library.to_owned(), functions });
        self
    }

    /// Gives it an icon at 32 and 48 pixels, as bitmaps.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.resources.extend(resource::icons(icon, false));
        self
    }

    /// Gives it an icon at 32 pixels (bitmap) and 48 pixels (PNG).
    pub fn icon_with_png(mut self, icon: Icon) -> Self {
        self.resources.extend(resource::icons(icon, true));
        self
    }

    /// Version strings: `CompanyName`, `FileDescription`, `OriginalFilename`, ….
    pub fn version(mut self, strings: &[(&str, &str)]) -> Self {
        self.resources.push(resource::version(strings));
        self
    }

    /// An application manifest asking for an execution level: `asInvoker`, `requireAdministrator`.
    pub fn manifest(self, level: &str) -> Self {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\" manifestVersion=\"1.0\"><trustInfo xmlns=\"urn:schemas-microsoft-com:asm.v3\"><security><requestedPrivileges><requestedExecutionLevel level=\"{level}\" uiAccess=\"false\"/></requestedPrivileges></security></trustInfo></assembly>\r\n"
        );
        self.resource(resource::MANIFEST, 1, text.into_bytes())
    }

    /// Any resource.
    pub fn resource(mut self, kind: u32, id: u32, data: Vec<u8>) -> Self {
        self.resources.push(Resource { kind, id, data });
        self
    }

    /// A resource with a name: `RUNPROGRAM`, `CABINET`, `SCRIPT`.
    pub fn resource_named(self, kind: u32, name: &str, data: Vec<u8>) -> Self {
        self.resource(kind, resource::named(name), data)
    }

    /// One more section.
    pub fn section(mut self, name: &str, data: Vec<u8>, flags: u32) -> Self {
        self.sections.push(Section { name: name.to_owned(), data, flags });
        self
    }

    /// Path of the debug symbols.
    pub fn pdb(mut self, path: &str) -> Self {
        self.pdb = Some(path.to_owned());
        self
    }

    /// Bytes after the last section.
    pub fn overlay(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.overlay.extend_from_slice(bytes.as_ref());
        self
    }

    /// A certificate table that has the outline of a signature made for another file: what a copied one is.
    pub fn copied_certificate(self, common_name: &str) -> Self {
        self.certificate(signature_like(common_name, &[0x5a; 32]))
    }

    /// The file, with a certificate table that names the file's own digest; nothing vouches for the certificate.
    pub fn build_signed(&self, common_name: &str) -> Vec<u8> {
        use sha2::Digest;
        let file = self.clone().certificate(signature_like(common_name, &[0; 32])).build();
        let checksum = PE_OFFSET + 24 + 64;
        let entry = PE_OFFSET + 24 + 96 + 32;
        let table = u32::from_le_bytes(file[entry..entry + 4].try_into().expect("four bytes")) as usize;
        let signed = [&file[..checksum], &file[checksum + 4..entry], &file[entry + 8..table]].concat();
        self.clone().certificate(signature_like(common_name, &sha2::Sha256::digest(signed))).build()
    }

    /// A certificate table with any content.
    pub fn certificate(mut self, bytes: Vec<u8>) -> Self {
        self.certificate = Some(bytes);
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut sections = vec![Section { name: ".text".to_owned(), data: self.code.clone(), flags: CODE }];
        let mut directories = [(0u32, 0u32); 16];
        let next_rva = |sections: &[Section]| -> u32 {
            let used: usize = sections.iter().map(|s| s.data.len().max(1).next_multiple_of(SECTION_ALIGNMENT)).sum();
            (SECTION_ALIGNMENT + used) as u32
        };
        let rva = next_rva(&sections);
        let read_only = self.read_only_data(rva, &mut directories);
        if !read_only.is_empty() {
            sections.push(Section { name: ".rdata".to_owned(), data: read_only, flags: DATA });
        }
        sections.extend(self.sections.iter().cloned());
        if !self.resources.is_empty() {
            let rva = next_rva(&sections);
            let data = resource::section(&self.resources, rva);
            directories[2] = (rva, data.len() as u32);
            sections.push(Section { name: ".rsrc".to_owned(), data, flags: DATA });
        }

        let headers = (PE_OFFSET + 24 + 224 + 40 * sections.len()).next_multiple_of(FILE_ALIGNMENT);
        let body: usize = sections.iter().map(|s| s.data.len().next_multiple_of(FILE_ALIGNMENT)).sum();
        let signature = self.certificate.as_ref().map(|content| {
            let at = (headers + body + self.overlay.len()).next_multiple_of(8);
            let length = (8 + content.len()).next_multiple_of(8);
            directories[4] = (at as u32, length as u32);
            let mut table = (length as u32).to_le_bytes().to_vec();
            table.extend_from_slice(&[0x00, 0x02, 0x02, 0x00]);
            table.extend_from_slice(content);
            table.resize(length, 0);
            (at, table)
        });

        let mut file = self.headers(&sections, &directories, headers, next_rva(&sections));
        for section in &sections {
            file.extend_from_slice(&section.data);
            file.resize(file.len().next_multiple_of(FILE_ALIGNMENT), 0);
        }
        file.extend_from_slice(&self.overlay);
        if let Some((at, table)) = signature {
            file.resize(at, 0);
            file.extend(table);
        }
        file
    }

    fn headers(&self, sections: &[Section], directories: &[(u32, u32); 16], size: usize, image: u32) -> Vec<u8> {
        let mut file = vec![0; PE_OFFSET];
        file[..4].copy_from_slice(b"MZ\x90\x00");
        file[0x18] = 0x40;
        file[0x3c] = PE_OFFSET as u8;
        file.extend_from_slice(b"PE\0\0");
        let put16 = |file: &mut Vec<u8>, value: u16| file.extend_from_slice(&value.to_le_bytes());
        let put32 = |file: &mut Vec<u8>, value: u32| file.extend_from_slice(&value.to_le_bytes());
        // COFF file header.
        put16(&mut file, self.machine);
        put16(&mut file, sections.len() as u16);
        for value in [self.timestamp, 0, 0] {
            put32(&mut file, value);
        }
        put16(&mut file, 224);
        put16(&mut file, if self.dll.is_some() { 0x2102 } else { 0x0102 });
        // Optional header, PE32.
        put16(&mut file, 0x010b);
        put16(&mut file, 0x000e);
        for value in [FILE_ALIGNMENT as u32, 0, 0, 0x1000, 0x1000, 0x2000, IMAGE_BASE, 0x1000, FILE_ALIGNMENT as u32] {
            put32(&mut file, value);
        }
        for value in [6, 0, 0, 0, 6, 0] {
            put16(&mut file, value);
        }
        for value in [0, image, size as u32, 0] {
            put32(&mut file, value);
        }
        put16(&mut file, self.subsystem);
        put16(&mut file, 0x0540);
        for value in [0x10_0000, 0x1000, 0x10_0000, 0x1000, 0, 16] {
            put32(&mut file, value);
        }
        for (rva, length) in directories {
            put32(&mut file, *rva);
            put32(&mut file, *length);
        }
        let (mut rva, mut offset) = (SECTION_ALIGNMENT, size);
        for section in sections {
            let mut name = section.name.as_bytes().to_vec();
            name.resize(8, 0);
            file.extend_from_slice(&name);
            let raw = section.data.len().next_multiple_of(FILE_ALIGNMENT);
            for value in [section.data.len() as u32, rva as u32, raw as u32, offset as u32, 0, 0, 0, section.flags] {
                put32(&mut file, value);
            }
            rva += section.data.len().max(1).next_multiple_of(SECTION_ALIGNMENT);
            offset += raw;
        }
        file.resize(size, 0);
        file
    }

    /// Imports, exports and debug information, strings first so that every address is known when it is written.
    fn read_only_data(&self, rva: u32, directories: &mut [(u32, u32); 16]) -> Vec<u8> {
        let mut out = Vec::new();
        let text = |out: &mut Vec<u8>, text: &str| -> u32 {
            let at = rva + out.len() as u32;
            out.extend_from_slice(text.as_bytes());
            out.push(0);
            out.resize(out.len().next_multiple_of(4), 0);
            at
        };
        let words = |out: &mut Vec<u8>, words: &[u32]| -> u32 {
            let at = rva + out.len() as u32;
            for word in words {
                out.extend_from_slice(&word.to_le_bytes());
            }
            at
        };
        let thunks = |out: &mut Vec<u8>, imported: &Imported| -> Vec<u32> {
            let mut list: Vec<u32> = Vec::new();
            for function in &imported.functions {
                list.push(match function {
                    Function::Ordinal(ordinal) => 0x8000_0000 | u32::from(*ordinal),
                    Function::Name(name) => {
                        let at = rva + out.len() as u32;
                        out.extend_from_slice(&[0, 0]);
                        text(out, name);
                        at
                    }
                });
            }
            list.push(0);
            list
        };
        if !self.imports.is_empty() {
            let mut table = Vec::new();
            for imported in &self.imports {
                let list = thunks(&mut out, imported);
                let name = text(&mut out, &imported.library);
                let lookup = words(&mut out, &list);
                let address = words(&mut out, &list);
                table.extend([lookup, 0, 0, name, address]);
            }
            table.extend([0; 5]);
            directories[1] = (words(&mut out, &table), table.len() as u32 * 4);
        }
        if !self.delayed.is_empty() {
            let mut table = Vec::new();
            for imported in &self.delayed {
                let list = thunks(&mut out, imported);
                let name = text(&mut out, &imported.library);
                let module = words(&mut out, &[0]);
                let lookup = words(&mut out, &list);
                let address = words(&mut out, &vec![0; list.len()]);
                table.extend([1, name, module, address, lookup, 0, 0, 0]);
            }
            table.extend([0; 8]);
            directories[13] = (words(&mut out, &table), table.len() as u32 * 4);
        }
        if let Some((name, exports)) = &self.dll {
            let mut sorted = exports.clone();
            sorted.sort();
            let names: Vec<u32> = sorted.iter().map(|export| text(&mut out, export)).collect();
            let name = text(&mut out, name);
            let functions = words(&mut out, &vec![0x1000; sorted.len()]);
            let names = words(&mut out, &names);
            let ordinals = rva + out.len() as u32;
            for index in 0..sorted.len() {
                out.extend_from_slice(&(index as u16).to_le_bytes());
            }
            out.resize(out.len().next_multiple_of(4), 0);
            let count = sorted.len() as u32;
            let table = words(&mut out, &[0, self.timestamp, 0, name, 1, count, count, functions, names, ordinals]);
            directories[0] = (table, 40);
        }
        if let Some(pdb) = &self.pdb {
            let at = out.len();
            let start = words(&mut out, &[u32::from_le_bytes(*b"RSDS"), 1, 2, 3, 4, 1]);
            text(&mut out, pdb);
            let length = (out.len() - at) as u32;
            // The file offset of .rdata: it always follows the one page of code.
            let offset = self.read_only_offset() + at as u32;
            let table = words(&mut out, &[0, self.timestamp, 0, 2, length, start, offset]);
            directories[6] = (table, 28);
        }
        out
    }

    fn read_only_offset(&self) -> u32 {
        let count = 2 + self.sections.len() + usize::from(!self.resources.is_empty());
        let headers = (PE_OFFSET + 24 + 224 + 40 * count).next_multiple_of(FILE_ALIGNMENT);
        (headers + self.code.len().next_multiple_of(FILE_ALIGNMENT)) as u32
    }
}

/// A DER value.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}

/// The outline of a PKCS #7 SignedData over a SHA-256 digest, with one certificate; every number in it is made up.
pub fn signature_like(common_name: &str, digest: &[u8]) -> Vec<u8> {
    let name = |text: &str| {
        let pair = [der(6, &[0x55, 0x04, 0x03]), der(0x0c, text.as_bytes())].concat();
        der(0x30, &der(0x31, &der(0x30, &pair)))
    };
    let algorithm = der(0x30, &[der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]), der(5, &[])].concat());
    let times = der(0x30, &[der(0x17, b"150101000000Z"), der(0x17, b"180101000000Z")].concat());
    let to_be_signed = der(
        0x30,
        &[der(2, &[0x11, 0x22, 0x33, 0x44]), algorithm.clone(), name("Example Test CA"), times, name(common_name)]
            .concat(),
    );
    let certificate = der(0x30, &[to_be_signed, algorithm.clone(), der(3, &[0; 33])].concat());
    let sha256 = der(0x30, &[der(6, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]), der(5, &[])].concat());
    let data = der(0x30, &der(6, &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0f]));
    let indirect = der(0x30, &[data, der(0x30, &[sha256, der(4, digest)].concat())].concat());
    let signed = der(
        0x30,
        &[
            der(2, &[1]),
            der(0x31, &algorithm),
            der(
                0x30,
                &[der(6, &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04]), der(0xa0, &indirect)].concat(),
            ),
            der(0xa0, &certificate),
            der(0x31, &[]),
        ]
        .concat(),
    );
    let content = [der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]), der(0xa0, &signed)].concat();
    der(0x30, &content)
}
