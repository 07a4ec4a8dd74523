//! The HTTP door: an interface for programs (`/v1`), health and metrics, and the hook of the Stalwart mail server.
//!
//! [`Reception`] gives each connection a time limit for whatever it waits for ([`Times`]); axum finds the handler;
//! a handler reads the body as far as it may go, asks the [`Checkpoint`](super::Checkpoint), and answers with a document or a
//! problem (RFC 9457). A client that goes away takes its question with it.

mod body;
mod deadline;
mod hall;
mod hook;
mod keys;
mod openapi;
mod patience;
mod problem;
mod router;
mod scan;
mod serve;
mod service;

pub use keys::new_key;
pub use openapi::document as openapi;
pub use patience::Times;
pub use router::{Access, ROUTES, Route};
pub use serve::Reception;

#[cfg(test)]
mod tests;
