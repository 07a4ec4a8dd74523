//! Decoded pieces of a packed disk: the last few are kept, since file systems read a little here and a little there.

use std::collections::VecDeque;
use std::io::Result;
use std::sync::{Arc, Mutex, PoisonError};

/// Pieces kept.
const KEPT: usize = 8;

/// A piece that was decoded, and its number.
type Piece = (u64, Arc<Vec<u8>>);

/// The pieces.
#[derive(Default)]
pub(crate) struct Cache(Mutex<VecDeque<Piece>>);

impl Cache {
    /// The piece of this number, decoded if it is not at hand.
    pub(crate) fn get(&self, number: u64, decode: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<Vec<u8>>> {
        let known =
            |pieces: &VecDeque<Piece>| pieces.iter().find(|piece| piece.0 == number).map(|piece| piece.1.clone());
        if let Some(found) = known(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let piece = Arc::new(decode()?);
        let mut pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pieces.len() >= KEPT {
            pieces.pop_front();
        }
        pieces.push_back((number, piece.clone()));
        Ok(piece)
    }
}
