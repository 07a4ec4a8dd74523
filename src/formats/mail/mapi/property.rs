//! Properties as Outlook keeps them (MS-OXCDATA 2.11, ids from MS-OXPROPS), read from compound files and from TNEF alike.

use std::collections::HashMap;

use bytes::Bytes;

use crate::formats::mail::charset::{Place, decode, guess};

/// Ids of the properties we ask for.
pub(crate) mod id {
    pub(crate) const SENT_REPRESENTING_NAME: u16 = 0x0042;
    pub(crate) const REPLY_RECIPIENT_ENTRIES: u16 = 0x004F;
    pub(crate) const REPLY_RECIPIENT_NAMES: u16 = 0x0050;
    pub(crate) const SENT_REPRESENTING_ADDRESS: u16 = 0x0065;
    pub(crate) const SUBJECT: u16 = 0x0037;
    pub(crate) const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub(crate) const SUBJECT_PREFIX: u16 = 0x003D;
    pub(crate) const TRANSPORT_HEADERS: u16 = 0x007D;
    pub(crate) const MESSAGE_CLASS: u16 = 0x001A;
    pub(crate) const SENDER_NAME: u16 = 0x0C1A;
    pub(crate) const SENDER_ADDRESS: u16 = 0x0C1F;
    pub(crate) const DISPLAY_TO: u16 = 0x0E04;
    pub(crate) const DELIVERY_TIME: u16 = 0x0E06;
    pub(crate) const NORMALIZED_SUBJECT: u16 = 0x0E1D;
    pub(crate) const BODY: u16 = 0x1000;
    pub(crate) const RTF_COMPRESSED: u16 = 0x1009;
    pub(crate) const HTML: u16 = 0x1013;
    pub(crate) const MESSAGE_ID: u16 = 0x1035;
    pub(crate) const REFERENCES: u16 = 0x1039;
    pub(crate) const IN_REPLY_TO: u16 = 0x1042;
    pub(crate) const DISPLAY_NAME: u16 = 0x3001;
    pub(crate) const ATTACH_DATA: u16 = 0x3701;
    pub(crate) const ATTACH_EXTENSION: u16 = 0x3703;
    pub(crate) const ATTACH_FILENAME: u16 = 0x3704;
    pub(crate) const ATTACH_METHOD: u16 = 0x3705;
    pub(crate) const ATTACH_LONG_FILENAME: u16 = 0x3707;
    pub(crate) const ATTACH_PATHNAME: u16 = 0x3708;
    pub(crate) const ATTACH_LONG_PATHNAME: u16 = 0x370D;
    pub(crate) const ATTACH_MIME_TAG: u16 = 0x370E;
    pub(crate) const ATTACHMENT_HIDDEN: u16 = 0x7FFE;
    pub(crate) const INTERNET_CODE_PAGE: u16 = 0x3FDE;
    pub(crate) const MESSAGE_CODE_PAGE: u16 = 0x3FFD;
    pub(crate) const SENDER_SMTP_ADDRESS: u16 = 0x5D01;
    pub(crate) const SENT_REPRESENTING_SMTP_ADDRESS: u16 = 0x5D02;
}

/// Types of properties, MS-OXCDATA 2.11.1.
pub(crate) mod kind {
    pub(crate) const OBJECT: u16 = 0x000D;
    pub(crate) const STRING8: u16 = 0x001E;
    pub(crate) const STRING: u16 = 0x001F;
    pub(crate) const BINARY: u16 = 0x0102;

    /// Bytes of a value that is stored in place; none for what is stored elsewhere.
    pub(crate) fn width(kind: u16) -> Option<usize> {
        match kind {
            0x0002 | 0x000B => Some(2),
            0x0003 | 0x0004 | 0x000A => Some(4),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
            0x0048 => Some(16),
            _ => None,
        }
    }
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Numbers, flags and times.
    Number(u64),
    /// A Unicode string.
    Text(String),
    /// A string in the message's code page.
    Narrow(Bytes),
    /// Bytes.
    Binary(Bytes),
}

/// What a property with an id of 0x8000 or more stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The set it is of, as stored.
    pub(crate) set: [u8; 16],
    /// Its number in the set; none if it has a name instead.
    pub(crate) number: Option<u32>,
}

/// The properties of a message, recipient or attachment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    /// Id and value; Unicode and 8-bit values of one id may both be there.
    values: Vec<(u16, Value)>,
    named: HashMap<u16, Named>,
    /// The Windows code page of 8-bit strings; 0 where none is stated.
    pub(crate) code_page: u32,
}

/// Properties kept; Outlook writes a few hundred.
const MAX_VALUES: usize = 10_000;

impl Properties {
    /// None yet, with strings in a code page.
    pub(crate) fn in_code_page(code_page: u32) -> Self {
        Properties { code_page, ..Properties::default() }
    }

    pub(crate) fn push(&mut self, id: u16, value: Value) {
        if self.values.len() < MAX_VALUES {
            self.values.push((id, value));
        }
    }

    pub(crate) fn name(&mut self, id: u16, named: Named) {
        if self.named.len() < MAX_VALUES {
            self.named.insert(id, named);
        }
    }

    /// Every value of this id.
    pub(crate) fn all(&self, id: u16) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |(known, _)| *known == id).map(|(_, value)| value)
    }

    /// Every value of a named property.
    pub(crate) fn all_named(&self, set: [u8; 16], number: u32) -> impl Iterator<Item = &Value> {
        let wanted = Named { set, number: Some(number) };
        self.values.iter().filter(move |(id, _)| self.named.get(id) == Some(&wanted)).map(|(_, value)| value)
    }

    /// Every different text of this id that says something, Unicode first.
    pub(crate) fn texts(&self, id: u16) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        let wide = self.all(id).filter(|value| matches!(value, Value::Text(_)));
        let narrow = self.all(id).filter(|value| matches!(value, Value::Narrow(_)));
        for value in wide.chain(narrow) {
            let text = self.read(value);
            if !text.trim().is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// The first text of this id that says something.
    pub(crate) fn text(&self, id: u16) -> Option<String> {
        self.texts(id).into_iter().next()
    }

    /// A value as text; empty for numbers.
    pub(crate) fn read(&self, value: &Value) -> String {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Narrow(bytes) => self.decode(bytes),
            Value::Binary(_) | Value::Number(_) => String::new(),
        };
        text.trim_end_matches('\0').to_owned()
    }

    /// Bytes in the message's code page.
    pub(crate) fn decode(&self, bytes: &[u8]) -> String {
        match label(self.code_page) {
            Some(label) => decode(Some(label), bytes, Place::Body).text,
            None => guess(bytes, None, Place::Body).text,
        }
    }

    pub(crate) fn number(&self, id: u16) -> Option<u64> {
        self.all(id).find_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }

    pub(crate) fn binary(&self, id: u16) -> Option<Bytes> {
        self.all(id).find_map(|value| match value {
            Value::Binary(bytes) => Some(bytes.clone()),
            _ => None,
        })
    }
}

/// The charset of a Windows code page.
pub(crate) fn label(code_page: u32) -> Option<&'static str> {
    Some(match code_page {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 | 51949 => "euc-kr",
        950 => "big5",
        1200 => "utf-16le",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 | 28591 => "windows-1252",
        1253 => "windows-1253",
        1254 | 28599 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        20866 => "koi8-r",
        21866 => "koi8-u",
        28592 => "iso-8859-2",
        28595 => "iso-8859-5",
        28597 => "iso-8859-7",
        28598 => "iso-8859-8",
        28605 => "iso-8859-15",
        50220..=50222 => "iso-2022-jp",
        20932 | 51932 => "euc-jp",
        52936 | 54936 => "gb18030",
        65000 => "utf-7",
        65001 => "utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_their_code_page() {
        let mut properties = Properties { code_page: 932, ..Properties::default() };
        let narrow = encoding_rs::SHIFT_JIS.encode("航空券").0.into_owned();
        properties.push(id::SUBJECT, Value::Narrow(narrow.into()));
        properties.push(id::SUBJECT, Value::Text("ticket\0".to_owned()));
        assert_eq!(properties.texts(id::SUBJECT), ["ticket", "航空券"]);
    }

    #[test]
    fn named_properties_are_found_by_set_and_number() {
        let mut properties = Properties::default();
        properties.name(0x8001, Named { set: [1; 16], number: Some(7) });
        properties.push(0x8001, Value::Number(5));
        assert_eq!(properties.all_named([1; 16], 7).count(), 1);
        assert_eq!(properties.all_named([2; 16], 7).count(), 0);
    }
}
