//! MAPI properties in a TNEF attribute (MS-OXTNEF 2.1.3.4): a count, then each property with its name where it has
//! one and its values.

use bytes::Bytes;
use encoding_rs::UTF_16LE;

use crate::formats::fields::{clsid_at, u16_at, u32_at, u64_at};
use crate::formats::mail::mapi::{Named, Properties, Value, kind};

/// Set where a property has several values.
const MULTIPLE: u16 = 0x1000;
/// Values of one property that are read.
const MAX_VALUES: u32 = 10_000;

/// A property that is an object of its own: an attachment's data.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) id: u16,
    /// What interface it has.
    pub(super) interface: [u8; 16],
    pub(super) data: Bytes,
}

struct Cursor<'a> {
    bytes: &'a Bytes,
    at: usize,
}

impl Cursor<'_> {
    fn u32(&mut self) -> Option<u32> {
        let value = u32_at(self.bytes, self.at)?;
        self.at = self.at.saturating_add(4);
        Some(value)
    }

    /// Bytes of a length, then padding to four.
    fn padded(&mut self, length: usize) -> Option<Bytes> {
        let end = self.at.checked_add(length)?;
        (end <= self.bytes.len()).then_some(())?;
        let taken = self.bytes.slice(self.at..end);
        self.at = end.saturating_add(length.wrapping_neg() % 4);
        Some(taken)
    }

    fn counted(&mut self) -> Option<Bytes> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.padded(length)
    }
}

/// Reads properties into a list, and gives the objects among them. `Err` says where the bytes stop making sense.
pub(super) fn read(bytes: &Bytes, into: &mut Properties) -> (Vec<Object>, Result<(), usize>) {
    let mut cursor = Cursor { bytes, at: 0 };
    let mut objects = Vec::new();
    let Some(count) = cursor.u32() else { return (objects, Err(0)) };
    for _ in 0..count {
        let at = cursor.at;
        if one(&mut cursor, into, &mut objects).is_none() {
            return (objects, Err(at));
        }
    }
    (objects, Ok(()))
}

fn one(cursor: &mut Cursor<'_>, into: &mut Properties, objects: &mut Vec<Object>) -> Option<()> {
    let tag = cursor.u32()?;
    let (stored, id) = (u16::try_from(tag & 0xFFFF).ok()?, u16::try_from(tag >> 16).ok()?);
    if id >= 0x8000 {
        let set = clsid_at(cursor.bytes, cursor.at)?;
        cursor.at = cursor.at.saturating_add(16);
        let number = match cursor.u32()? {
            0 => Some(cursor.u32()?),
            _ => {
                cursor.counted()?;
                None
            }
        };
        into.name(id, Named { set, number });
    }
    let is_multiple = stored & MULTIPLE != 0;
    let kind = stored & !MULTIPLE;
    if let Some(width) = kind::width(kind) {
        let values = if is_multiple { cursor.u32()? } else { 1 };
        for _ in 0..values.min(MAX_VALUES) {
            let value = cursor.padded(width)?;
            let number = match width {
                2 => u64::from(u16_at(&value, 0)?),
                4 => u64::from(u32_at(&value, 0)?),
                8 => u64_at(&value, 0)?,
                _ => continue,
            };
            if !is_multiple {
                into.push(id, Value::Number(number));
            }
        }
        return Some(());
    }
    // A count stands even before a single value here.
    for _ in 0..cursor.u32()?.min(MAX_VALUES) {
        let data = cursor.counted()?;
        match kind {
            kind::STRING => into.push(id, Value::Text(UTF_16LE.decode_without_bom_handling(&data).0.into_owned())),
            kind::STRING8 => into.push(id, Value::Narrow(data)),
            kind::BINARY => into.push(id, Value::Binary(data)),
            kind::OBJECT => {
                let interface = clsid_at(&data, 0)?;
                objects.push(Object { id, interface, data: data.slice(16..) });
            }
            // A type whose length nobody knows: what follows cannot be found.
            _ => return None,
        }
    }
    Some(())
}
