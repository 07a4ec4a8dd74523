//! Parts whose content is kept elsewhere (`message/external-body`, RFC 2046 section 5.2.3, RFC 2017).

use crate::finding_kind;
use crate::formats::link::Link;
use crate::model::Location;
use crate::stage::Outcome;

use super::leaf::Leaf;
use super::params;

finding_kind! {
    /// ## What it is
    /// A part of the message has no content but says where a mail program is to fetch it from.
    ///
    /// ## Why it matters
    /// What is fetched later was not there to be looked at, and may be another thing for each who asks. A path on a
    /// stranger's machine makes Windows sign in there.
    ///
    /// ## How we see it
    /// The part's type is `message/external-body` with an access type that names a machine: url, http, ftp, anon-ftp,
    /// tftp, or a path that is a share. Mail servers (`mail-server`) and files of the recipient's own are left out.
    ///
    /// ## When it is innocent
    /// Announcements of Internet drafts and some old lists. Few mail programs follow it by themselves today.
    ///
    /// ## References
    /// - RFC 2046 section 5.2.3: https://www.rfc-editor.org/rfc/rfc2046#section-5.2.3
    /// - RFC 2017, URL access type: https://www.rfc-editor.org/rfc/rfc2017
    pub(super) const MAIL_PART_KEPT_ELSEWHERE = {
        id: "mail-part-kept-elsewhere",
        title: "a part of the message is to be fetched from another machine",
        ja: "添付の中身がメールの中になく、外部から取得する形になっています",
        why_ja: "取得されるファイルは検査できず、受信後に差し替えることもできます。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1566.002"],
    }
}

/// Says where an external body is.
pub(super) fn say(leaf: &Leaf, out: &mut Outcome<'_>) {
    if leaf.media_type != "message/external-body" {
        return;
    }
    let value = params::parse(leaf.type_value.as_deref().unwrap_or_default());
    let first = |name: &str| value.first(name).unwrap_or_default();
    let access = first("access-type").to_ascii_lowercase();
    let target = match access.as_str() {
        // RFC 2017 lets the address be broken by blanks.
        "url" | "http" | "https" | "x-uri" if !first("url").is_empty() => first("url").split_whitespace().collect(),
        "ftp" | "anon-ftp" | "tftp" => {
            let directory = first("directory").trim_matches('/');
            let slash = if directory.is_empty() { "" } else { "/" };
            format!("ftp://{}/{directory}{slash}{}", first("site"), first("name"))
        }
        "local-file" | "afs" | "x-mutt-deleted" => first("name").to_owned(),
        _ => return,
    };
    let at = Location::at(leaf.head_start);
    let link = Link::of(&target);
    if let Some(ioc) = link.ioc(at.clone(), "message/external-body") {
        out.ioc(ioc);
    }
    let is_remote = matches!(link, Link::Web(_)) || matches!(link, Link::Share(_)) && !link.is_inside();
    if is_remote {
        out.raise(MAIL_PART_KEPT_ELSEWHERE, at, format!("{access}: {target}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::unpack::tests::unpack;
    use sekisho_samples::mail::{Eml, Part};

    fn seen(content_type: &str) -> (usize, Vec<String>) {
        let part = Part::new().header("Content-Type", content_type).body(b"Content-Type: application/zip\r\n\r\n");
        let said = unpack(&Eml::letter("a@example.com").text_body("us-ascii", "hi").attach_part(part).build());
        let count = said.findings.iter().filter(|finding| finding.kind.id == "mail-part-kept-elsewhere").count();
        (count, said.iocs.into_iter().map(|ioc| ioc.value).collect())
    }

    #[test]
    fn places_elsewhere_are_said() {
        let url = "message/external-body; access-type=URL; URL=\"http://example.com/\r\n a.zip\"";
        assert_eq!(seen(url), (1, vec!["http://example.com/a.zip".to_owned()]));
        let ftp = "message/external-body; access-type=anon-ftp; site=example.net; directory=pub; name=a.zip";
        assert_eq!(seen(ftp), (1, vec!["ftp://example.net/pub/a.zip".to_owned()]));
        assert_eq!(
            seen("message/external-body; access-type=local-file; name=\"\\\\\\\\192.0.2.9\\\\a\\\\b.zip\"").0,
            1
        );
    }

    #[test]
    fn mail_servers_and_own_files_are_not() {
        assert_eq!(seen("message/external-body; access-type=mail-server; server=a@example.com").0, 0);
        assert_eq!(seen("message/external-body; access-type=local-file; name=\"/home/a/b.txt\"").0, 0);
    }
}
