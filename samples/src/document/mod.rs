//! Documents that are neither office files nor mails.

pub mod chm;
pub mod pdf;
pub mod rtf;
