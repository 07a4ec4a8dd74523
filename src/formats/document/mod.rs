//! Documents that are neither office files nor mails.

pub mod pdf;
