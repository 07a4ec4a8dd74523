//! A view is one reading of an artifact's bytes, made once and shared by every stage.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

/// Why bytes could not be read as a format, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at offset {offset:#x}")]
pub struct ParseError {
    /// What was expected or broken, lower case, without the offset.
    pub what: String,
    /// Byte offset in the artifact.
    pub offset: u64,
}

impl ParseError {
    /// An error at a byte offset.
    pub fn new(what: impl Into<String>, offset: u64) -> Self {
        ParseError { what: what.into(), offset }
    }
}

/// A reading of bytes: pure, total and capped. Keyed by type, so a new format adds no field anywhere.
pub trait View: Send + Sync + Sized + 'static {
    /// Reads the bytes; never panics, never allocates more than a small multiple of what it was given.
    fn parse(bytes: &Bytes) -> Result<Self, ParseError>;
}

type Slot = Arc<OnceLock<Result<Arc<dyn Any + Send + Sync>, ParseError>>>;

/// The views made of one artifact so far.
#[derive(Default)]
pub struct Views {
    slots: Mutex<HashMap<TypeId, Slot>>,
}

impl Views {
    /// The view of this type, parsed on first use. The map's lock is not held while parsing.
    pub fn get<V: View>(&self, bytes: &Bytes) -> Result<Arc<V>, ParseError> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.entry(TypeId::of::<V>()).or_default().clone()
        };
        let made = slot.get_or_init(|| V::parse(bytes).map(|view| Arc::new(view) as Arc<dyn Any + Send + Sync>));
        match made {
            Ok(view) => {
                view.clone().downcast::<V>().map_err(|_| ParseError::new("view of another type in this slot", 0))
            }
            Err(error) => Err(error.clone()),
        }
    }
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Views")
    }
}
