//! Where a link leads: the target of a hyperlink, action or shortcut, sorted by what following it does. The text is
//! taken as programs take it: blanks around it and line ends inside it do not count (WHATWG URL §4.1).

use url::{Host, Url};

use crate::model::{Ioc, IocKind, Location};

/// A sorted link target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// A web or FTP address.
    Web(Url),
    /// A file on another machine, as `\\host\path`: merely looking at it sends the user's credentials there.
    Share(String),
    /// A file on this machine.
    Local(String),
    /// An e-mail address.
    Mail(String),
    /// Code: `javascript:` or `vbscript:`.
    Script(String),
    /// Content in the link itself: `data:`.
    Data,
    /// Another scheme, lower case: what is registered for it starts.
    Scheme(String),
    /// Relative to where it stands, or nothing at all.
    Relative,
}

impl Link {
    /// Sorts a link target.
    pub(crate) fn of(target: &str) -> Link {
        let target: String =
            target.trim_matches(is_trimmed).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        if let Some(rest) = target.strip_prefix(r"\\") {
            return share(rest).unwrap_or(Link::Relative);
        }
        let Some((scheme, rest)) = split_scheme(&target) else { return Link::Relative };
        match scheme.as_str() {
            "http" | "https" | "ftp" => match Url::parse(&target) {
                Ok(url) if url.has_host() => Link::Web(url),
                _ => Link::Scheme(scheme),
            },
            "file" => file(rest),
            "mailto" => Link::Mail(rest.split('?').next().unwrap_or_default().to_owned()),
            "javascript" | "vbscript" | "livescript" => Link::Script(rest.to_owned()),
            "data" => Link::Data,
            // A drive letter.
            _ if scheme.len() == 1 => Link::Local(target),
            _ => Link::Scheme(scheme),
        }
    }

    /// As [`Link::of`] for file specifications, where two slashes start a share too (ISO 32000-1 §7.11.2).
    pub(crate) fn of_file(target: &str) -> Link {
        match Link::of(target) {
            Link::Relative => match target.trim().strip_prefix("//") {
                Some(rest) => share(rest).unwrap_or(Link::Relative),
                None if target.trim().is_empty() => Link::Relative,
                None => Link::Local(target.trim().to_owned()),
            },
            link => link,
        }
    }

    /// The indicator it is, if it is one.
    pub(crate) fn ioc(&self, at: Location, context: &str) -> Option<Ioc> {
        let ioc = match self {
            Link::Web(url) => Ioc::new(IocKind::Url, url.as_str(), at),
            Link::Share(path) => Ioc::new(IocKind::Unc, path.as_str(), at),
            Link::Mail(address) if address.contains('@') => Ioc::new(IocKind::Email, address.to_lowercase(), at),
            _ => return None,
        };
        Some(ioc.with_context(context))
    }

    /// Whether it is a share whose host is a plain name without a domain: that leads into the recipient's own network, to
    /// no machine of a stranger. Numbers are addresses.
    pub(crate) fn is_inside(&self) -> bool {
        let Link::Share(path) = self else { return false };
        let host = path.trim_start_matches('\\').split('\\').next().unwrap_or_default();
        host.starts_with(|c: char| c.is_ascii_alphabetic())
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    }

    /// The last part of the path's extension, lower case; empty if there is none.
    pub(crate) fn extension(&self) -> String {
        let path = match self {
            Link::Web(url) => match url.path_segments().and_then(|mut segments| segments.next_back()) {
                Some(last) => last,
                None => return String::new(),
            },
            Link::Share(path) | Link::Local(path) => path.as_str(),
            _ => return String::new(),
        };
        crate::model::name::extension(path)
    }

    /// The host's registrable domain (`example.co.jp` of `www.example.co.jp`), or the host itself where it has none.
    pub(crate) fn organisation(&self) -> Option<String> {
        match self {
            Link::Web(url) => match url.host()? {
                Host::Domain(domain) => Some(organisation(domain)),
                host => Some(host.to_string()),
            },
            _ => None,
        }
    }
}

/// The registrable domain of a host name, lower case.
pub(crate) fn organisation(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_lowercase();
    psl::domain_str(&domain).map(str::to_owned).unwrap_or(domain)
}

/// Controls and blanks around a URL are dropped.
fn is_trimmed(c: char) -> bool {
    c <= ' '
}

/// RFC 3986 §3.1.
fn split_scheme(target: &str) -> Option<(String, &str)> {
    let (scheme, rest) = target.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// `file:` in all the spellings Windows takes: `file://host/a`, `file:////host/a`, `file:\\host\a`, `file:///C:/a`.
fn file(rest: &str) -> Link {
    let path = rest.replace('/', "\\");
    let slashes = path.chars().take_while(|c| *c == '\\').count();
    let bare = path.trim_start_matches('\\');
    let is_drive = bare.chars().nth(1).is_some_and(|c| c == ':' || c == '|');
    if is_drive || slashes == 3 || slashes < 2 {
        return Link::Local(bare.to_owned());
    }
    share(bare).unwrap_or_else(|| Link::Local(bare.to_owned()))
}

/// A share from what follows the two slashes.
fn share(rest: &str) -> Option<Link> {
    let rest = rest.replace('/', "\\");
    let rest = rest.trim_start_matches('\\');
    let host = rest.split('\\').next().unwrap_or_default();
    let bare = host.split('@').next().unwrap_or_default();
    let is_host = !bare.is_empty()
        && !matches!(bare, "?" | "." | "localhost" | "127.0.0.1")
        && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    is_host.then(|| Link::Share(format!(r"\\{rest}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_targets_by_what_following_them_does() {
        assert!(
            matches!(Link::of(" https://example.com/a\n b"), Link::Web(url) if url.host_str() == Some("example.com"))
        );
        for text in [
            r"\\192.0.2.1\s\a.ico",
            "file://192.0.2.1/s/a.ico",
            r"file:\\192.0.2.1\s/a.ico",
            "file:////192.0.2.1/s/a.ico",
        ] {
            assert_eq!(Link::of(text), Link::Share(r"\\192.0.2.1\s\a.ico".to_owned()), "{text}");
        }
        assert_eq!(Link::of("file:///C:/a.txt"), Link::Local(r"C:\a.txt".to_owned()));
        assert_eq!(Link::of("java\nscript:x()"), Link::Script("x()".to_owned()));
        assert_eq!(Link::of("search-ms:query=a"), Link::Scheme("search-ms".to_owned()));
        assert_eq!(Link::of("//cdn.example.com/a.js"), Link::Relative);
        assert!(matches!(Link::of_file("//192.0.2.1/s/a.pdf"), Link::Share(_)));
        assert_eq!(Link::of("a.html"), Link::Relative);
        assert_eq!(Link::of(r"\\localhost\c$"), Link::Relative);
    }

    #[test]
    fn a_host_without_a_domain_is_inside() {
        for (text, is_inside) in [
            ("file://server/share/a.pdf", true),
            ("file://server.example.com/share/a.pdf", false),
            (r"\\192.0.2.1\s\a.pdf", false),
            (r"\\3221226030\s\a.pdf", false),
            (r"\\0xc000022e\s\a.pdf", false),
            ("https://example.com/", false),
        ] {
            assert_eq!(Link::of(text).is_inside(), is_inside, "{text}");
        }
    }

    #[test]
    fn organisations_are_registrable_domains() {
        assert_eq!(organisation("www.Example.co.jp"), "example.co.jp");
        assert_eq!(Link::of("https://a.b.example.com/x.zip").organisation().as_deref(), Some("example.com"));
        assert_eq!(Link::of("https://example.com/x.ZIP?a=b").extension(), "zip");
    }
}
