//! One header block of 512 bytes.

/// Size of a header and of the unit data is padded to.
pub(super) const BLOCK: usize = 512;

/// The fields of a header block, POSIX.1-2017 pax, "ustar Interchange Format".
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    block: &'a [u8],
}

impl<'a> Header<'a> {
    /// The block as a header; none if it is shorter than one.
    pub(super) fn of(block: &'a [u8]) -> Option<Self> {
        block.get(..BLOCK).map(|block| Header { block })
    }

    /// Bytes of a field; the block's size was checked.
    pub(super) fn field(&self, start: usize, length: usize) -> &'a [u8] {
        self.block.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// A field up to its zero.
    fn text(&self, start: usize, length: usize) -> &'a [u8] {
        until_zero(self.field(start, length))
    }

    /// The name, with ustar's prefix in front. GNU tar keeps other things where the prefix is.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = self.text(0, 100);
        let prefix = if self.field(257, 6) == b"ustar\0" { self.text(345, 155) } else { b"" };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    /// What a link points to.
    pub(super) fn link(&self) -> &'a [u8] {
        self.text(157, 100)
    }

    /// Type flag.
    pub(super) fn kind(&self) -> u8 {
        self.field(156, 1).first().copied().unwrap_or_default()
    }

    /// Bytes of data, as stated.
    pub(super) fn size(&self) -> Option<u64> {
        number(self.field(124, 12))
    }

    /// Permission bits.
    pub(super) fn mode(&self) -> Option<u64> {
        number(self.field(100, 8))
    }

    /// Whether the block names itself ustar, POSIX's or GNU's.
    pub(super) fn has_magic(&self) -> bool {
        self.field(257, 5) == b"ustar"
    }

    /// Whether the checksum is right: the sum of all bytes with the field itself as blanks. Some old programs summed
    /// signed bytes.
    pub(super) fn is_checksum_right(&self) -> bool {
        let Some(stored) = number(self.field(148, 8)) else { return false };
        let (mut unsigned, mut signed) = (0u64, 0i64);
        for (index, byte) in self.block.iter().enumerate() {
            let byte = if (148..156).contains(&index) { b' ' } else { *byte };
            unsigned = unsigned.saturating_add(u64::from(byte));
            signed = signed.saturating_add(i64::from(byte as i8));
        }
        stored == unsigned || i64::try_from(stored) == Ok(signed)
    }
}

/// Whether a block is a header. A block of zeros is none.
pub(super) fn is_header(block: &[u8]) -> bool {
    Header::of(block).is_some_and(|header| header.field(0, 1) != b"\0" && header.is_checksum_right())
        || Header::of(block).is_some_and(|header| header.has_magic() && header.is_checksum_right())
}

/// Whether a block is all zeros.
pub(super) fn is_zero(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// A number: octal digits between blanks and zeros, or GNU's base 256 when the first bit is set.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        // Negative numbers (0xff first) make no sense where we use this.
        let mut value = u64::from(first & 0x7f);
        for byte in rest {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return Some(value);
    }
    let is_filler = |byte: &u8| matches!(byte, b' ' | 0);
    let digits = field.get(field.iter().position(|byte| !is_filler(byte))?..)?;
    let mut value = None;
    for byte in digits {
        match byte {
            b'0'..=b'7' => {
                let digit = u64::from(byte.saturating_sub(b'0'));
                value = Some(value.unwrap_or(0u64).checked_mul(8)?.checked_add(digit)?);
            }
            byte if is_filler(byte) => break,
            _ => return None,
        }
    }
    value
}

/// Bytes before the first zero.
pub(super) fn until_zero(field: &[u8]) -> &[u8] {
    field.get(..memchr::memchr(0, field).unwrap_or(field.len())).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_programs_wrote_them() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\0\0\0\x02\x00"), Some(512));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(number(b"12x"), None);
        assert_eq!(number(b"\0\0\0\0"), None);
    }
}
