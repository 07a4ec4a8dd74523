//! Addresses doors listen on, in Sekisho's spelling, which is Postfix's: `inet:127.0.0.1:8893`,
//! `unix:/run/sekisho/milter.sock`, and `systemd:name` for a socket the service manager hands over.
//! Sendmail's `inet:8893@127.0.0.1` is understood too.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use super::settings::Listen;
use super::value::below;

/// Permission bits of socket files unless said otherwise: the daemon's user and group.
const MODE: u32 = 0o660;

/// Reads an address.
pub(super) fn read(text: &str, base: &Path) -> Result<Listen, String> {
    if let Some(rest) = text.strip_prefix("unix:").or_else(|| text.strip_prefix("local:")) {
        let (path, mode) = match rest.rsplit_once(",mode=") {
            Some((path, mode)) => {
                let bits = u32::from_str_radix(mode, 8).ok().filter(|bits| *bits <= 0o777);
                (path, bits.ok_or_else(|| format!("has the mode {mode}; it must be octal, such as 0660"))?)
            }
            None => (rest, MODE),
        };
        // sun_path holds 108 bytes with its terminator (unix(7)).
        let path = below(base, path)?;
        if path.as_os_str().len() > 107 {
            return Err(format!("is too long for a socket file: {} bytes, at most 107", path.as_os_str().len()));
        }
        return Ok(Listen::Unix(path, mode));
    }
    if let Some(name) = text.strip_prefix("systemd:") {
        let is_name = !name.is_empty() && name.len() <= 255 && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        return if is_name {
            Ok(Listen::Passed(name.to_owned()))
        } else {
            Err("must name the socket as FileDescriptorName= in its .socket unit does: \"systemd:milter\"".to_owned())
        };
    }
    let Some(rest) = text.strip_prefix("inet:").or_else(|| text.strip_prefix("inet6:")) else {
        return Err(format!("has the address \"{text}\"; it must begin with inet:, unix: or systemd:"));
    };
    let (host, port) = match rest.split_once('@') {
        Some((port, host)) => (host, port),
        None => rest
            .rsplit_once(':')
            .ok_or_else(|| format!("has the address \"{text}\", which names no port: \"inet:127.0.0.1:8893\""))?,
    };
    let port: u16 = port
        .parse()
        .map_err(|_| format!("has the port \"{port}\"; it must be a number from 0 (any free one) to 65535"))?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let ip = match (host, bare) {
        ("localhost", _) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ("*", _) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        (_, Some(bare)) => IpAddr::V6(bare.parse().map_err(|_| format!("has [{bare}], which is no IPv6 address"))?),
        (host, None) => IpAddr::V4(host.parse().map_err(|_| {
            format!(
                "has the host \"{host}\"; it must be an IPv4 address, an IPv6 address in brackets, localhost or *, for names \
                 may mean another machine tomorrow"
            )
        })?),
    };
    Ok(Listen::Tcp(SocketAddr::new(ip, port)))
}

/// Writes an address so that [`read`] gives it again.
pub(crate) fn write(listen: &Listen) -> String {
    match listen {
        Listen::Tcp(address) => format!("inet:{address}"),
        Listen::Unix(path, MODE) => format!("unix:{}", path.display()),
        Listen::Unix(path, mode) => format!("unix:{},mode={mode:04o}", path.display()),
        Listen::Passed(name) => format!("systemd:{name}"),
    }
}

/// Whether other machines can reach it: nothing if that is the service manager's business.
pub(super) fn is_open_to_the_network(listen: &Listen) -> Option<bool> {
    match listen {
        Listen::Tcp(address) => Some(!address.ip().is_loopback()),
        Listen::Unix(..) => Some(false),
        Listen::Passed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<Listen, String> {
        read(text, Path::new("/etc/sekisho"))
    }

    #[test]
    fn addresses_are_read_in_the_spellings_of_mail_servers() {
        let tcp = |text: &str| Listen::Tcp(text.parse().unwrap());
        assert_eq!(at("inet:127.0.0.1:8893"), Ok(tcp("127.0.0.1:8893")));
        assert_eq!(at("inet:localhost:0"), Ok(tcp("127.0.0.1:0")));
        assert_eq!(at("inet:*:3310"), Ok(tcp("0.0.0.0:3310")));
        assert_eq!(at("inet:[::1]:3310"), Ok(tcp("[::1]:3310")));
        assert_eq!(at("inet6:8893@[::1]"), Ok(tcp("[::1]:8893")));
        assert_eq!(at("inet:8893@127.0.0.1"), Ok(tcp("127.0.0.1:8893")));
        assert_eq!(at("unix:/run/x.sock"), Ok(Listen::Unix("/run/x.sock".into(), 0o660)));
        assert_eq!(at("local:x.sock,mode=0666"), Ok(Listen::Unix("/etc/sekisho/x.sock".into(), 0o666)));
        assert_eq!(at("systemd:milter"), Ok(Listen::Passed("milter".to_owned())));
    }

    #[test]
    fn what_is_no_address_is_said_to_be_none() {
        for (text, part) in [
            ("127.0.0.1:8893", "must begin with inet:"),
            ("inet:mail.example.com:25", "\"mail.example.com\""),
            ("inet:127.0.0.1", "names no port"),
            ("inet:127.0.0.1:70000", "\"70000\""),
            ("inet:::1:8893", "IPv6 address in brackets"),
            ("inet:[127.0.0.1]:1", "no IPv6 address"),
            ("unix:", "a path"),
            ("unix:/x,mode=888", "octal"),
            ("systemd:", "FileDescriptorName"),
            ("systemd:a:b", "FileDescriptorName"),
        ] {
            let error = at(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
        let long = format!("unix:/{}", "x".repeat(107));
        assert!(at(&long).expect_err("too long").contains("at most 107"));
    }

    #[test]
    fn an_address_is_written_as_it_is_read() {
        for text in
            ["inet:127.0.0.1:8893", "inet:[::1]:3310", "unix:/run/x.sock", "unix:/run/x.sock,mode=0666", "systemd:a"]
        {
            assert_eq!(write(&at(text).unwrap()), text);
        }
    }
}
