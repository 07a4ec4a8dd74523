//! Documents that are neither office files nor mails.

pub mod html;
pub mod pdf;
pub mod rtf;
pub mod svg;
