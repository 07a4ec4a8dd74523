//! Indicators that are there in every other honest file: `rules/indicators/noise.toml`, and addresses that lead
//! nowhere outside. They are kept and marked, never dropped.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::{Ioc, IocKind};

#[derive(Deserialize)]
struct Group {
    urls: Vec<String>,
}

/// By host: starts of paths, and why a URL that begins so is noise.
type Table = HashMap<String, Vec<(String, String)>>;

static NOISE: LazyLock<Table> = LazyLock::new(|| {
    let groups: BTreeMap<String, Group> =
        super::shipped("noise.toml", include_str!("../../rules/indicators/noise.toml"));
    let mut table = Table::new();
    for (reason, group) in groups {
        for url in group.urls {
            let (host, path) = url.split_once('/').unwrap_or((&url, ""));
            table.entry(host.to_owned()).or_default().push((path.to_ascii_lowercase(), reason.clone()));
        }
    }
    table
});

/// Why an indicator is likely noise, if it is.
pub fn reason(ioc: &Ioc) -> Option<String> {
    match ioc.kind {
        IocKind::Url => url_reason(&ioc.value),
        IocKind::Domain => domain_reason(&ioc.value),
        IocKind::Ipv4 => ioc.value.parse().ok().and_then(ipv4_reason),
        IocKind::Ipv6 => ioc.value.parse().ok().and_then(ipv6_reason),
        _ => None,
    }
}

/// Why a URL is likely noise, by host and the start of its path.
pub fn url_reason(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let rows = NOISE.get(host)?;
    let path = path.strip_prefix('/').unwrap_or(path).to_ascii_lowercase();
    rows.iter().find(|(start, _)| path.starts_with(start)).map(|(_, reason)| reason.clone())
}

/// A host all of whose pages are noise.
fn domain_reason(domain: &str) -> Option<String> {
    NOISE.get(domain)?.iter().find(|(start, _)| start.is_empty()).map(|(_, reason)| reason.clone())
}

/// Addresses that mean something only inside a network. Documentation ranges are not among them.
fn ipv4_reason(ip: Ipv4Addr) -> Option<String> {
    let reason = if ip.is_private() {
        "private"
    } else if ip.is_loopback() {
        "loopback"
    } else if ip.is_link_local() {
        "link-local"
    } else if ip.is_multicast() {
        "multicast"
    } else if ip.is_unspecified() || ip.octets().first() == Some(&0) {
        "unspecified"
    } else if ip.is_broadcast() || ip.octets().first().is_some_and(|first| *first >= 240) {
        "broadcast"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

/// As for version 4.
fn ipv6_reason(ip: Ipv6Addr) -> Option<String> {
    let reason = if ip.is_loopback() {
        "loopback"
    } else if ip.is_unspecified() {
        "unspecified"
    } else if ip.is_multicast() {
        "multicast"
    } else if ip.is_unicast_link_local() {
        "link-local"
    } else if ip.is_unique_local() {
        "private"
    } else {
        return ip.to_ipv4_mapped().and_then(ipv4_reason);
    };
    Some(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Location;

    fn noise(kind: IocKind, value: &str) -> Option<String> {
        reason(&Ioc::new(kind, value, Location::whole()))
    }

    #[test]
    fn namespaces_are_noise_and_their_owners_other_pages_are_not() {
        let is_namespace = |url| noise(IocKind::Url, url).as_deref() == Some("xml-namespace");
        assert!(is_namespace("http://schemas.openxmlformats.org/drawingml/2006/main"));
        assert!(is_namespace("http://www.w3.org/1999/xhtml"));
        assert!(noise(IocKind::Url, "https://www.w3.org/blog/").is_none());
        assert!(noise(IocKind::Url, "https://download.microsoft.com/a.exe").is_none());
        assert!(noise(IocKind::Url, "http://schemas.openxmlformats.org.evil.example/a").is_none());
        assert!(noise(IocKind::Domain, "www.w3.org").is_none());
        assert!(noise(IocKind::Domain, "schemas.openxmlformats.org").is_some());
    }

    #[test]
    fn reserved_names_and_documentation_addresses_are_not_noise() {
        assert!(noise(IocKind::Url, "http://example.com/a").is_none());
        assert!(noise(IocKind::Domain, "example.com").is_none());
        for ip in ["192.0.2.1", "198.51.100.7", "203.0.113.9"] {
            assert!(noise(IocKind::Ipv4, ip).is_none());
        }
        assert!(noise(IocKind::Ipv6, "2001:db8::1").is_none());
    }

    #[test]
    fn inner_addresses_are_tagged() {
        for (ip, reason) in [("10.1.2.3", "private"), ("127.0.0.1", "loopback"), ("224.0.0.1", "multicast")] {
            assert_eq!(noise(IocKind::Ipv4, ip).as_deref(), Some(reason));
        }
        assert_eq!(noise(IocKind::Ipv6, "fe80::1").as_deref(), Some("link-local"));
    }
}
