//! Functions of formulas that reach out of the workbook: `rules/indicators/formulas.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    fetching: Vec<String>,
    linking: Vec<String>,
    exchanging: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("formulas.toml", include_str!("../../rules/indicators/formulas.toml")));

/// What a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Fetches when calculated.
    Fetches,
    /// Shows a link.
    Links,
    /// Asks another program for data.
    Exchanges,
}

/// What a function does beyond its workbook, by name without regard to case; none for all others.
pub fn reach_of(function: &str) -> Option<Reach> {
    let holds = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(function));
    if holds(&TABLE.fetching) {
        Some(Reach::Fetches)
    } else if holds(&TABLE.linking) {
        Some(Reach::Links)
    } else if holds(&TABLE.exchanging) {
        Some(Reach::Exchanges)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_reach() {
        assert_eq!(reach_of("WebService"), Some(Reach::Fetches));
        assert_eq!(reach_of("HYPERLINK"), Some(Reach::Links));
        assert_eq!(reach_of("DDE"), Some(Reach::Exchanges));
        assert_eq!(reach_of("SUM"), None);
    }
}
