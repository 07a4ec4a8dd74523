//! Fields of compiled code, in the order of the machine that compiled it: little-endian, big-endian on the Macintosh of
//! old.

/// The order of a field's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// Bytes read in an order; nothing where they end early.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) order: Order,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], order: Order) -> Self {
        Fields { bytes, order }
    }

    pub(super) fn u8(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn u16(self, at: usize) -> Option<u16> {
        let field = self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(match self.order {
            Order::Little => u16::from_le_bytes(*field),
            Order::Big => u16::from_be_bytes(*field),
        })
    }

    pub(super) fn u32(self, at: usize) -> Option<u32> {
        let field = self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(match self.order {
            Order::Little => u32::from_le_bytes(*field),
            Order::Big => u32::from_be_bytes(*field),
        })
    }

    /// A 32-bit field used as an offset or size.
    pub(super) fn size(self, at: usize) -> Option<usize> {
        usize::try_from(self.u32(at)?).ok()
    }

    /// The bytes from an offset on, at most `length`; empty past the end.
    pub(super) fn part(self, at: usize, length: usize) -> Fields<'a> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        Fields { bytes: rest.get(..length).unwrap_or(rest), order: self.order }
    }

    /// A table with its size (32 bits) before it, at an offset; empty where there is none.
    pub(super) fn table(self, at: usize) -> Fields<'a> {
        match (self.size(at), at.checked_add(4)) {
            (Some(length), Some(start)) if length != usize::MAX && length != 0xffff_ffff => self.part(start, length),
            _ => Fields { bytes: &[], order: self.order },
        }
    }
}

/// A place in fields that moves on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn skip(&mut self, length: usize) -> Option<()> {
        self.at = self.at.checked_add(length).filter(|at| *at <= self.fields.bytes.len())?;
        Some(())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let value = self.fields.u8(self.at)?;
        self.at = self.at.checked_add(1)?;
        Some(value)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let value = self.fields.u16(self.at)?;
        self.at = self.at.checked_add(2)?;
        Some(value)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let value = self.fields.u32(self.at)?;
        self.at = self.at.checked_add(4)?;
        Some(value)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.fields.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at = self.at.checked_add(length)?;
        Some(bytes)
    }

    /// Items with their count (16 bits) before them; a count of 0xFFFF means none where `may_lack`.
    pub(super) fn counted(&mut self, size: usize, may_lack: bool) -> Option<&'a [u8]> {
        match self.u16()? {
            0xffff if may_lack => Some(&[]),
            count => self.bytes(usize::from(count).checked_mul(size)?),
        }
    }
}
