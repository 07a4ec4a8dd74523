//! Mail domains everyone can have an address at, and those often imitated: `rules/indicators/senders.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Senders {
    free_mail: Vec<String>,
    imitated: Vec<String>,
}

static SENDERS: LazyLock<Senders> =
    LazyLock::new(|| super::shipped("senders.toml", include_str!("../../rules/indicators/senders.toml")));

/// Whether anyone can have an address at a domain.
pub fn is_free_mail(domain: &str) -> bool {
    SENDERS.free_mail.iter().any(|known| known.eq_ignore_ascii_case(domain.trim_end_matches('.')))
}

/// Registrable domains that are often imitated.
pub fn imitated() -> &'static [String] {
    &SENDERS.imitated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_registrable_domains_in_lower_case() {
        for domain in SENDERS.free_mail.iter().chain(imitated()) {
            assert!(domain.contains('.') && *domain == domain.to_lowercase(), "{domain}");
            assert_eq!(psl::domain_str(domain), Some(domain.as_str()));
        }
        assert!(is_free_mail("Gmail.com"));
        assert!(!is_free_mail("example.com"));
    }
}
