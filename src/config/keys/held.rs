//! Between what a key holds and the type it has in the settings.

use std::path::PathBuf;
use std::time::Duration;

use super::super::settings::{Action, ErrorStyle, Hold, Listen, LogFormat};
use super::super::value::Value;
use crate::report::Language;

/// A type of the settings. What a [`Kind`](super::Kind) has read always fits the type of its key; a test holds them
/// together.
pub(in crate::config) trait Held: Sized {
    fn from_value(value: Value) -> Option<Self>;
    fn to_value(&self) -> Value;
}

macro_rules! held {
    ($($type:ty: $variant:ident),*) => {
        $(impl Held for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(held) => Some(held),
                    _ => None,
                }
            }

            fn to_value(&self) -> Value {
                Value::$variant(self.clone())
            }
        })*
    };
}

held! {
    bool: Flag,
    u64: Number,
    Duration: Time,
    Option<String>: Text,
    Vec<String>: Texts,
    Option<PathBuf>: Path,
    Vec<PathBuf>: Paths,
    Vec<Listen>: Listens,
    Vec<(String, String)>: Pairs
}

macro_rules! held_number {
    ($($type:ty),*) => {
        $(impl Held for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::Number(number) => <$type>::try_from(number).ok(),
                    _ => None,
                }
            }

            fn to_value(&self) -> Value {
                Value::Number(u64::try_from(*self).unwrap_or(u64::MAX))
            }
        })*
    };
}

held_number!(usize, u32, u16);

impl Held for String {
    fn from_value(value: Value) -> Option<Self> {
        Option::from_value(value)?
    }

    fn to_value(&self) -> Value {
        Value::Text(Some(self.clone()))
    }
}

/// Empty where it is not set.
impl Held for PathBuf {
    fn from_value(value: Value) -> Option<Self> {
        Option::from_value(value)?
    }

    fn to_value(&self) -> Value {
        Value::Path((!self.as_os_str().is_empty()).then(|| self.clone()))
    }
}

macro_rules! held_word {
    ($($type:ty { $($word:literal: $value:expr),* })*) => {
        $(impl Held for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::Text(Some(word)) => match word.as_str() {
                        $($word => Some($value),)*
                        _ => None,
                    },
                    _ => None,
                }
            }

            fn to_value(&self) -> Value {
                [$(($word, $value)),*]
                    .into_iter()
                    .find(|(_, value)| value == self)
                    .map_or(Value::Text(None), |(word, _)| Value::Text(Some(word.to_owned())))
            }
        })*
    };
}

held_word! {
    Language { "en": Language::English, "ja": Language::Japanese }
    Hold { "store": Hold::Store, "server": Hold::Server }
    LogFormat { "text": LogFormat::Text, "json": LogFormat::Json }
    ErrorStyle { "error": ErrorStyle::Error, "found": ErrorStyle::Found }
    Action {
        "accept": Action::Accept,
        "tag": Action::Tag,
        "replace": Action::Replace,
        "quarantine": Action::Quarantine,
        "defer": Action::Defer,
        "reject": Action::Reject
    }
}
