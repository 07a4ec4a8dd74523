//! The header of a compound file, MS-CFB 2.2.

use crate::formats::fields::{clsid_at, u16_at, u32_at};
use crate::model::{Location, ParseError, Problem};

/// The signature.
pub(super) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// FAT sectors the header names itself.
const DIFAT_IN_HEADER: usize = 109;

/// What the other tables need to know.
#[derive(Debug)]
pub(super) struct Header {
    /// 3 or 4; anything else is read as 3.
    pub(super) major: u16,
    /// Sector size as a power of two.
    pub(super) sector_shift: u32,
    pub(super) first_directory: u32,
    pub(super) first_mini_fat: u32,
    pub(super) first_difat: u32,
    /// The first FAT sectors, as stored.
    pub(super) difat: Vec<u32>,
    /// Which of its fields was replaced by what the file shows.
    pub(super) repair: Option<String>,
}

/// Header fields at their offsets, MS-CFB 2.2. What Windows ignores is ignored here too, but said.
pub(super) fn header(bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Header, ParseError> {
    if !bytes.starts_with(&MAGIC) {
        return Err(ParseError::new("no compound file signature", 0));
    }
    let short = || ParseError::new("compound file ends inside its header", bytes.len() as u64);
    let mut odd = |what: String, offset: u64| problems.push(Problem::odd(what, Location::offset(offset)));

    if clsid_at(bytes, 8).ok_or_else(short)? != [0; 16] {
        odd("compound file header has a class id".to_owned(), 8);
    }
    let major = u16_at(bytes, 26).ok_or_else(short)?;
    if !matches!(major, 3 | 4) {
        odd(format!("compound file version is {major}"), 26);
    }
    let byte_order = u16_at(bytes, 28).ok_or_else(short)?;
    if byte_order != 0xFFFE {
        odd(format!("byte order mark is {byte_order:#06x}"), 28);
    }
    let by_version = if major == 4 { 12 } else { 9 };
    let stated_shift = match u32::from(u16_at(bytes, 30).ok_or_else(short)?) {
        shift if shift == by_version => shift,
        shift @ 7..=16 => {
            odd(format!("sector size is 2^{shift} in version {major}"), 30);
            shift
        }
        shift => {
            odd(format!("sector size 2^{shift} is impossible; 2^{by_version} is used"), 30);
            by_version
        }
    };
    let first_directory = u32_at(bytes, 48).ok_or_else(short)?;
    // A size is right where the root stands at the place it gives to the first sector of the directory.
    let sector_shift =
        [stated_shift, 9, 12].into_iter().find(|shift| has_root(bytes, *shift, first_directory)).unwrap_or(by_version);
    let repair = (sector_shift != stated_shift)
        .then(|| format!("sectors have 2^{sector_shift} bytes, not 2^{stated_shift} as the header says"));
    if let Some(repair) = &repair {
        odd(repair.clone(), 30);
    }
    // Everything reads these two as fixed, whatever the header says.
    let mini_shift = u16_at(bytes, 32).ok_or_else(short)?;
    if mini_shift != MINI_SHIFT as u16 {
        odd(format!("mini sector size is 2^{mini_shift}; 2^{MINI_SHIFT} is used"), 32);
    }
    let cutoff = u32_at(bytes, 56).ok_or_else(short)?;
    if u64::from(cutoff) != MINI_CUTOFF {
        odd(format!("mini stream cutoff is {cutoff}; {MINI_CUTOFF} is used"), 56);
    }
    let difat =
        (0..DIFAT_IN_HEADER).map_while(|index| u32_at(bytes, index.saturating_mul(4).saturating_add(76))).collect();
    Ok(Header {
        major,
        sector_shift,
        first_directory,
        first_mini_fat: u32_at(bytes, 60).ok_or_else(short)?,
        first_difat: u32_at(bytes, 68).ok_or_else(short)?,
        difat,
        repair,
    })
}

/// Whether the root entry (MS-CFB 2.6.2) is the first in a sector, with sectors of this size.
fn has_root(bytes: &[u8], shift: u32, sector: u32) -> bool {
    let offset = u64::from(sector).saturating_add(1).checked_shl(shift).unwrap_or(u64::MAX);
    usize::try_from(offset).is_ok_and(|at| bytes.get(at..).is_some_and(super::directory::begins_with_root))
}

/// Mini sectors have 64 bytes.
pub(super) const MINI_SHIFT: u32 = 6;
/// Streams below this size are in the mini stream.
pub(super) const MINI_CUTOFF: u64 = 4096;
