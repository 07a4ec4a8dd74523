//! Shortcuts through their probes and the analyzer.

use super::kinds::{DESKTOP, LIBRARY, RDP, SCF, THEME, URL};
use crate::formats::trial::{attachment, is_taken, scan, weight};
use crate::model::Severity;

#[test]
fn shares_are_seen_and_web_addresses_are_only_told() {
    let said =
        scan(&URL, "a.url", b"[InternetShortcut]\r\nURL=https://example.com/\r\nIconFile=\\\\192.0.2.40\\s\\a.ico\r\n");
    assert_eq!(weight(&said, "shortcut-to-share"), Some(Severity::High));
    assert!(said.iocs.iter().any(|ioc| ioc.value == r"\\192.0.2.40\s\a.ico"));
    let said = scan(&URL, "a.url", b"[InternetShortcut]\r\nURL=https://example.com/\r\nIconFile=C:\\a.ico\r\n");
    assert_eq!(weight(&said, "shortcut-to-share"), None);
    assert_eq!(weight(&said, "url-shortcut"), Some(Severity::Info));
    let said = scan(&URL, "a.url", b"[InternetShortcut]\nURL=file://192.0.2.40/s/a.exe\n");
    assert_eq!(weight(&said, "shortcut-to-share"), Some(Severity::High));
}

#[test]
fn odd_schemes_are_seen() {
    for target in [
        "mhtml:http://example.com/a!x-usc:http://example.com/b",
        "search-ms:query=a",
        "file:///C:/Windows/System32/calc.exe",
    ] {
        let said = scan(&URL, "a.url", format!("[InternetShortcut]\nURL={target}\n").as_bytes());
        assert_eq!(weight(&said, "shortcut-odd-target"), Some(Severity::High), "{target}");
    }
    let said = scan(&URL, "a.url", b"[InternetShortcut]\nURL=https://example.com/\n");
    assert_eq!(weight(&said, "shortcut-odd-target"), None);
    assert!(!is_taken(&URL, &attachment("a.txt", b"[Internet]\nURL=file:x\n")));
}

#[test]
fn themes_commands_and_libraries_that_reach_out_are_seen() {
    let said = scan(&SCF, "a.scf", b"[Shell]\r\nCommand=2\r\nIconFile=\\\\192.0.2.40\\s\\a.ico\r\n");
    assert_eq!(weight(&said, "shortcut-to-share"), Some(Severity::High));
    let said = scan(&THEME, "a.theme", b"[Theme]\nBrandImage=\\\\192.0.2.40\\s\\a.png\n[VisualStyles]\nPath=a\n");
    assert_eq!(weight(&said, "shortcut-to-share"), Some(Severity::High));
    let said =
        scan(&THEME, "a.theme", b"[Theme]\nDisplayName=x\n[Control Panel\\Desktop]\nWallpaper=%SystemRoot%\\a.jpg\n");
    assert!(said.findings.is_empty());
    let library = "<?xml version=\"1.0\"?><libraryDescription><searchConnectorDescriptionList><searchConnectorDescription>\
                   <simpleLocation><url>\\\\192.0.2.40\\s</url></simpleLocation>";
    let said = scan(&LIBRARY, "a.library-ms", library.as_bytes());
    assert!(said.findings.iter().any(|finding| finding.kind.id == "shortcut-to-share" && finding.decisive));
    let own = library.replace(r"\\192.0.2.40\s", "knownfolder:{FDD39AD0-238F-46AF-ADB4-6C85480369C7}");
    assert!(scan(&LIBRARY, "a.library-ms", own.as_bytes()).findings.is_empty());
}

#[test]
fn desktop_entries_that_run_shells_weigh_most() {
    let said =
        scan(&DESKTOP, "a.desktop", b"[Desktop Entry]\nType=Application\nExec=bash -c \"echo aa | base64 -d\"\n");
    assert_eq!(weight(&said, "desktop-entry-runs-command"), Some(Severity::Critical));
    let said = scan(&DESKTOP, "a.desktop", b"[Desktop Entry]\nType=Link\nURL=https://example.com/\n");
    assert_eq!(weight(&said, "desktop-entry-runs-command"), None);
}

#[test]
fn remote_desktops_outside_weigh_more_than_inside() {
    let said =
        scan(&RDP, "a.rdp", b"full address:s:203.0.113.9:3389\r\ndrivestoredirect:s:*\r\nredirectclipboard:i:1\r\n");
    assert_eq!(weight(&said, "rdp-file"), Some(Severity::High));
    assert!(said.iocs.iter().any(|ioc| ioc.value == "203.0.113.9"));
    let said = scan(&RDP, "a.rdp", b"full address:s:ts01\r\nredirectclipboard:i:1\r\n");
    assert_eq!(weight(&said, "rdp-file"), Some(Severity::Medium));
    assert!(!is_taken(&RDP, &attachment("a.txt", b"address: 1\nname: 2\n")));
}
