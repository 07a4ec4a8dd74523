//! Indicators of compromise: what to look for elsewhere.

use schemars::JsonSchema;
use serde::Serialize;

use super::location::Location;

/// What sort of indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IocKind {
    /// A URL with its scheme.
    Url,
    /// A domain name, A-label form.
    Domain,
    /// An IPv4 address, dotted decimal.
    Ipv4,
    /// An IPv6 address, RFC 5952 form.
    Ipv6,
    /// An e-mail address.
    Email,
    /// A UNC or WebDAV path.
    Unc,
    /// A file name.
    FileName,
    /// A path in a file system.
    Path,
    /// A registry key.
    Registry,
    /// SHA-256 of an artifact.
    Sha256,
    /// Import hash of a program.
    Imphash,
}

impl IocKind {
    /// Kebab-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            IocKind::Url => "url",
            IocKind::Domain => "domain",
            IocKind::Ipv4 => "ipv4",
            IocKind::Ipv6 => "ipv6",
            IocKind::Email => "email",
            IocKind::Unc => "unc",
            IocKind::FileName => "file-name",
            IocKind::Path => "path",
            IocKind::Registry => "registry",
            IocKind::Sha256 => "sha256",
            IocKind::Imphash => "imphash",
        }
    }
}

/// An indicator and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ioc {
    /// The sort.
    pub kind: IocKind,
    /// The canonical value, raw (never defanged).
    pub value: String,
    /// Where in its artifact.
    pub at: Location,
    /// How it was found, if not plainly: `base64`, `utf-16`, `reversed`, `header Received`, `relationship`.
    pub context: Option<String>,
    /// The spelling found, where it differs from the canonical value.
    pub raw: Option<String>,
    /// Why it is likely noise (`xml-namespace`, `reserved`, `own`), if it is; kept, but shown last.
    pub noise: Option<String>,
}

impl Ioc {
    /// An indicator found plainly.
    pub fn new(kind: IocKind, value: impl Into<String>, at: Location) -> Self {
        Ioc { kind, value: value.into(), at, context: None, raw: None, noise: None }
    }

    /// The same, with how it was found.
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// The value for people: cannot be clicked by accident.
    pub fn defanged(&self) -> String {
        defang(self.kind, &self.value)
    }
}

/// Writes an indicator so that no mail client or terminal makes it a link: `hxxp://example[.]com/a`, `192.0.2[.]10`.
/// File names, paths, registry keys and hashes are left alone.
pub fn defang(kind: IocKind, value: &str) -> String {
    match kind {
        IocKind::Url => {
            let (scheme, rest) = value.split_once(':').unwrap_or(("", value));
            let scheme = match scheme.to_ascii_lowercase().as_str() {
                "http" => "hxxp".to_owned(),
                "https" => "hxxps".to_owned(),
                "ftp" => "fxp".to_owned(),
                _ => scheme.to_owned(),
            };
            let (slashes, rest) = match rest.strip_prefix("//") {
                Some(rest) => ("//", rest),
                None => ("", rest),
            };
            let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(host_end);
            format!("{scheme}:{slashes}{}{path}", host.replace('.', "[.]"))
        }
        IocKind::Domain => value.replace('.', "[.]"),
        IocKind::Ipv4 => match value.rsplit_once('.') {
            Some((head, tail)) => format!("{head}[.]{tail}"),
            None => value.to_owned(),
        },
        IocKind::Ipv6 => value.replace(':', "[:]"),
        IocKind::Email => value.replace('@', "[@]"),
        IocKind::Unc => {
            let rest = value.trim_start_matches('\\');
            let host_end = rest.find('\\').unwrap_or(rest.len());
            let (host, path) = rest.split_at(host_end);
            format!("\\\\{}{path}", host.replace('.', "[.]"))
        }
        IocKind::FileName | IocKind::Path | IocKind::Registry | IocKind::Sha256 | IocKind::Imphash => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defanged_text_is_no_link() {
        assert_eq!(defang(IocKind::Url, "http://example.com/a.b"), "hxxp://example[.]com/a.b");
        assert_eq!(defang(IocKind::Ipv4, "192.0.2.10"), "192.0.2[.]10");
        assert_eq!(defang(IocKind::Email, "a@example.com"), "a[@]example.com");
        assert_eq!(defang(IocKind::Unc, r"\\192.0.2.40\s"), r"\\192[.]0[.]2[.]40\s");
        assert_eq!(defang(IocKind::Url, "mailto:a@example.com"), "mailto:a@example[.]com");
    }
}
