//! Connection strings (`Provider=…;Data Source=…`, `ODBC;DRIVER=…;SERVER=…`): where they lead.

use std::net::IpAddr;

use crate::formats::office::target::{Reach, Target, target};
use crate::model::{Ioc, IocKind, Location};

/// A place a connection string names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The key that names it, lower case.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: String,
    /// How far away it is.
    pub(crate) distance: Distance,
}

/// How far away a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Distance {
    /// On the same machine.
    Here,
    /// A single name or private address.
    Inside,
    /// A host by its full name or address.
    Beyond,
    /// A web address, or a server path beyond the own network: fetched without a database server.
    Web,
}

/// Keys whose values are places.
const KEYS: &[&str] = &[
    "server",
    "data source",
    "datasource",
    "address",
    "addr",
    "network address",
    "location",
    "dbq",
    "database",
    "host",
    "sourcedb",
    "url",
    "wsid",
    "extended properties",
    "source",
    "filedsn",
    "hdr",
    "dsn",
];
/// Parts of a string looked at.
const MAX_PARTS: usize = 64;

/// Places of a connection string.
pub(crate) fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for part in text.split(';').take(MAX_PARTS) {
        let Some((key, value)) = part.split_once('=') else { continue };
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches(['"', '\'']).trim();
        if value.is_empty() || !KEYS.contains(&key.as_str()) {
            continue;
        }
        let distance = distance(&key, value);
        found.push(Place { key, value: value.to_owned(), distance });
    }
    found
}

fn distance(key: &str, value: &str) -> Distance {
    match target(value) {
        Target::Share(_, Reach::Lan) => return Distance::Inside,
        Target::Web(..) | Target::Share(..) => return Distance::Web,
        Target::Scheme(_) | Target::Local => {}
    }
    // Only some keys hold hosts; the others hold files and names of sources.
    if !matches!(
        key,
        "server" | "data source" | "datasource" | "address" | "addr" | "network address" | "host" | "location"
    ) {
        return Distance::Here;
    }
    let host = host(value);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) if address.is_loopback() => Distance::Here,
        Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Distance::Inside,
        Ok(_) => Distance::Beyond,
        Err(_) if host.is_empty() || matches!(host, "." | "(local)" | "localhost" | "(localdb)") => Distance::Here,
        Err(_) if is_file(value) => Distance::Here,
        Err(_) if host.contains('.') && !host.to_ascii_lowercase().ends_with(".local") => Distance::Beyond,
        Err(_) => Distance::Inside,
    }
}

/// `tcp:host\instance,port` without the rest.
fn host(value: &str) -> &str {
    let value = value.strip_prefix("tcp:").or_else(|| value.strip_prefix("np:")).unwrap_or(value);
    value.split(['\\', ',', '/']).next().unwrap_or_default().trim()
}

/// A file: by a drive letter, or by an extension that sources of data have. `.com` is both a program and a domain.
fn is_file(value: &str) -> bool {
    const FILES: &[&str] =
        &["mdb", "accdb", "mde", "accde", "xls", "xlsx", "xlsb", "csv", "txt", "db", "sqlite", "udl", "cub"];
    let has_drive = value.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    has_drive || FILES.contains(&crate::model::name::extension(value).as_str()) || value.starts_with('$')
}

impl Place {
    /// The indicator, if it leads to another machine.
    pub(crate) fn ioc(&self, context: &str, at: Location) -> Option<Ioc> {
        if let Some(ioc) = target(&self.value).ioc(context, at.clone()) {
            return Some(ioc);
        }
        if self.distance < Distance::Beyond {
            return None;
        }
        let host = host(&self.value).to_ascii_lowercase();
        let kind = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => IocKind::Ipv4,
            Ok(IpAddr::V6(_)) => IocKind::Ipv6,
            Err(_) => IocKind::Domain,
        };
        Some(Ioc::new(kind, host, at).with_context(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn furthest(text: &str) -> Option<Distance> {
        places(text).into_iter().map(|place| place.distance).max()
    }

    #[test]
    fn hosts_are_told_from_files_and_names() {
        assert_eq!(furthest("Provider=SQLOLEDB;Data Source=192.0.2.20,1433;Initial Catalog=x"), Some(Distance::Beyond));
        assert_eq!(furthest("ODBC;DRIVER={SQL Server};SERVER=db.example.com\\SQL"), Some(Distance::Beyond));
        assert_eq!(furthest("Provider=x;Data Source=https://example.com/x"), Some(Distance::Web));
        assert_eq!(furthest(";DATABASE=\\\\192.0.2.20\\s\\a.mdb"), Some(Distance::Web));
        assert_eq!(furthest("DRIVER=SQL Server;SERVER=SQL01;UID=sa"), Some(Distance::Inside));
        assert_eq!(furthest("Provider=Microsoft.ACE.OLEDB.12.0;Data Source=C:\\a\\b.accdb"), Some(Distance::Here));
        assert_eq!(furthest("Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$"), Some(Distance::Here));
        assert_eq!(furthest("Data Source=(local)"), Some(Distance::Here));
    }
}
