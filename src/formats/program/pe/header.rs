//! COFF file header and optional header. goblin reads them; this gives it the header alone, padded and with the
//! directory count clamped as the Windows loader clamps it, so that no lie in them makes it refuse. goblin's own
//! readers of imports, exports and resources are not used: their loops multiply numbers from the file.

use goblin::pe::header::{CoffHeader, Header as GoblinHeader};

use crate::formats::fields::{u16_at, u32_at};

/// What the headers say.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// Offset of the PE signature.
    #[doc(alias = "e_lfanew")]
    pub offset: usize,
    /// IMAGE_FILE_MACHINE: 0x14c x86, 0x8664 x64, 0xaa64 ARM64.
    pub machine: u16,
    /// Sections the header announces.
    pub section_count: usize,
    /// Seconds since 1970 at linking, or anything: reproducible builds put a hash here.
    pub timestamp: u32,
    /// Whether it is a library.
    pub is_dll: bool,
    /// Whether it is PE32+.
    pub is_64: bool,
    /// 1 driver, 2 window, 3 console, 10 to 12 EFI.
    pub subsystem: u16,
    /// RVA of the entry point.
    pub entry: u32,
    /// Preferred address.
    pub image_base: u64,
    /// FileAlignment.
    pub file_alignment: usize,
    /// Bytes of all headers.
    pub headers_size: usize,
    /// RVA (file offset for the certificate table) and size of each data directory; zeros if absent.
    pub directories: [(u32, u32); 16],
    /// Offset of the section table.
    pub section_table: usize,
    /// Offset of the CheckSum field, which a signature leaves out.
    pub checksum_offset: usize,
    /// Offset of the certificate table's directory entry, which a signature leaves out.
    pub certificate_entry_offset: usize,
}

/// Index of a data directory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Directory {
    Export = 0,
    Import = 1,
    Resource = 2,
    Certificate = 4,
    Debug = 6,
    Tls = 9,
    DelayImport = 13,
    Clr = 14,
}

impl Header {
    /// A data directory's RVA and size; none if either is zero.
    pub(super) fn directory(&self, directory: Directory) -> Option<(usize, usize)> {
        match self.directories.get(directory as usize) {
            Some(&(rva, size)) if rva != 0 => Some((rva as usize, size as usize)),
            _ => None,
        }
    }

    /// The machine as people write it.
    pub fn machine_name(&self) -> String {
        match self.machine {
            0x014c => "x86".to_owned(),
            0x8664 => "x64".to_owned(),
            0x01c0 | 0x01c4 => "arm".to_owned(),
            0xaa64 => "arm64".to_owned(),
            0x0200 => "ia64".to_owned(),
            other => format!("machine {other:#06x}"),
        }
    }
}

/// Longest header goblin needs: signature 4, COFF 20, PE32+ optional header 112, sixteen directories of 8.
const LONGEST: usize = 4 + 20 + 112 + 16 * 8;

/// PE Format, "COFF File Header" and "Optional Header". The second value tells that the optional header is of no known
/// kind, so that the directories are missing.
pub(super) fn read(bytes: &[u8], offset: usize) -> Option<(Header, bool)> {
    let rest = bytes.get(offset..)?;
    if rest.len() < 24 {
        return None;
    }
    let mut head = rest.get(..LONGEST).unwrap_or(rest).to_vec();
    head.resize(LONGEST, 0);
    let is_64 = u16_at(&head, 24) == Some(0x020b);
    let count_at = if is_64 { 24 + 108 } else { 24 + 92 };
    let count = u32_at(&head, count_at).unwrap_or(0).min(16);
    for (place, byte) in head.iter_mut().skip(count_at).zip(count.to_le_bytes()) {
        *place = byte;
    }
    let parsed = GoblinHeader::parse_without_dos(&head).ok();
    let coff = match &parsed {
        Some(parsed) => parsed.coff_header,
        None => CoffHeader::parse(&head, &mut 4).ok()?,
    };
    let optional_at = offset.saturating_add(24);
    let mut header = Header {
        offset,
        machine: coff.machine,
        section_count: usize::from(coff.number_of_sections),
        timestamp: coff.time_date_stamp,
        is_dll: coff.characteristics & 0x2000 != 0,
        is_64,
        section_table: optional_at.saturating_add(usize::from(coff.size_of_optional_header)),
        checksum_offset: optional_at.saturating_add(64),
        certificate_entry_offset: optional_at.saturating_add(if is_64 { 112 + 32 } else { 96 + 32 }),
        ..Header::default()
    };
    let optional = parsed.and_then(|parsed| parsed.optional_header);
    if let Some(optional) = &optional {
        header.subsystem = optional.windows_fields.subsystem;
        header.entry = optional.standard_fields.address_of_entry_point;
        header.image_base = optional.windows_fields.image_base;
        header.file_alignment = optional.windows_fields.file_alignment as usize;
        header.headers_size = optional.windows_fields.size_of_headers as usize;
        for (slot, entry) in header.directories.iter_mut().zip(&optional.data_directories.data_directories) {
            if let Some((_, directory)) = entry {
                *slot = (directory.virtual_address, directory.size);
            }
        }
    }
    Some((header, optional.is_none()))
}
