//! What the scanner is told about the place it works for.

/// Who the recipients are, and whom they trust. All names are compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Site {
    /// Servers whose `Authentication-Results` are believed (RFC 8601 authserv-id). If none is named, the topmost field
    /// is taken, and evidence says so.
    pub authserv_ids: Vec<String>,
    /// Domains of the recipients' organisation.
    pub own_domains: Vec<String>,
    /// Domains of organisations it writes to.
    pub partner_domains: Vec<String>,
}
