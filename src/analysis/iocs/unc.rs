//! Shares: UNC paths, WebDAV's among them, and `file:` URLs that lead to other machines.

use std::net::IpAddr;

use url::{Host, Url};

use super::host::{is_bare_host, is_domain};
use super::reading::{Finds, Reading, find, is_word};
use crate::model::IocKind;

/// Bytes of a share's path kept.
const MAX_PATH: usize = 1_024;

/// A UNC path at two backslashes. Gives the position up to which the text is part of it.
///
/// Backslashes come in pairs in most source code; a share written there has four and two, and a lone pair in front of a
/// word is an escape. So a name that could be a word needs `\share` behind it, unpaired.
pub(super) fn at_backslashes(reading: &Reading<'_>, start: usize, finds: &mut Finds) -> usize {
    let before = reading.byte_before(start);
    if is_word(before) || matches!(before, b'\\' | b':' | b')' | b']' | b'.' | b'%' | b'*' | b'?' | b'$') {
        return 0;
    }
    let slashes_end = reading.ahead(start, 8, |byte| byte == b'\\');
    let is_doubled = match slashes_end.saturating_sub(start) {
        2 => false,
        4 => true,
        _ => return slashes_end,
    };
    let host_end =
        reading.ahead(slashes_end, 253, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let name = reading.piece(slashes_end, host_end).trim_end_matches('.');
    // WebDAV: `host@SSL@8443\DavWWWRoot`, MS-WDV.
    let flags_end = reading.ahead(host_end, 16, |byte| byte.is_ascii_alphanumeric() || byte == b'@');
    let is_webdav = reading.byte(host_end) == b'@';
    let host_end = if is_webdav { flags_end } else { host_end };
    let separator_end = reading.ahead(host_end, 4, |byte| byte == b'\\');
    let separators = separator_end.saturating_sub(host_end);
    let path_end = reading.ahead(separator_end, MAX_PATH, is_path_byte);
    finds.pay(path_end.saturating_sub(start));
    if name.is_empty() || separators != if is_doubled { 2 } else { 1 } {
        return slashes_end;
    }
    let share = reading.piece(separator_end, path_end);
    let name_lower = name.to_ascii_lowercase();
    let is_certain = name.parse::<IpAddr>().is_ok() || is_domain(&name_lower) || is_webdav;
    let is_likely = reading.is_prose && is_bare_host(name) && name.len() >= 3 && !is_doubled;
    let is_share = share.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'_'))
        && share.len() >= 3;
    if !(is_certain || (is_likely && is_share)) || share.is_empty() {
        return slashes_end;
    }
    let spelled =
        super::path::before_entity(reading.piece(start, path_end)).trim_end_matches(['.', ',', ';', ':', ')']);
    let value = if is_doubled { spelled.replace("\\\\", "\\") } else { spelled.to_owned() };
    let mut found = find(reading, IocKind::Unc, value, start).spelled(spelled);
    if is_webdav {
        found = found.because("webdav");
    }
    finds.add(found);
    say_host(reading, &name_lower, start, finds);
    path_end
}

/// Text of a path that ends at blanks and quotes.
fn is_path_byte(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'|' | b'*' | b'?' | b'`' | b'{' | b'}')
}

/// The machine a share lies on.
fn say_host(reading: &Reading<'_>, name: &str, at: usize, finds: &mut Finds) {
    let host = match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => Host::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => Host::Ipv6(ip),
        Err(_) => Host::Domain(name),
    };
    super::host::say(reading, &host, name, "host of share", at, finds);
}

/// A `file:` URL: a share if it has a host, else a path.
pub(super) fn say_file_url(reading: &Reading<'_>, url: &Url, spelled: &str, at: usize, finds: &mut Finds) -> bool {
    let found = find(reading, IocKind::Url, url.as_str(), at).spelled(spelled);
    match url.host_str().filter(|host| *host != "localhost") {
        Some(host) if host.parse::<IpAddr>().is_ok() || is_domain(host) || (reading.is_prose && is_bare_host(host)) => {
            let path = url.path().replace('/', "\\");
            finds.add(found);
            finds.add(find(reading, IocKind::Unc, format!("\\\\{host}{path}"), at).because("file URL"));
            say_host(reading, host, at, finds);
            true
        }
        Some(_) => false,
        None => {
            if url.path().len() > 3 {
                finds.add(found);
            }
            true
        }
    }
}
