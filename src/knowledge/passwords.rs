//! Words around passwords in mail, and the short list tried last: `rules/indicators/passwords.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table. All words are lower case and NFKC-normalised.
#[derive(Debug, Deserialize)]
pub struct Passwords {
    /// Words that announce a password wherever they stand.
    pub announcing: Vec<String>,
    /// Words that announce a password only where a separator or bracket follows.
    pub announcing_weak: Vec<String>,
    /// Words that stand where a password would and are none.
    pub not_passwords: Vec<String>,
    /// Words saying that the password is a date.
    pub date_words: Vec<String>,
    /// Words saying that the password is the end of a telephone number.
    pub phone_words: Vec<String>,
    /// Passwords tried when no message offers one.
    pub common: Vec<String>,
    /// Passwords that Office tries on documents before it asks.
    pub office_defaults: Vec<String>,
}

static PASSWORDS: LazyLock<Passwords> =
    LazyLock::new(|| super::shipped("passwords.toml", include_str!("../../rules/indicators/passwords.toml")));

/// The table.
pub fn passwords() -> &'static Passwords {
    &PASSWORDS
}
