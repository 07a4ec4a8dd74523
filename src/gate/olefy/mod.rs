//! The olefy door: what rspamd asks about macros in documents.
