//! Words around passwords in mail, and the short list tried last: `rules/indicators/passwords.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Deserialize)]
pub struct Passwords {
    /// Words that announce a password in a message, lower case, NFKC.
    pub announcing: Vec<String>,
    /// Passwords tried when no message offers one.
    pub common: Vec<String>,
}

static PASSWORDS: LazyLock<Passwords> =
    LazyLock::new(|| super::shipped("passwords.toml", include_str!("../../rules/indicators/passwords.toml")));

/// The table.
pub fn passwords() -> &'static Passwords {
    &PASSWORDS
}
