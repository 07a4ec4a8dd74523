//! One test or more for each pitfall of extracting indicators.

use std::sync::Arc;

use base64::Engine as _;

use bytes::Bytes;

use super::*;
use crate::budget::Budget;
use crate::model::{ArtifactPath, FormatId, Hints, IocKind, Limits};
use crate::stage::Said;

fn look(bytes: &[u8]) -> Said {
    let origin = Origin::file(OriginKind::Input, "");
    let artifact = Artifact::new(
        ArtifactPath::root(),
        EntryName::new("a"),
        origin,
        Bytes::copy_from_slice(bytes),
        FormatId::UNKNOWN,
    );
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::new(Hints::default()), &budget);
    Indicators.analyze(&artifact, &mut out).unwrap();
    out.into_said()
}

fn values(text: &str, kind: IocKind) -> Vec<String> {
    look(text.as_bytes()).iocs.into_iter().filter(|ioc| ioc.kind == kind).map(|ioc| ioc.value).collect()
}

fn urls(text: &str) -> Vec<String> {
    values(text, IocKind::Url)
}

fn ids(text: &str) -> Vec<&'static str> {
    look(text.as_bytes()).findings.iter().map(|finding| finding.kind.id).collect()
}

fn context(text: &str, value: &str) -> Option<String> {
    look(text.as_bytes()).iocs.into_iter().find(|ioc| ioc.value == value).and_then(|ioc| ioc.context)
}

mod web {
    use super::*;

    #[test]
    fn urls_with_user_and_password_are_found() {
        assert_eq!(urls("see http://user:pw@example.com/a now"), ["http://user:pw@example.com/a"]);
        assert!(ids("http://user:pw@example.com/a").is_empty());
    }

    #[test]
    fn a_host_posing_as_user_name_is_reported() {
        let text = "http://www.example.com@192.0.2.1/login";
        assert_eq!(values(text, IocKind::Ipv4), ["192.0.2.1"]);
        assert_eq!(ids(text), ["url-hides-host-behind-userinfo"]);
    }

    #[test]
    fn paths_are_not_cut_at_signs_they_may_hold() {
        assert_eq!(urls("http://example.com/a(b)c;d@e:f, then"), ["http://example.com/a(b)c;d@e:f"]);
    }

    #[test]
    fn brackets_stay_only_where_they_were_opened() {
        assert_eq!(urls("(see http://example.com/a_(b))."), ["http://example.com/a_(b)"]);
        assert_eq!(urls("[http://example.com/a]"), ["http://example.com/a"]);
        assert_eq!(urls("<a href='http://example.com/a'>"), ["http://example.com/a"]);
        assert_eq!(urls("「http://example.com/a」をご覧"), ["http://example.com/a"]);
    }

    #[test]
    fn japanese_right_after_a_url_ends_it_at_a_particle() {
        assert_eq!(urls("詳しくはhttp://example.com/bをご覧ください。"), ["http://example.com/b"]);
        assert_eq!(urls("http://example.comをご覧ください"), ["http://example.com/"]);
    }

    #[test]
    fn a_japanese_path_is_read_both_ways() {
        let text = "http://example.com/予約/航空券.pdf";
        let found = urls(text);
        assert!(found.contains(&"http://example.com/".to_owned()));
        assert!(found.iter().any(|url| url.ends_with("/%E8%88%AA%E7%A9%BA%E5%88%B8.pdf")), "{found:?}");
        assert_eq!(context(text, "http://example.com/").as_deref(), Some("ambiguous end"));
    }

    #[test]
    fn full_width_urls_are_found_where_they_stand() {
        let said = look("一行目\n二行目 ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ です".as_bytes());
        let url = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Url).unwrap();
        assert_eq!(url.value, "http://example.com/a");
        assert_eq!(url.context.as_deref(), Some("full-width"));
        assert_eq!(url.at, Location::line(2));
    }

    #[test]
    fn version_6_hosts_in_brackets_are_found() {
        let text = "http://[2001:db8::1]:8080/a";
        assert_eq!(urls(text), [text]);
        assert_eq!(values(text, IocKind::Ipv6), ["2001:db8::1"]);
    }

    #[test]
    fn numeric_hosts_are_read_as_browsers_do_and_reported() {
        for host in ["3221225985", "0xC0000201", "0300.0.02.01", "192.0.513", "192.513", "0xC0.0x0.0x2.0x1"] {
            let text = format!("http://{host}/a");
            assert_eq!(urls(&text), ["http://192.0.2.1/a"], "{host}");
            assert_eq!(values(&text, IocKind::Ipv4), ["192.0.2.1"], "{host}");
            assert_eq!(ids(&text), ["url-host-obfuscated"], "{host}");
            let raw = look(text.as_bytes()).iocs.into_iter().find(|ioc| ioc.kind == IocKind::Ipv4).unwrap().raw;
            assert_eq!(raw.as_deref(), Some(host));
        }
        assert!(ids("http://192.0.2.1/a").is_empty());
        assert!(urls("http://8080/a").is_empty());
    }

    #[test]
    fn percent_encoded_hosts_are_reported() {
        let text = "http://%65xample.com/a";
        assert_eq!(urls(text), ["http://example.com/a"]);
        assert_eq!(ids(text), ["url-host-obfuscated"]);
    }

    #[test]
    fn escapes_are_decoded_to_the_bottom() {
        for text in [
            "u=http%3A%2F%2Fexample.com%2Fa",
            "u=http%253A%252F%252Fexample.com%252Fa",
            "href=\"&#104;&#116;&#116;&#112;&#58;&#47;&#47;example.com/a\"",
            r#"x = "\u0068\u0074\u0074\u0070://example.com/a""#,
            r#"{"u":"http:\/\/example.com\/a"}"#,
        ] {
            assert!(urls(text).contains(&"http://example.com/a".to_owned()), "{text}: {:?}", urls(text));
        }
    }

    #[test]
    fn ampersands_of_markup_are_one_character() {
        assert_eq!(urls("<a href=\"http://example.com/?a=1&amp;b=2\">"), ["http://example.com/?a=1&b=2"]);
    }

    #[test]
    fn an_ideographic_full_stop_is_a_dot_in_a_host_only() {
        assert_eq!(urls("http://example。com/a"), ["http://example.com/a"]);
        assert_eq!(urls("http://example.com/a。次の文"), ["http://example.com/a"]);
        assert_eq!(urls("http://example.com。次の文"), ["http://example.com/"]);
    }

    #[test]
    fn reversed_urls_are_found() {
        let text = "x = StrReverse(\"a/moc.elpmaxe//:ptth\")";
        assert_eq!(urls(text), ["http://example.com/a"]);
        assert_eq!(context(text, "http://example.com/a").as_deref(), Some("reversed"));
    }

    #[test]
    fn rotated_and_octal_urls_are_found() {
        assert_eq!(urls("x = uggc://rknzcyr.pbz/n"), ["http://example.com/a"]);
        let octal: String = "http://example.com/a".bytes().map(|byte| format!("\\{byte:o}")).collect();
        let octal = octal.replace("\\72", "\\072").replace("\\57", "\\057").replace("\\56", "\\056");
        assert_eq!(urls(&format!("x = '{octal}'")), ["http://example.com/a"]);
        assert!(urls("uggc and \\150\\164\\164 are nothing").is_empty());
    }

    #[test]
    fn urls_in_pieces_are_joined() {
        let code = r#"x = "ht" & "tp://exam" & "ple.com/a""#;
        assert_eq!(urls(code), ["http://example.com/a"]);
        assert_eq!(context(code, "http://example.com/a").as_deref(), Some("joined"));
        assert!(urls(r#"x = "ht" & name & "tp://example""#).is_empty());
    }

    #[test]
    fn compressed_base64_becomes_a_child_to_inflate() {
        // gzip of a text, level 0 (RFC 1952).
        let text = b"http://example.com/a";
        let mut gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x14\0\xeb\xff".to_vec();
        gzip.extend_from_slice(text);
        gzip.extend_from_slice(&[0; 8]);
        let code = format!("x = '{}'", base64::engine::general_purpose::STANDARD.encode(&gzip));
        let said = look(code.as_bytes());
        assert_eq!(said.children.len(), 1);
    }

    #[test]
    fn links_of_gateways_are_unwrapped_and_kept() {
        let text = "https://jpn01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fexample.com%2Fa&data=05";
        let found = urls(text);
        assert!(found.contains(&"http://example.com/a".to_owned()));
        assert!(found.iter().any(|url| url.contains("safelinks")));
        assert_eq!(context(text, "http://example.com/a").as_deref(), Some("unwrapped from Safe Links"));
        assert_eq!(found.len(), 2, "{found:?}");
        let v2 = urls("https://urldefense.proofpoint.com/v2/url?u=http-3A__example.com_a&d=x");
        assert!(v2.contains(&"http://example.com/a".to_owned()), "{v2:?}");
        let v3 = urls("https://urldefense.com/v3/__http://example.com/a__;!!x$");
        assert!(v3.contains(&"http://example.com/a".to_owned()), "{v3:?}");
    }

    #[test]
    fn a_url_inside_another_is_found_too() {
        let found = urls("https://example.net/r?u=http://example.com/a&x=1");
        assert_eq!(found, ["https://example.net/r?u=http://example.com/a&x=1", "http://example.com/a&x=1"]);
    }

    #[test]
    fn defanged_input_is_repaired_for_matching() {
        for (text, value) in [
            ("hxxp://example[.]com/a", "http://example.com/a"),
            ("hxxps[:]//example(.)com/a", "https://example.com/a"),
            ("h**p://example{.}com/a", "http://example.com/a"),
            ("C2: http://example[dot]com/a", "http://example.com/a"),
        ] {
            assert!(urls(text).contains(&value.to_owned()), "{text}");
        }
        assert_eq!(values("seen at 192.0.2[.]10 today", IocKind::Ipv4), ["192.0.2.10"]);
        assert_eq!(values("to evil.example[.]org now", IocKind::Domain), ["evil.example.org"]);
        assert_eq!(values("yamada[at]example[.]com", IocKind::Email), ["yamada@example.com"]);
        assert_eq!(values("yamada＠example.com", IocKind::Email), ["yamada@example.com"]);
    }

    #[test]
    fn long_urls_are_cut_and_say_so() {
        let text = format!("http://example.com/{}", "a".repeat(10_000));
        let said = look(text.as_bytes());
        let url = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Url).unwrap();
        assert!(url.value.len() <= 4_096);
        assert_eq!(url.context.as_deref(), Some("truncated"));
    }

    #[test]
    fn namespaces_are_kept_and_marked_without_their_hosts() {
        let said = look(b"xmlns=\"http://www.w3.org/1999/xhtml\" href=\"https://www.w3.org/blog/\"");
        let found: Vec<_> = said.iocs.iter().map(|ioc| (ioc.value.as_str(), ioc.noise.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("http://www.w3.org/1999/xhtml", Some("xml-namespace")),
                ("https://www.w3.org/blog/", None),
                ("www.w3.org", None)
            ]
        );
    }

    #[test]
    fn templates_and_placeholders_are_no_urls() {
        for text in ["http://%s/a", "http://$host/", "http://{0}/a", "http://", "std://x", "http:///a", "a://b.c"] {
            assert!(urls(text).is_empty(), "{text}: {:?}", urls(text));
        }
    }
}

mod names {
    use super::*;

    #[test]
    fn punycode_keeps_both_forms() {
        let said = look("http://航空券.example/a".as_bytes());
        let domain = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Domain).unwrap();
        assert_eq!(domain.value, "xn--zcr549gxdf.example");
        assert_eq!(domain.raw.as_deref(), Some("航空券.example"));
        assert!(said.findings.is_empty());
    }

    #[test]
    fn mixed_scripts_are_reported_and_japanese_is_not() {
        assert_eq!(ids("http://xn--n-7sbb.example/"), ["domain-confusable"]);
        assert_eq!(ids("http://pаypal.example/"), ["domain-confusable"]);
        assert!(ids("http://日本語.example/ http://さくらnet.example/").is_empty());
    }

    #[test]
    fn code_and_file_names_are_no_domains() {
        for text in [
            "document.open(); sheet.name = 1; x = this.id;",
            "read readme.md and setup.zip, run install.sh",
            "import os.path, node.js, a.b.c, e.g. i.e. foo.bar",
            "文書.docx 2016.03.15 v1.2",
            "System.Net is a namespace; java.util.zip too",
        ] {
            assert!(values(text, IocKind::Domain).is_empty(), "{text}: {:?}", values(text, IocKind::Domain));
        }
    }

    #[test]
    fn bare_domains_need_a_sign() {
        for text in [
            "visit www.example.com today",
            "host: www.example.com",
            "server = \"www.example.com\"",
            "www.example.com:8080",
            "接続先 www.example.com",
        ] {
            assert_eq!(values(text, IocKind::Domain), ["www.example.com"], "{text}");
        }
        assert_eq!(values("domain evil.example.org", IocKind::Domain), ["evil.example.org"]);
        assert_eq!(values("x=\"c2.example.net\"", IocKind::Domain), ["c2.example.net"]);
        assert_eq!(values("example.com/dl/a.bin", IocKind::Domain), ["example.com"]);
        assert!(values("the end.But then", IocKind::Domain).is_empty());
    }

    #[test]
    fn addresses_of_people_are_found_and_message_ids_are_not() {
        assert_eq!(values("From: 山田 <yamada@air.example.com>", IocKind::Email), ["yamada@air.example.com"]);
        assert_eq!(values("mailto:yamada@example.com?subject=x", IocKind::Email), ["yamada@example.com"]);
        for text in [
            "Message-ID: <20160315.1@mail.example.com>",
            "References: <a@example.com>\n <b@example.com>",
            "src=\"cid:image001@example.com\"",
            "icon@2x.png a@b foo@bar.notatld @types/node.js user@",
        ] {
            assert!(values(text, IocKind::Email).is_empty(), "{text}: {:?}", values(text, IocKind::Email));
        }
    }
}

mod addresses {
    use super::*;

    #[test]
    fn a_messages_recipients_are_left_out_and_its_links_kept() {
        let Some(mail) = crate::formats::FORMATS.iter().find(|spec| spec.family == Family::Mail) else { return };
        let text = "To: a@example.com\nX: 192.0.2.1\nList-Unsubscribe: <http://example.net/u>\n\nhttp://example.org/\n";
        let origin = Origin::file(OriginKind::Input, "");
        let bytes = Bytes::from_static(text.as_bytes());
        let mut artifact = Artifact::new(ArtifactPath::root(), EntryName::new("a"), origin, bytes, FormatId::UNKNOWN);
        artifact.format = mail.id;
        let budget = Budget::new(Limits::default());
        let mut out = Outcome::new(&artifact, Arc::new(Hints::default()), &budget);
        Indicators.analyze(&artifact, &mut out).unwrap();
        let found: Vec<String> = out.into_said().iocs.into_iter().map(|ioc| ioc.value).collect();
        assert_eq!(found, ["http://example.net/u", "example.net"]);
    }

    #[test]
    fn versions_dates_sections_and_identifiers_are_no_addresses() {
        for text in [
            "1.2.3.4.5.6",
            "999.1.2.3",
            "version 82.14.9.3",
            "Ver.82.14.9.3",
            "バージョン 82.14.9.3",
            "FileVersion: 82.14.9.3",
            "Chrome/120.14.33.9 Safari",
            "1.3.6.1 2.5.29.15",
            "2016.03.15.10 16.03.15.10",
            "1.2.3.4 概要",
            "v82.14.9.3",
            "jquery-82.14.9.3.js",
            "256.1.1.1",
        ] {
            assert!(values(text, IocKind::Ipv4).is_empty(), "{text}: {:?}", values(text, IocKind::Ipv4));
        }
    }

    #[test]
    fn addresses_are_found_among_words() {
        for text in
            ["192.0.2.10", "ip=192.0.2.10;", "(192.0.2.10)", "at 192.0.2.10.", "「192.0.2.10」", "192.0.2.10/24"]
        {
            assert_eq!(values(text, IocKind::Ipv4), ["192.0.2.10"], "{text}");
        }
        assert_eq!(context("connect 192.0.2.10:4444", "192.0.2.10").as_deref(), Some("port 4444"));
    }

    #[test]
    fn inner_addresses_are_kept_and_tagged() {
        let said = look(b"10.1.2.3 and 127.0.0.1");
        let tags: Vec<_> = said.iocs.iter().map(|ioc| ioc.noise.as_deref()).collect();
        assert_eq!(tags, [Some("private"), Some("loopback")]);
    }

    #[test]
    fn version_6_addresses_are_found_and_code_is_not() {
        assert_eq!(values("at 2001:db8::1 and fe80::1%eth0", IocKind::Ipv6), ["2001:db8::1", "fe80::1"]);
        assert_eq!(values("2001:0db8:0:0:0:0:0:1", IocKind::Ipv6), ["2001:db8::1"]);
        assert_eq!(values("::ffff:c000:201", IocKind::Ipv4), ["192.0.2.1"]);
        for text in [
            "std::string a::b dead::beef",
            "12:30:45",
            "00:11:22:33:44:55",
            "a:hover::before",
            "aa:bb:cc:dd:ee:ff:00:11",
        ] {
            assert!(values(text, IocKind::Ipv6).is_empty(), "{text}: {:?}", values(text, IocKind::Ipv6));
        }
    }
}

mod machines {
    use super::*;

    #[test]
    fn shares_are_found_with_their_hosts() {
        let said = look(br"IconFile=\\192.0.2.40\s\a.ico");
        let found: Vec<_> = said.iocs.iter().map(|ioc| (ioc.kind, ioc.value.as_str())).collect();
        assert_eq!(found, [(IocKind::Ipv4, "192.0.2.40"), (IocKind::Unc, r"\\192.0.2.40\s\a.ico")]);
        assert_eq!(values(r"open \\fileserver\public\a.doc", IocKind::Unc), [r"\\fileserver\public\a.doc"]);
        assert_eq!(values(r#"x = "\\\\192.0.2.40\\s\\a.ico""#, IocKind::Unc), [r"\\192.0.2.40\s\a.ico"]);
        assert_eq!(values("file://192.0.2.40/s/a.ico", IocKind::Unc), [r"\\192.0.2.40\s\a.ico"]);
    }

    #[test]
    fn webdav_shares_are_found() {
        let text = r"\\example.com@SSL@443\DavWWWRoot\a.lnk";
        assert_eq!(values(text, IocKind::Unc), [text]);
        assert_eq!(values(text, IocKind::Domain), ["example.com"]);
    }

    #[test]
    fn escapes_are_no_shares() {
        for text in [r"\\d+\w", r#""\\Users\\x""#, r"a\\b\\c", r"\\.\pipe\x", r"C:\\Users\\a", r"\\n", r"\\\\"] {
            assert!(values(text, IocKind::Unc).is_empty(), "{text}: {:?}", values(text, IocKind::Unc));
        }
    }

    #[test]
    fn windows_paths_are_found_with_their_blanks() {
        for (text, value) in [
            (r"run C:\Windows\System32\cmd.exe /c x", r"C:\Windows\System32\cmd.exe"),
            (r"C:\Program Files (x86)\Foo\bar.exe -x", r"C:\Program Files (x86)\Foo\bar.exe"),
            ("\"C:\\My Folder\\a b.exe\" x", r"C:\My Folder\a b.exe"),
            (r#"x = "C:\\Users\\yamada\\a.exe""#, r"C:\Users\yamada\a.exe"),
            (r"%APPDATA%\a\b.exe", r"%APPDATA%\a\b.exe"),
            (r"$env:TEMP\a.exe", r"$env:TEMP\a.exe"),
        ] {
            assert_eq!(values(text, IocKind::Path), [value], "{text}");
        }
        for text in [r"a:\d+", r"x:\n", r"%1\a", r"note:\r\n", "100%\\x"] {
            assert!(values(text, IocKind::Path).is_empty(), "{text}: {:?}", values(text, IocKind::Path));
        }
    }

    #[test]
    fn unix_paths_are_found_outside_urls() {
        assert_eq!(values("sh /tmp/a.sh; cat /etc/passwd", IocKind::Path), ["/tmp/a.sh", "/etc/passwd"]);
        assert!(values("http://example.com/tmp/a.sh and/usr/x", IocKind::Path).is_empty());
    }

    #[test]
    fn keys_are_written_out() {
        for text in [
            r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run",
            r"hkcu:\Software\Microsoft\Windows\CurrentVersion\Run",
            r"[HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run]",
            r#""HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run""#,
        ] {
            let found = values(text, IocKind::Registry);
            assert_eq!(found, [r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run"], "{text}");
        }
        assert_eq!(
            values(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", IocKind::Registry),
            [r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"]
        );
        assert_eq!(
            values(r"Software\Microsoft\Windows\CurrentVersion\Run", IocKind::Registry),
            [r"Software\Microsoft\Windows\CurrentVersion\Run"]
        );
        assert!(values("HKEY_CURRENT_USER and HKLM", IocKind::Registry).is_empty());
    }

    #[test]
    fn names_of_files_that_launch_are_found() {
        assert_eq!(
            values("run harmless-none.exe and 航空券.vbs.", IocKind::FileName),
            ["harmless-none.exe", "航空券.vbs"]
        );
        for text in ["*.exe", "a.exec", "x.dllx", ".exe", "obj.cmd()"] {
            assert!(values(text, IocKind::FileName).is_empty(), "{text}: {:?}", values(text, IocKind::FileName));
        }
    }
}

mod data {
    use super::*;

    fn wide(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn utf16_strings_are_read_in_both_orders_and_alignments() {
        for pad in [1usize, 2] {
            for to_bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
                let bytes = [vec![1u8; pad], wide("http://example.com/a", to_bytes), vec![1u8; 7]].concat();
                let said = look(&bytes);
                let url = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Url).unwrap();
                assert_eq!(url.value, "http://example.com/a");
                assert_eq!(url.context.as_deref(), Some("utf-16"));
                let first = bytes.iter().position(|byte| *byte == b'h').unwrap();
                assert_eq!(url.at, Location::at(first));
            }
        }
    }

    #[test]
    fn xored_urls_are_found_whatever_the_key() {
        let hidden: Vec<u8> = b"\0\0http://example.com/a\0".iter().map(|byte| byte ^ 0x9c).collect();
        let said = look(&[b"\x01\x02\x03".to_vec(), hidden].concat());
        let url = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Url).unwrap();
        assert_eq!((url.value.as_str(), url.context.as_deref()), ("http://example.com/a", Some("xor 0x9c")));
        assert_eq!(url.at, Location::at(5));
    }

    #[test]
    fn base64_text_becomes_a_child_and_short_urls_are_said() {
        let said = look(b"$x = 'aHR0cDovL2V4YW1wbGUuY29tL2E='");
        let url = said.iocs.iter().find(|ioc| ioc.kind == IocKind::Url).unwrap();
        assert_eq!((url.value.as_str(), url.context.as_deref()), ("http://example.com/a", Some("base64")));
        let long =
            "ZWNobyBoZWxsbyAmIGVjaG8gaGVsbG8gJiBlY2hvIGhlbGxvICYgZWNobyBoZWxsbyAmIGVjaG8gaGVsbG8gJiBlY2hvIGhlbGxv";
        let said = look(format!("powershell -enc {long}").as_bytes());
        assert_eq!(said.children.len(), 1);
        assert!(said.children[0].bytes.starts_with(b"echo hello"));
        assert_eq!(said.children[0].origin.detail, "base64");
    }

    #[test]
    fn overlapping_candidates_end() {
        for piece in [
            "http://", "a://", "\\\\", "@", "1.", "::", "C:\\", "%25", "&#", "hxxp", "//:ptth", "HKLM\\", ".exe",
            "aHR0c",
        ] {
            let text = piece.repeat(200_000 / piece.len());
            let said = look(text.as_bytes());
            assert!(said.iocs.len() <= MAX_FINDS, "{piece}");
        }
    }

    #[test]
    fn a_list_of_indicators_is_cut_and_says_so() {
        let text: String = (0..5_000).map(|n| format!("http://example.com/{n}\n")).collect();
        let said = look(text.as_bytes());
        assert!(said.iocs.len() <= MAX_FINDS);
        assert!(said.problems.iter().any(|problem| problem.what.contains("not listed")));
    }
}
