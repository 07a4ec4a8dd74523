//! Pages through the unpacker and the analyzer.

use base64::Engine as _;

use super::*;
use crate::formats::trial::{attachment, is_taken, of, scan, scan_artifact, weight};
use crate::model::{Origin, OriginKind, Severity};

fn page(text: &str) -> crate::stage::Said {
    scan(&FORMAT, "a.html", text.as_bytes())
}

#[test]
fn pages_are_told_from_texts_about_pages() {
    for text in
        ["<!DOCTYPE HTML><p>", "\u{feff} <html>", "<?xml version='1.0'?><!-- x --><html xmlns='x'>", "<div dir=ltr>Hi"]
    {
        assert!(is_taken(&FORMAT, &attachment("a", text.as_bytes())), "{text}");
    }
    for text in ["Use <b> for bold.", "<Invoice><Total>1</Total></Invoice>", "<svg></svg>", "1 < 2", ""] {
        assert!(!is_taken(&FORMAT, &attachment("a.txt", text.as_bytes())), "{text}");
    }
    let body = of("body", b"Dear all,<br>hello", Origin::part(OriginKind::MimePart, "").claiming("text/html"));
    assert!(is_taken(&FORMAT, &body));
}

#[test]
fn moniker_links_are_decisive_and_file_links_are_not() {
    let said = page("<a href=\"file:///\\\\192.0.2.1\\test\\test.rtf!something\">x</a>");
    assert!(said.findings.iter().any(|finding| finding.kind.id == "html-moniker-link" && finding.decisive));
    let said = page("<a href=\"file://192.0.2.1/s/a.rtf\">x</a><a href='https://example.com/wow.html!'>y</a>");
    assert_eq!(weight(&said, "html-moniker-link"), None);
    assert_eq!(weight(&said, "html-share-link"), Some(Severity::Medium));
    assert_eq!(weight(&page("<img src='//192.0.2.1/a.png'>"), "html-share-link"), None);
    assert_eq!(weight(&page("<img src='file://192.0.2.1/a.png'>"), "html-share-link"), Some(Severity::High));
}

#[test]
fn labels_that_lie_are_seen() {
    let link = |target: &str, label: &str| page(&format!("<p><a href='{target}'>{label}</a>"));
    let weigh = |target, label| weight(&link(target, label), "html-link-text-lies");
    assert_eq!(weigh("https://evil.example.net/", "https://www.example.com/login"), Some(Severity::Medium));
    assert_eq!(weigh("https://x.list-manage.com/c?u=1", "https://www.example.com/"), Some(Severity::Low));
    assert_eq!(weigh("https://evil.example.net/", "www.example.com"), Some(Severity::Low));
    for (target, label) in [
        ("https://mail.example.com/a", "https://www.example.com/a"),
        ("https://example.net/", "こちら"),
        ("https://example.net/", "readme.md"),
        ("mailto:a@example.net", "www.example.com"),
    ] {
        assert_eq!(weigh(target, label), None, "{label}");
    }
}

#[test]
fn files_built_in_the_page_are_seen_and_unpacked() {
    let zip = [b"PK\x03\x04".as_slice(), &[0x41; 600]].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(&zip);
    let smuggle = format!(
        "<html><script>var b = atob('{text}'); var f = new Blob([b]); a.href = URL.createObjectURL(f); a.download = 'x.zip';\
         a.click();</script>"
    );
    let said = page(&smuggle);
    assert_eq!(weight(&said, "html-smuggling"), Some(Severity::High));
    assert!(said.children.iter().any(|child| child.bytes[..] == zip[..]));
    let receipt = "<html><script>document.getElementById('d').textContent = new Date().toLocaleDateString();\
                   function save() { var u = URL.createObjectURL(new Blob([text])); a.download = 'r.csv'; }</script>";
    assert_eq!(weight(&page(receipt), "html-smuggling"), None);
}

#[test]
fn data_urls_become_children() {
    let said =
        page("<iframe src=\"data:text/html;base64,PGh0bWw+\"></iframe><img src='data:image/gif;base64,R0lGODlh'>");
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children.first().unwrap().origin.claimed_type.as_deref(), Some("text/html"));
}

#[test]
fn passwords_are_asked_for_by_attachments_only() {
    let form = b"<form action='https://example.net/p'><input type=password></form>";
    assert_eq!(weight(&scan(&FORMAT, "a.html", form), "html-credential-form"), Some(Severity::Medium));
    let body = of("body", form, Origin::part(OriginKind::MimePart, ""));
    assert_eq!(weight(&scan_artifact(&FORMAT, body), "html-credential-form"), None);
    assert_eq!(weight(&page("<form><input type=text></form>"), "html-credential-form"), None);
}

#[test]
fn copy_and_paste_attacks_are_seen() {
    let said = page(
        "<p>ロボットでないことを確認するため、Windowsキー＋R を押し、貼り付けて Enter を押してください。</p><script>\
         navigator.clipboard.writeText('powershell -w h harmless-none.exe # captcha')</script>",
    );
    assert!(said.findings.iter().any(|finding| finding.kind.id == "html-clickfix" && finding.decisive));
    let manual = "<p>Press Win+R and type powershell, then paste with Ctrl+V.</p>";
    assert_eq!(weight(&page(manual), "html-clickfix"), None);
    let copy_button =
        "<pre>curl https://example.com</pre><script>navigator.clipboard.writeText(pre.textContent)</script>";
    assert_eq!(weight(&page(copy_button), "html-clickfix"), None);
}

#[test]
fn pages_that_only_lead_on_are_seen() {
    let said = page("<html><meta http-equiv=refresh content='0;url=https://example.net/'></html>");
    assert_eq!(weight(&said, "html-redirect-only"), Some(Severity::Medium));
    let said = page("<html><script>window.location.href = 'https://example.net/'</script></html>");
    assert_eq!(weight(&said, "html-redirect-only"), Some(Severity::Medium));
    let article = format!("<html><p>{}</p><script>if (a) location.href = '/b'</script></html>", "text ".repeat(50));
    assert_eq!(weight(&page(&article), "html-redirect-only"), None);
}

#[test]
fn invisible_pictures_are_only_informational() {
    let said = page("<p>x<img src='https://example.com/o.gif?id=1' width='1' height='1'>");
    assert_eq!(weight(&said, "html-tracking-pixel"), Some(Severity::Info));
    let said = page("<p>x<img src='https://example.com/o.gif' width='100' height='1'>");
    assert_eq!(weight(&said, "html-tracking-pixel"), None);
}

#[test]
fn scripts_that_are_pages_of_scripts_end_early() {
    let said = |levels: usize| {
        let page = "<script>".repeat(levels);
        let origin = Origin::part(OriginKind::Decoded, "scripts of the page");
        scan_artifact(&FORMAT, of("scripts.js", page.as_bytes(), origin))
    };
    assert_eq!(said(10).children.len(), 1);
    let long = said(20_000);
    assert!(long.children.is_empty());
    assert!(long.problems.iter().any(|problem| problem.kind == crate::model::ProblemKind::Limit));
    assert_eq!(page(&"<script>".repeat(20_000)).children.len(), 1);
}
