//! The section table, and the way from addresses to file offsets.

use std::ops::Range;

use super::Header;
use crate::formats::fields::{size_at, u32_at};
use crate::formats::program::entropy::entropy;

/// One section.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name, without the trailing zeros.
    pub name: String,
    /// RVA of its first byte.
    pub address: usize,
    /// Bytes in memory.
    pub virtual_size: usize,
    /// Its bytes in the file, cut to what is there.
    pub range: Range<usize>,
    /// Whether the header promises more bytes than the file has.
    pub is_cut: bool,
    /// IMAGE_SCN flags.
    pub flags: u32,
    /// Shannon entropy in bits per byte; none if there are no bytes, or too many were measured already.
    pub entropy: Option<f32>,
}

impl Section {
    /// IMAGE_SCN_MEM_EXECUTE.
    pub fn is_executable(&self) -> bool {
        self.flags & 0x2000_0000 != 0
    }

    /// IMAGE_SCN_MEM_WRITE.
    pub fn is_writable(&self) -> bool {
        self.flags & 0x8000_0000 != 0
    }
}

/// Sections read. The loader takes 96 on older systems; the format allows 65,535.
pub(super) const MAX_SECTIONS: usize = 256;

/// PE Format, "Section Table (Section Headers)".
pub(super) fn read(bytes: &[u8], header: &Header) -> Vec<Section> {
    let mut sections = Vec::new();
    // Sections may overlap, so the bytes measured are counted, not the file's.
    let mut measurable = bytes.len().saturating_mul(2);
    for index in 0..header.section_count.min(MAX_SECTIONS) {
        let at = header.section_table.saturating_add(index.saturating_mul(40));
        let (Some(name), Some(flags)) = (bytes.get(at..at.saturating_add(8)), u32_at(bytes, at.saturating_add(36)))
        else {
            break;
        };
        let field = |offset: usize| size_at(bytes, at.saturating_add(offset)).unwrap_or(0);
        let (virtual_size, address, raw_size, raw_at) = (field(8), field(12), field(16), field(20));
        // The loader rounds the pointer down to a multiple of 512, whatever the alignment says.
        let raw_at = if header.file_alignment >= 0x200 { raw_at & !0x1ff } else { raw_at };
        let range = crate::formats::fields::range_in(bytes, raw_at, raw_size);
        let content = bytes.get(range.clone()).unwrap_or_default();
        let is_measured = content.len() <= measurable && !content.is_empty();
        if is_measured {
            measurable = measurable.saturating_sub(content.len());
        }
        sections.push(Section {
            name: String::from_utf8_lossy(name).trim_end_matches('\0').to_owned(),
            address,
            virtual_size,
            is_cut: range.len() < raw_size && raw_size > 0,
            entropy: is_measured.then(|| entropy(content)),
            range,
            flags,
        });
    }
    sections
}

/// Addresses to file offsets, as the loader maps them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Image<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) header: &'a Header,
    pub(super) sections: &'a [Section],
}

impl Image<'_> {
    /// File offset of an RVA.
    pub(super) fn offset(&self, rva: usize) -> Option<usize> {
        for section in self.sections {
            let size = section.virtual_size.max(section.range.len());
            if let Some(inside) = rva.checked_sub(section.address)
                && inside < size
            {
                return (inside < section.range.len()).then(|| section.range.start.saturating_add(inside));
            }
        }
        (rva < self.header.headers_size.min(self.bytes.len())).then_some(rva)
    }

    /// File offset of an absolute address.
    pub(super) fn offset_of_address(&self, address: u64) -> Option<usize> {
        self.offset(usize::try_from(address.checked_sub(self.header.image_base)?).ok()?)
    }
}
