//! Extended headers of pax: records that override or add to the plain header of the next entry (or of all).

use std::collections::BTreeMap;

/// What extended headers say, POSIX.1-2017 pax, "pax Extended Header"; GNU's sparse keywords as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pax {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    /// GNU's first sparse format repeats its keywords, in order.
    pub(super) sparse_pairs: Vec<u64>,
}

/// Longest record value that is kept; names and sparse maps are far below.
const MAX_VALUE: usize = 1 << 20;
/// Most keywords kept.
const MAX_KEYS: usize = 1024;

impl Pax {
    /// Reads the records; what cannot be read ends them, and is said.
    pub(super) fn read(&mut self, mut data: &[u8]) -> Result<(), &'static str> {
        while !data.is_empty() && data.first() != Some(&0) {
            let blank = data.iter().take(20).position(|byte| *byte == b' ').ok_or("pax record without a length")?;
            let digits = std::str::from_utf8(data.get(..blank).unwrap_or_default()).unwrap_or_default();
            let length: usize = digits.parse().map_err(|_| "pax record whose length is no number")?;
            let record = data.get(blank.saturating_add(1)..length).ok_or("pax record beyond its header")?;
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let split = memchr::memchr(b'=', record).ok_or("pax record without a value")?;
            let (key, value) = record.split_at_checked(split).unwrap_or_default();
            self.set(key, value.get(1..).unwrap_or_default());
            // `length` is at least one here, since the record lies inside it.
            data = data.get(length..).unwrap_or_default();
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        if matches!(key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes") {
            self.sparse_pairs.extend(decimal(value));
        } else if value.is_empty() {
            // An empty value takes an earlier one back.
            self.values.remove(key);
        } else if value.len() <= MAX_VALUE && (self.values.len() < MAX_KEYS || self.values.contains_key(key)) {
            self.values.insert(key.to_vec(), value.to_vec());
        }
    }

    /// Value of a keyword.
    pub(super) fn get(&self, key: &str) -> Option<&[u8]> {
        self.values.get(key.as_bytes()).map(Vec::as_slice)
    }

    /// Value of a keyword as a number.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        decimal(self.get(key)?)
    }
}

/// A decimal number.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_records_up_to_the_damage() {
        let mut pax = Pax::default();
        pax.read("18 path=航空.txt\n".as_bytes()).unwrap_err();
        pax.read("19 path=航空.txt\n12 size=512\n".as_bytes()).unwrap();
        assert_eq!(pax.get("path"), Some("航空.txt".as_bytes()));
        assert_eq!(pax.number("size"), Some(512));
        assert!(pax.read(b"0 x=y\n").is_err());
        assert!(pax.read(b"99 path=b\n").is_err());
    }
}
