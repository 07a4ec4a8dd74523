//! The milter door: version 6 of the protocol, for Postfix, Sendmail and Stalwart.
//!
//! A mail server offers what it can ([`negotiate`]), then tells in frames ([`frame`], [`command`]) what it was given:
//! envelope, header fields, body. The [`session`] puts the message together as its recipients will get it ([`mail`]).
//! At the end of the body the mail is judged while the mail server waits ([`judge`]), and the action becomes changes and
//! one final reply ([`action`], [`reply`]).
//!
//! Why no crate: `miltr-server` sends no progress while a filter thinks, so a long scan runs into the mail server's timer;
//! it does not notice that the client gave up while it thinks; and it leaves the order of negotiated replies to the
//! filter. `indymilter` is under the GPL. What is left of the protocol is small.

mod action;
mod command;
mod connection;
mod examiner;
mod frame;
mod judge;
mod mail;
mod negotiate;
mod reply;
mod server;
mod session;
mod transcript;
mod waiting;

pub use server::serve;
pub use transcript::{Transcript, transcript};

#[cfg(test)]
mod peer;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod tests;
