//! The `\u{1}Ole` stream of a linked object (MS-OLEDS 2.3.3): where the link leads. Monikers are found by their class
//! ids in the stream rather than by its layout, which malformed samples break and Office follows anyway.

use memchr::memmem;

use super::OleView;
use crate::finding_kind;
use crate::formats::office::classes::DANGEROUS_CLASS;
use crate::formats::office::remote::REMOTE_HOST_UNUSUAL;
use crate::formats::office::target::{Reach, Target, target};
use crate::knowledge::clsids::Clsid;
use crate::model::{Ioc, IocKind, Location};
use crate::stage::Outcome;

/// Monikers as stored, MS-OSHARED 2.3.7.
const URL: [u8; 16] = [0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9, 0x0B];
const SOAP: [u8; 16] = [0xC7, 0xB0, 0xAB, 0xEC, 0x19, 0x7F, 0xD2, 0x11, 0x97, 0x8E, 0x00, 0x00, 0xF8, 0x75, 0x7E, 0x2A];
const SCRIPT: [u8; 16] =
    [0xD3, 0x0B, 0x29, 0x06, 0xAA, 0x48, 0xD2, 0x11, 0x84, 0x32, 0x00, 0x60, 0x08, 0xC3, 0xFB, 0xFC];

/// Longest address read.
const MAX_ADDRESS: usize = 2_048;

/// Says where links lead that leave the machine.
pub(super) fn say_links(view: &OleView, out: &mut Outcome<'_>) {
    for (index, entry) in view.streams() {
        if !entry.name.eq_ignore_ascii_case("\u{1}Ole") && !entry.name.eq_ignore_ascii_case("\u{3}LinkInfo") {
            continue;
        }
        say_monikers(&view.data(index), &Location::part(format!("stream {}", view.path(index))), out);
    }
}

/// Says where monikers in the bytes of a link lead.
pub(crate) fn say_monikers(stream: &[u8], at: &Location, out: &mut Outcome<'_>) {
    for (id, name) in [(SOAP, "SOAP moniker"), (SCRIPT, "script moniker")] {
        if memmem::find(stream, &id).is_some() {
            out.raise(DANGEROUS_CLASS, at.clone(), format!("{name} {{{}}} in a link", Clsid(id)));
        }
    }
    let has_url_moniker = memmem::find(stream, &URL).is_some();
    for address in addresses(stream) {
        say_address(&address, has_url_moniker, at, out);
    }
}

/// Says one address of a link. Without a moniker that fetches it, a web address is only an indicator.
pub(crate) fn say_address(address: &str, is_fetched: bool, at: &Location, out: &mut Outcome<'_>) {
    let target = target(address);
    let kind = if matches!(target, Target::Share(..)) { IocKind::Unc } else { IocKind::Url };
    out.ioc(Ioc::new(kind, address, at.clone()).with_context("OLE link"));
    if is_fetched || kind == IocKind::Unc {
        out.raise(OLE_REMOTE_LINK, at.clone(), address);
        if target.reach() == Some(Reach::Odd) {
            out.raise(REMOTE_HOST_UNUSUAL, at.clone(), address);
        }
    }
}

/// Web addresses and UNC paths in a stream, in either width, without repeats.
fn addresses(stream: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in [narrow(stream), wide(stream, 0), wide(stream, 1)] {
        let lower = text.to_ascii_lowercase();
        for start in ["http://", "https://", "ftp://", r"\\"] {
            let Some(at) = lower.find(start) else { continue };
            let rest = text.get(at..).unwrap_or_default();
            let address: String = rest.chars().take(MAX_ADDRESS).take_while(|c| *c != '\n').collect();
            let is_path = start == r"\\";
            let host: String = address.trim_start_matches('\\').chars().take_while(|c| *c != '\\').collect();
            let is_host = host.len() > 2 && host.chars().all(|c| c.is_alphanumeric() || "-_.@:".contains(c));
            // A path to the local device namespace leads nowhere.
            if (!is_path || is_host) && !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found
}

/// Bytes as text, with a line end for what is not printable.
fn narrow(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if matches!(byte, 0x20..=0x7E) { char::from(*byte) } else { '\n' }).collect()
}

fn wide(bytes: &[u8], from: usize) -> String {
    let pairs = bytes.get(from..).unwrap_or_default().chunks_exact(2);
    pairs
        .map(|pair| match pair {
            [low @ 0x20..=0x7E, 0] => char::from(*low),
            _ => '\n',
        })
        .collect()
}

finding_kind! {
    /// ## What it is
    /// A linked object whose source is a web address or a server path.
    ///
    /// ## Why it matters
    /// Office fetches the source when the object updates, and hands it to the program its type asks for: with
    /// `application/hta` that was code execution (CVE-2017-0199). A server path gives away the user's password hash.
    ///
    /// ## How we see it
    /// The `Ole` stream of a storage holds a URL moniker and an address, or a UNC path.
    ///
    /// ## When it is innocent
    /// Documents linked to files on a company server, mailed by mistake.
    ///
    /// ## References
    /// - CVE-2017-0199: https://nvd.nist.gov/vuln/detail/CVE-2017-0199
    /// - MS-OLEDS 2.3.3 OLEStream
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    pub(crate) const OLE_REMOTE_LINK = {
        id: "ole-remote-link",
        title: "a linked object leads to another machine",
        ja: "リンクされたオブジェクトが外部のサーバーを参照しています",
        why_ja: "文書を開くと外部からファイルを取得します。取得した内容がそのまま実行される攻撃や、認証情報を盗む攻撃に使われます。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1221", "T1187"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_addresses_in_both_widths() {
        let wide: Vec<u8> = "http://192.0.2.1/a.hta".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(addresses(&[&[1, 2, 3][..], &wide].concat()), ["http://192.0.2.1/a.hta"]);
        assert_eq!(addresses(b"\0\0\\\\files.example.com\\share\\a.doc\0"), [r"\\files.example.com\share\a.doc"]);
        assert!(addresses(br"C:\\a\b.doc").is_empty());
    }
}
