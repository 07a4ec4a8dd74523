//! The objects a PDF is made of (ISO 32000-1 §7.3), as far as scanning needs them. Duplicate dictionary keys are
//! kept: readers differ in which one counts.

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// `null`, `true`, `false`, a real number, or a word that is no PDF.
    Other,
    /// An integer.
    Integer(i64),
    /// A name, without its slash.
    Name(Name),
    /// A string's bytes.
    Text(Text),
    /// An array.
    Array(Vec<Value>),
    /// A dictionary.
    Dictionary(Dictionary),
    /// A reference to an indirect object, by number.
    Reference(u32),
}

/// A name, `#xx` decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its characters.
    pub(crate) text: String,
    /// Whether letters or digits were written as `#xx`, which no writer needs to do.
    pub(crate) is_disguised: bool,
}

/// A string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// Its bytes, escapes and hexadecimal decoded.
    pub(crate) bytes: Vec<u8>,
    /// Whether the file spells it otherwise, so that a search of the raw bytes would miss it.
    pub(crate) is_encoded: bool,
}

impl Text {
    /// The string as text: UTF-16BE or UTF-8 with their marks (§7.9.2.2), else Latin-1, which PDFDocEncoding is for
    /// all that matters here.
    pub(crate) fn decoded(&self) -> String {
        match self.bytes.as_slice() {
            [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
            [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
            [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            // Some writers put Shift_JIS or UTF-8 there without a mark.
            bytes => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            },
        }
    }
}

/// A dictionary, in the file's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dictionary(pub(crate) Vec<(Name, Value)>);

impl Dictionary {
    /// The value of a key; the last one where the key repeats, as most readers do.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// Every value of a key.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the value of the key is this name.
    pub(crate) fn is(&self, key: &str, name: &str) -> bool {
        self.all(key).any(|value| value.name() == Some(name))
    }
}

impl Value {
    /// The name it is.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Value::Name(name) => Some(name.text.as_str()),
            _ => None,
        }
    }

    /// The dictionary it is.
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Value::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The integer it is.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The string it is, as text.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.decoded()),
            _ => None,
        }
    }

    /// Calls `visit` for every dictionary in it, outermost first. Depth is bounded by the reader that made it.
    pub(crate) fn each_dictionary<'a>(&'a self, visit: &mut dyn FnMut(&'a Dictionary)) {
        match self {
            Value::Dictionary(dictionary) => {
                visit(dictionary);
                for (_, value) in &dictionary.0 {
                    value.each_dictionary(visit);
                }
            }
            Value::Array(values) => {
                for value in values {
                    value.each_dictionary(visit);
                }
            }
            _ => {}
        }
    }
}
