//! Where a target outside the package leads, and how unusual its host is.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use crate::model::{Ioc, IocKind, Location};

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A web address.
    Web {
        /// As the indicator.
        url: String,
        /// Whether honest servers have such a host and port.
        is_usual_host: bool,
    },
    /// A server path.
    Unc {
        /// Written with backslashes.
        path: String,
        /// Whether the server can be outside the organisation: an address on the Internet, a WebDAV form, a full name.
        is_beyond_lan: bool,
    },
    /// A scheme that hands the rest to some program: `ms-msdt`, `search-ms`, `mhtml`.
    Scheme(String),
    /// A file on the sender's machine, or a place in the package.
    Local,
}

/// Reads a target.
pub(crate) fn target(text: &str) -> Target {
    let text = text.trim();
    if let Some(path) = unc(text) {
        let is_beyond_lan = leaves_lan(&path);
        return Target::Unc { path, is_beyond_lan };
    }
    let Some((scheme, _)) = text.split_once(':') else { return Target::Local };
    let scheme = scheme.to_ascii_lowercase();
    let is_scheme = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    match scheme.as_str() {
        _ if !is_scheme => Target::Local,
        "file" => Target::Local,
        "http" | "https" | "ftp" => Target::Web { url: text.to_owned(), is_usual_host: is_usual(text) },
        _ => Target::Scheme(scheme),
    }
}

impl Target {
    /// Whether the host is one honest documents hardly name: a bare address, an odd port, a server path beyond the
    /// own network.
    pub(crate) fn has_unusual_host(&self) -> bool {
        matches!(self, Target::Web { is_usual_host: false, .. } | Target::Unc { is_beyond_lan: true, .. })
    }

    /// The indicator, if it is one.
    pub(crate) fn ioc(&self, context: &str, at: Location) -> Option<Ioc> {
        let (kind, value) = match self {
            Target::Web { url, .. } => (IocKind::Url, url),
            Target::Unc { path, .. } => (IocKind::Unc, path),
            Target::Scheme(_) | Target::Local => return None,
        };
        Some(Ioc::new(kind, value.clone(), at).with_context(context))
    }
}

/// `\\host\share`, `//host/share`, `file://host/share`, `file:///\\host\share` and their mixtures, with backslashes.
fn unc(text: &str) -> Option<String> {
    let plain = text.replace('/', r"\");
    let is_file = plain.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"));
    let rest = if is_file { plain.get(5..)? } else { plain.as_str() };
    let slashes = rest.len().saturating_sub(rest.trim_start_matches('\\').len());
    // file:///C:/x has three, file:///\\host five, file:////host four; a bare path two.
    let is_unc = if is_file { slashes == 2 || slashes > 3 } else { slashes >= 2 };
    let body = rest.trim_start_matches('\\');
    let host = body.split('\\').next().unwrap_or_default();
    let is_drive = host.len() == 2 && host.ends_with(':') || host.len() == 1;
    let is_host = !host.is_empty() && !is_drive && !matches!(host, "." | "?" | "localhost");
    (is_unc && is_host).then(|| format!(r"\\{body}"))
}

/// A single name is found on the own network only, and so is a private address. `host@SSL` and `host@8080` are WebDAV.
fn leaves_lan(path: &str) -> bool {
    let host = path.trim_start_matches('\\').split('\\').next().unwrap_or_default();
    if host.contains('@') {
        return true;
    }
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => !is_private(address),
        Ok(IpAddr::V6(_)) => true,
        Err(_) => host.contains('.') && !host.to_ascii_lowercase().ends_with(".local"),
    }
}

fn is_private(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local()
}

/// A named host at its usual port, without user information. Numbers in any spelling become addresses when parsed.
fn is_usual(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_named = matches!(url.host(), Some(Host::Domain(name)) if name.contains('.'));
    is_named && matches!(url.port(), None | Some(80 | 443)) && url.username().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_paths_are_known_in_every_spelling() {
        for text in [
            r"\\192.0.2.20\s",
            "//192.0.2.20/s",
            "file://192.0.2.20/s",
            r"file:///\\192.0.2.20\s",
            "FILE:////192.0.2.20/s",
        ] {
            let wanted = Target::Unc { path: r"\\192.0.2.20\s".to_owned(), is_beyond_lan: true };
            assert_eq!(target(text), wanted, "{text}");
        }
        for text in ["file:///C:/a.dotm", r"C:\a.dotm", "a.dotm", "/word/a.xml", r"..\a.xls"] {
            assert_eq!(target(text), Target::Local, "{text}");
        }
        assert!(matches!(target(r"\\SERVER01\forms\a.dotx"), Target::Unc { is_beyond_lan: false, .. }));
        assert!(matches!(target(r"\\dav.example.com@SSL\a"), Target::Unc { is_beyond_lan: true, .. }));
    }

    #[test]
    fn addresses_ports_and_users_are_unusual() {
        for text in
            ["http://192.0.2.20/t.dotm", "http://3221225985/t", "https://example.com:8443/t", "http://a@example.com/t"]
        {
            assert!(matches!(target(text), Target::Web { is_usual_host: false, .. }), "{text}");
        }
        assert!(matches!(target("https://templates.example.com/a.dotx"), Target::Web { is_usual_host: true, .. }));
        assert_eq!(target("ms-msdt:/id PCWDiagnostic"), Target::Scheme("ms-msdt".to_owned()));
    }
}
