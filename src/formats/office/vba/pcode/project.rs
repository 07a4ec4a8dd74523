//! The identifiers of a project: the table in `_VBA_PROJECT` that compiled code names things by. MS-OVBA 2.3.4.1 keeps
//! its layout to itself. An identifier is a number times two: up to [`Names::last_reserved`], which the table itself
//! states, it is a reserved name; above, the table's own names follow in their order.

use super::bytes::{Cursor, Fields, Order};
use super::reserved;
use crate::formats::fields::u16_at;
use crate::formats::office::vba::codepage::CodePage;

/// Names of a project, and who compiled it.
#[derive(Debug, Default)]
pub struct Names {
    /// Version of the cache: 0x5E Office 97, 0x6B and up VBA 6, 0x97 and up VBA 7; 0xFFFF none.
    pub version: u16,
    /// Whether its kind is 64-bit, as the cache says itself.
    pub is_wide: bool,
    /// The last identifier that is reserved: 0xFF in VBA 5 and 6, 0x103 in VBA 7, 0x106 in its 64-bit form.
    pub last_reserved: u16,
    /// The project's own names.
    own: Vec<String>,
    /// Why the table could not be read.
    pub damage: Option<Damage>,
}

/// What of the cache could not be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// What it is.
    pub what: &'static str,
    /// Where.
    pub offset: usize,
}

/// VBA 7 starts here, Office 2010.
const VBA7: u16 = 0x97;
/// VBA 6 starts here.
const VBA6: u16 = 0x6b;
/// Reserved names up to here have the same identifier in every version.
const SAME_IN_ALL: u16 = 0xc2;
/// A stream that states no version holds no cache.
pub(super) const NO_VERSION: u16 = 0xffff;

impl Names {
    /// Reads the stream `_VBA_PROJECT`.
    pub(in crate::formats::office::vba) fn read(stream: &[u8], code_page: CodePage) -> Self {
        let version = u16_at(stream, 2).unwrap_or(NO_VERSION);
        let mut names = Names { version, ..Names::default() };
        if version == NO_VERSION || u16_at(stream, 0) != Some(0x61cc) {
            names.version = NO_VERSION;
            return names;
        }
        // The kind of system: 1 Windows, 3 Windows in 64 bits; 14 in big-endian order is the Macintosh of old.
        let order = if matches!(u16_at(stream, 5), Some(0x000e | 0x0e00)) { Order::Big } else { Order::Little };
        if names.version > 0xff && order == Order::Big {
            names.version = version.swap_bytes();
        }
        names.is_wide = u16_at(stream, 5) == Some(3);
        let fields = Fields::new(stream, order);
        let mut cursor = Cursor { fields, at: 0x1e };
        let found = skip_to_names(&mut cursor, names.version).and_then(|()| Table::read(cursor));
        let found = found.or_else(|| search(fields));
        match found {
            Some(table) => {
                names.last_reserved = table.last_reserved;
                names.own = table.names.iter().map(|name| code_page.decode(name).0).collect();
            }
            None => {
                names.damage = Some(Damage { what: "the table of identifiers was not found", offset: cursor.at });
            }
        }
        names
    }

    /// Whether there are names at all.
    pub fn is_known(&self) -> bool {
        self.last_reserved != 0
    }

    /// Whether compiled code can run: a stream without a version makes the host compile the source anew.
    pub fn has_version(&self) -> bool {
        self.version != NO_VERSION
    }

    pub(super) fn is_vba5(&self) -> bool {
        self.version < VBA6
    }

    /// Whether what the stream says of its version fits what it holds: compilers state how many names they reserve.
    pub(in crate::formats::office::vba) fn version_fits(&self) -> bool {
        !self.is_known() || self.version == NO_VERSION || (self.version >= VBA7) == (self.last_reserved > 0xff)
    }

    /// The name of an identifier as stored.
    pub(super) fn get(&self, stored: u16) -> Option<&str> {
        let identifier = stored >> 1;
        match identifier.checked_sub(self.last_reserved).and_then(|above| above.checked_sub(1)) {
            Some(own) if self.is_known() => self.own.get(usize::from(own)).map(String::as_str),
            Some(_) => reserved::name(identifier, false).filter(|_| identifier <= SAME_IN_ALL),
            None => reserved::name(identifier, self.last_reserved > 0xff),
        }
    }

    /// The project's own names.
    pub fn own(&self) -> &[String] {
        &self.own
    }
}

/// Whether texts of the stream are in UTF-16: references from one version on, names of modules from another.
fn is_wide_text(version: u16, since: u16) -> bool {
    (version >= since && !matches!(version, 0x60 | 0x62 | 0x63)) || version == 0x4e
}

/// Goes over what lies before the names: references, compile-time constants, texts of the project, modules.
fn skip_to_names(cursor: &mut Cursor<'_>, version: u16) -> Option<()> {
    let references = cursor.u16()?;
    cursor.skip(2)?;
    let wide = is_wide_text(version, 0x5b);
    for _ in 0..references {
        skip_reference(cursor, wide)?;
    }
    // Classes and forms; constants as (identifier, value).
    cursor.counted(2, false)?;
    cursor.counted(4, false)?;
    cursor.skip(2)?;
    // Type info, description, help file.
    for _ in 0..3 {
        cursor.counted(1, true)?;
    }
    cursor.skip(0x64)?;
    let modules = cursor.u16()?;
    let wide = is_wide_text(version, 0x59);
    for _ in 0..modules {
        skip_module(cursor, version, wide)?;
    }
    cursor.skip(6)?;
    let length = usize::try_from(cursor.u32()?).ok()?;
    cursor.skip(length)?;
    cursor.skip(6)
}

fn skip_reference(cursor: &mut Cursor<'_>, wide: bool) -> Option<()> {
    let length = usize::from(cursor.u16()?);
    let mark = if wide { 4usize } else { 2 };
    if length == 0 {
        cursor.skip(6)?;
    } else {
        // `*\C` and `*\D` name another project, whose second path follows.
        let libid = cursor.bytes(length)?;
        if length > mark && matches!(libid.get(mark), Some(b'C' | b'D')) {
            cursor.counted(1, false)?;
        }
    }
    cursor.skip(10)?;
    if cursor.u16()? != 0 {
        cursor.counted(1, false)?;
        let length = usize::from(cursor.u16()?);
        cursor.skip(if length > 0 { 2 } else { 0 })?;
        cursor.skip(length.checked_add(30)?)?;
    }
    Some(())
}

fn skip_module(cursor: &mut Cursor<'_>, version: u16, wide: bool) -> Option<()> {
    let length = usize::from(cursor.u16()?);
    if wide {
        cursor.skip(length)?;
    } else if length > 0 {
        cursor.counted(1, false)?;
    }
    // Name of the stream, an optional text, the identifier.
    cursor.counted(1, false)?;
    cursor.counted(1, true)?;
    cursor.skip(2)?;
    if version >= VBA6 {
        cursor.counted(1, true)?;
    }
    cursor.counted(1, true)?;
    cursor.skip(if version == 0x51 { 2 } else { 6 })?;
    cursor.counted(8, false)?;
    cursor.skip(11)
}

struct Table<'a> {
    last_reserved: u16,
    names: Vec<&'a [u8]>,
}

impl<'a> Table<'a> {
    /// The head: the next free identifier, the number of entries, the last reserved identifier, 4 more bytes. First come
    /// reserved names that the project writes in its own way, then its own names.
    fn read(mut cursor: Cursor<'a>) -> Option<Self> {
        let next = cursor.u16()?;
        let count = cursor.u16()?;
        let last_reserved = cursor.u16()?;
        cursor.skip(4)?;
        let own = next.checked_sub(last_reserved)?;
        if !(0xf0..0x140).contains(&last_reserved) || count < own {
            return None;
        }
        for _ in own..count {
            cursor.skip(4)?;
            entry(&mut cursor)?;
        }
        let mut names = Vec::with_capacity(usize::from(own).min(cursor.fields.bytes.len() / 4));
        for _ in 0..own {
            // An own name in the place of a reserved one has that one's identifier and no hash.
            let is_keyword = cursor.fields.u16(cursor.at)? == 0;
            if is_keyword {
                cursor.skip(4)?;
            }
            names.push(entry(&mut cursor)?);
            if !is_keyword {
                cursor.skip(4)?;
            }
        }
        Some(Table { last_reserved, names })
    }
}

/// One name: its length and kind; six more bytes where the kind says so.
fn entry<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let (first, second) = (cursor.u8()?, cursor.u8()?);
    let (length, kind) = match cursor.fields.order {
        Order::Little => (first, second),
        Order::Big => (second, first),
    };
    if kind & 0x80 != 0 {
        cursor.skip(6)?;
    }
    let name = cursor.bytes(usize::from(length))?;
    (!name.iter().any(|byte| *byte < b' ')).then_some(name)
}

/// The table by itself, where what lies before it makes no sense: a head that fits, and names to the last one.
fn search(fields: Fields<'_>) -> Option<Table<'_>> {
    /// Heads tried.
    const MAX_TRIES: usize = 64;
    let mut tries = 0usize;
    for at in 0x1e..fields.bytes.len() {
        let (Some(next), Some(count), Some(last)) =
            (fields.u16(at), fields.u16(at.saturating_add(2)), fields.u16(at.saturating_add(4)))
        else {
            break;
        };
        let own = next.saturating_sub(last);
        if !matches!(last, 0xff | 0x103 | 0x106) || own < 4 || count < own || count > own.saturating_add(0x140) {
            continue;
        }
        tries = tries.saturating_add(1);
        if tries > MAX_TRIES {
            break;
        }
        if let Some(table) = Table::read(Cursor { fields, at }) {
            return Some(table);
        }
    }
    None
}
