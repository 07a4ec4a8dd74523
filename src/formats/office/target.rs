//! Where a target outside the document leads, and how unusual its host is for an honest document.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::formats::link::Link;
use crate::model::{Ioc, Location};

/// How far away a host is, and how honest documents name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// The own network: a single name or a private address.
    Lan,
    /// A named server, as organisations have them.
    Named,
    /// A bare address, an odd port, user information, a WebDAV form: what is rented for a day.
    Odd,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A web address.
    Web(Link, Reach),
    /// A server path.
    Share(Link, Reach),
    /// A scheme that hands the rest to some program: `ms-msdt`, `search-ms`, `mhtml`, `javascript`.
    Scheme(String),
    /// A file on the sender's machine, a place in the package, a mail address.
    Local,
}

/// Reads a target.
pub(crate) fn target(text: &str) -> Target {
    let link = Link::of_file(text);
    match &link {
        Link::Web(url) => {
            let reach = reach_of_url(url);
            Target::Web(link, reach)
        }
        Link::Share(path) => {
            let reach = reach_of_share(path);
            Target::Share(link, reach)
        }
        Link::Scheme(scheme) => Target::Scheme(scheme.clone()),
        Link::Script(_) => {
            let scheme = text.trim().split(':').next().unwrap_or_default();
            Target::Scheme(scheme.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase())
        }
        Link::Data => Target::Scheme("data".to_owned()),
        Link::Local(_) | Link::Mail(_) | Link::Relative => Target::Local,
    }
}

impl Target {
    /// Whether it leads to another machine.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self, Target::Web(..) | Target::Share(..))
    }

    /// How far away the host is, if there is one.
    pub(crate) fn reach(&self) -> Option<Reach> {
        match self {
            Target::Web(_, reach) | Target::Share(_, reach) => Some(*reach),
            Target::Scheme(_) | Target::Local => None,
        }
    }

    /// Host name or address, lower case.
    pub(crate) fn host(&self) -> Option<String> {
        match self {
            Target::Web(Link::Web(url), _) => url.host_str().map(str::to_ascii_lowercase),
            Target::Share(Link::Share(path), _) => Some(share_host(path).to_ascii_lowercase()),
            _ => None,
        }
    }

    /// The indicator, if it is one.
    pub(crate) fn ioc(&self, context: &str, at: Location) -> Option<Ioc> {
        match self {
            Target::Web(link, _) | Target::Share(link, _) => link.ioc(at, context),
            Target::Scheme(_) | Target::Local => None,
        }
    }
}

fn share_host(path: &str) -> &str {
    path.trim_start_matches('\\').split('\\').next().unwrap_or_default()
}

/// A single name is found on the own network only, and so is a private address. `host@SSL` and `host@8080` are WebDAV.
fn reach_of_share(path: &str) -> Reach {
    let host = share_host(path);
    if host.contains('@') {
        return Reach::Odd;
    }
    // As in web addresses, numbers in any spelling are addresses.
    match Url::parse(&format!("http://{host}/")).ok().as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => of_ipv4(address),
        Some(Host::Ipv6(address)) => of_ipv6(address),
        Some(Host::Domain(name)) => of_name(name),
        None if host.parse::<IpAddr>().is_ok() => Reach::Odd,
        None => Reach::Named,
    }
}

fn reach_of_url(url: &Url) -> Reach {
    let by_host = match url.host() {
        Some(Host::Ipv4(address)) => of_ipv4(address),
        Some(Host::Ipv6(address)) => of_ipv6(address),
        Some(Host::Domain(name)) => of_name(name),
        None => Reach::Odd,
    };
    let is_plain = matches!(url.port(), None | Some(80 | 443)) && url.username().is_empty();
    if by_host == Reach::Named && !is_plain { Reach::Odd } else { by_host }
}

fn of_ipv4(address: Ipv4Addr) -> Reach {
    let is_near = address.is_private() || address.is_loopback() || address.is_link_local();
    if is_near { Reach::Lan } else { Reach::Odd }
}

fn of_ipv6(address: Ipv6Addr) -> Reach {
    let is_near = address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
    if is_near { Reach::Lan } else { Reach::Odd }
}

fn of_name(name: &str) -> Reach {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_near =
        !name.contains('.') || [".local", ".lan", ".internal", ".intra"].iter().any(|end| name.ends_with(end));
    if is_near { Reach::Lan } else { Reach::Named }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(text: &str) -> Option<Reach> {
        target(text).reach()
    }

    #[test]
    fn server_paths_are_known_in_every_spelling() {
        for text in [
            r"\\192.0.2.20\s",
            "//192.0.2.20/s",
            "file://192.0.2.20/s",
            r"file:///\\192.0.2.20\s",
            "FILE:////192.0.2.20/s",
        ] {
            assert_eq!(target(text), Target::Share(Link::Share(r"\\192.0.2.20\s".to_owned()), Reach::Odd), "{text}");
        }
        for text in ["file:///C:/a.dotm", r"C:\a.dotm", "a.dotm", "/word/a.xml", r"..\a.xls", "#Sheet1!A1"] {
            assert_eq!(target(text), Target::Local, "{text}");
        }
        assert_eq!(reach(r"\\SERVER01\forms\a.dotx"), Some(Reach::Lan));
        assert_eq!(reach(r"\\192.168.0.9\forms\a.dotx"), Some(Reach::Lan));
        assert_eq!(reach(r"\\files.example.com\forms\a.dotx"), Some(Reach::Named));
        assert_eq!(reach(r"\\dav.example.com@SSL\a"), Some(Reach::Odd));
        assert_eq!(reach(r"\\3221225985\a"), Some(Reach::Odd));
    }

    #[test]
    fn addresses_ports_and_users_are_odd() {
        for text in
            ["http://192.0.2.20/t.dotm", "http://3221225985/t", "https://example.com:8443/t", "http://a@example.com/t"]
        {
            assert_eq!(reach(text), Some(Reach::Odd), "{text}");
        }
        assert_eq!(reach("https://templates.example.com/a.dotx"), Some(Reach::Named));
        assert_eq!(reach("http://intranet/a.dotx"), Some(Reach::Lan));
        assert_eq!(target("ms-msdt:/id PCWDiagnostic"), Target::Scheme("ms-msdt".to_owned()));
        assert_eq!(target("VBScript:x"), Target::Scheme("vbscript".to_owned()));
        assert_eq!(target("http://example.com/a").host().as_deref(), Some("example.com"));
    }
}
