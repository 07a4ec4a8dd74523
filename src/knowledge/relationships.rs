//! What Office does with a relationship that leads outside the document: `rules/indicators/relationships.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// What becomes of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Loaded as the document's template.
    Template,
    /// Fetched or opened as content.
    Content,
    /// Fetched as a picture or sound.
    Media,
    /// Shown as a link.
    Link,
    /// No type that a table names.
    Unknown,
}

#[derive(Deserialize)]
struct Table {
    template: Vec<String>,
    content: Vec<String>,
    media: Vec<String>,
    link: Vec<String>,
    shared_hosts: Vec<String>,
    decisive_schemes: Vec<String>,
    odd_schemes: Vec<String>,
    odd_as_content: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("relationships.toml", include_str!("../../rules/indicators/relationships.toml")));

/// What a relationship of this type (last word of its URI, lower case) is for.
pub fn use_of(kind: &str) -> Use {
    let holds = |list: &[String]| list.iter().any(|known| known == kind);
    if holds(&TABLE.template) {
        Use::Template
    } else if holds(&TABLE.content) {
        Use::Content
    } else if holds(&TABLE.media) {
        Use::Media
    } else if holds(&TABLE.link) {
        Use::Link
    } else {
        Use::Unknown
    }
}

/// Whether a host (lower case) is one that organisations keep their documents on, under names of their own.
pub fn is_shared_host(host: &str) -> bool {
    TABLE.shared_hosts.iter().any(|known| host.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.')))
}

/// Whether a scheme (lower case) runs something.
pub fn is_decisive_scheme(scheme: &str) -> bool {
    TABLE.decisive_schemes.iter().any(|known| known == scheme)
}

/// Whether a scheme (lower case) opens a program that no document needs.
pub fn is_odd_scheme(scheme: &str) -> bool {
    TABLE.odd_schemes.iter().any(|known| known == scheme)
}

/// Whether a scheme (lower case) is one that links may have, but nothing that is fetched.
pub fn is_odd_as_content(scheme: &str) -> bool {
    TABLE.odd_as_content.iter().any(|known| known == scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_use() {
        assert_eq!(use_of("attachedtemplate"), Use::Template);
        assert_eq!(use_of("oleobject"), Use::Content);
        assert_eq!(use_of("image"), Use::Media);
        assert_eq!(use_of("hyperlink"), Use::Link);
        assert_eq!(use_of("invented"), Use::Unknown);
        assert!(is_shared_host("company.sharepoint.com") && !is_shared_host("sharepoint.com.example.com"));
        assert!(is_decisive_scheme("ms-msdt"));
        assert!(!is_odd_scheme("https"));
    }
}
