//! What a calendar attaches and where it leads.

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::link::Link;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

use super::super::content_line::{ContentLine, give};
use super::{CalendarView, at};

finding_kind! {
    /// ## What it is
    /// The invitation names a file on another machine (`\\host\share`, `file://host/…`): as an attachment, as the sound of
    /// an alarm, or as the address of a shared calendar.
    ///
    /// ## Why it matters
    /// Windows signs in to the named machine to fetch it, which hands the user's credentials (NTLM) to whoever runs it.
    /// Outlook did so by itself in CVE-2023-35636, and with reminder sounds in CVE-2023-23397.
    ///
    /// ## How we see it
    /// Every address of the calendar (ATTACH, URL, X-SHARING-CONFIG-URL and others) is sorted by what following it does.
    /// Hosts with a plain name, which lead into the recipient's own network, are left out.
    ///
    /// ## When it is innocent
    /// Not known: a share in another organisation cannot be reached by honest guests.
    ///
    /// ## References
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    /// - CVE-2023-35636: https://nvd.nist.gov/vuln/detail/CVE-2023-35636
    /// - RFC 5545 section 3.8.1.1, ATTACH: https://www.rfc-editor.org/rfc/rfc5545#section-3.8.1.1
    pub(crate) const CALENDAR_POINTS_TO_SHARE = {
        id: "calendar-points-to-share",
        title: "the invitation names a file on a stranger's machine",
        ja: "予定の招待に、外部の共有フォルダーへの参照が含まれています",
        why_ja: "予定を開いたり通知が鳴ったりするだけで外部のサーバーに接続し、Windows の認証情報が盗まれるおそれがあります。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1187"],
    }
}

/// Properties whose value is an address or a file.
const ADDRESSES: [&str; 10] = [
    "ATTACH",
    "URL",
    "IMAGE",
    "CONFERENCE",
    "SOURCE",
    "TZURL",
    "X-SHARING-CONFIG-URL",
    "X-SHARING-REMOTE-UID",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
];
/// Properties whose value is text people read.
const TEXTS: [&str; 4] = ["SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"];
/// Text gathered of one calendar.
const MAX_TEXT: usize = 1 << 20;

/// Takes calendars apart.
pub(super) struct CalendarUnpacker;

impl Unpacker for CalendarUnpacker {
    fn findings(&self) -> Kinds {
        &[CALENDAR_POINTS_TO_SHARE]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<CalendarView>()?;
        if view.is_cut {
            out.problem(Problem::new(ProblemKind::Limit, "more lines than are read of a calendar", Location::whole()));
        }
        let (mut count, mut pages, mut links) = (0usize, 0usize, 0usize);
        let mut text = String::new();
        for line in &view.lines {
            match line.name.as_str() {
                "METHOD" => out.fact("calendar-method", line.value.trim().to_ascii_uppercase()),
                "ORGANIZER" => say_person("calendar-organizer", line, out),
                name if TEXTS.contains(&name) && text.len() < MAX_TEXT => {
                    text.push_str(&line.text());
                    text.push('\n');
                }
                "X-ALT-DESC" => {
                    pages = pages.saturating_add(1);
                    let claimed = line.param("FMTTYPE").unwrap_or("text/html").to_ascii_lowercase();
                    let origin = Origin::part(OriginKind::Decoded, "X-ALT-DESC").claiming(claimed);
                    out.child_bytes(numbered("description", pages, ".html"), origin, Bytes::from(line.text()))?;
                }
                name if ADDRESSES.contains(&name) || name == "X-ATTACH" => {
                    let fallback = format!("attachment-{}", count.saturating_add(1));
                    match give(line, &fallback, true, out)? {
                        Some(link) => {
                            links = links.saturating_add(usize::from(matches!(link, Link::Web(_))));
                            say_share(line, &link, out);
                        }
                        None => count = count.saturating_add(1),
                    }
                }
                _ => {}
            }
        }
        if links > 0 {
            out.fact("calendar-links", links.to_string());
        }
        // Addresses are cut by folds in the calendar itself; here they are whole.
        if text.contains("://") || text.contains("www.") || text.contains('<') {
            let name = EntryName::new("description.txt");
            out.child_bytes(name, Origin::part(OriginKind::Decoded, "text of the invitation"), Bytes::from(text))?;
        }
        Ok(())
    }
}

fn numbered(stem: &str, number: usize, extension: &str) -> EntryName {
    EntryName::new(match number {
        1 => format!("{stem}{extension}"),
        number => format!("{stem}-{number}{extension}"),
    })
}

/// A person's address: `mailto:taro@example.com`, or a plain address.
fn say_person(key: &'static str, line: &ContentLine, out: &mut Outcome<'_>) {
    let value = line.value.trim();
    let address = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| value.get(7..));
    let address = address.unwrap_or(value).split('?').next().unwrap_or_default().trim();
    if address.contains('@') {
        out.fact(key, address.to_lowercase());
    }
}

fn say_share(line: &ContentLine, link: &Link, out: &mut Outcome<'_>) {
    if let Link::Share(path) = link
        && !link.is_inside()
    {
        out.raise(CALENDAR_POINTS_TO_SHARE, at(line), format!("{}: {path}", line.name));
    }
}

#[cfg(test)]
mod tests {
    use super::super::FORMAT;
    use crate::formats::trial;

    fn scan(lines: &str) -> crate::stage::Said {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{lines}END:VCALENDAR\r\n");
        trial::scan(&FORMAT, "invite.ics", text.as_bytes())
    }

    #[test]
    fn attachments_come_out() {
        let said = scan(
            "METHOD:REQUEST\r\nORGANIZER;CN=Sato:MAILTO:Sato@Example.com\r\n\
             ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=\"a.zip\":UEsF\r\n BgAA\r\n\
             ATTACH:data:text/plain;base64,aGVsbG8=\r\nX-ALT-DESC;FMTTYPE=text/html:<p>a\\, b</p>\r\n\
             ATTACH:https://example.com/a\r\n /long/path.zip\r\n",
        );
        let found: Vec<(&str, &[u8])> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(
            found,
            [("a.zip", b"PK\x05\x06\0\0".as_slice()), ("attachment-2", b"hello"), ("description.html", b"<p>a, b</p>"),]
        );
        assert_eq!(said.iocs[0].value, "https://example.com/a/long/path.zip");
        let facts: Vec<(&str, &str)> = said.facts.iter().map(|fact| (fact.key, fact.value.as_str())).collect();
        assert!(facts.contains(&("calendar-organizer", "sato@example.com")), "{facts:?}");
    }

    #[test]
    fn a_share_is_said_and_one_inside_is_not() {
        let id = "calendar-points-to-share";
        for line in ["ATTACH:file://192.0.2.7/share/a.wav", r"X-SHARING-CONFIG-URL:\\\\files.example.net\\s\\a.ics"] {
            let said = scan(&format!("{line}\r\n"));
            assert!(trial::weight(&said, id).is_some(), "{line}");
        }
        for line in [r"ATTACH:\\\\server\\share\\plan.docx", "ATTACH:https://example.com/a", "ATTACH:Basso"] {
            assert!(trial::weight(&scan(&format!("{line}\r\n")), id).is_none(), "{line}");
        }
    }

    #[test]
    fn cut_anywhere_nothing_breaks() {
        let text = b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;X-FILENAME=\"a\":UEsF\r\n BgAA\r\nDESCRIPTION:a\\n\r\n";
        for cut in 16..text.len() {
            let _ = trial::scan(&FORMAT, "a.ics", &text[..cut]);
        }
    }
}
