//! What is done with a mail: outcome and recipients to one [`Decision`], as plain data that every door carries out in
//! its own protocol.
//!
//! 1. [`causes`] says everything an outcome counts as: a mail may be suspicious and hold something encrypted.
//! 2. [`action`] looks each up in the table and in the exceptions of every recipient; the strictest action is taken,
//!    so that nothing added to a mail ever makes its treatment milder.
//! 3. [`decide`] adds the header fields, the reply, and what to take out of the mail.
//! 4. What could not be carried out as decided becomes another decision: [`Decision::confirmed`] after attachments
//!    were (not) taken out, [`Decision::not_kept`] after the store failed.

mod causes;
mod decision;
mod headers;
mod notice;
mod reason;
mod recipients;
mod reply;
mod targets;

pub use causes::{cause, causes};
pub use decision::{Decision, decide};
pub use headers::{Forged, forged, release_field};
pub use recipients::action;
pub use reply::Reply;

#[cfg(test)]
mod decision_tests;
#[cfg(test)]
pub(super) mod samples;
