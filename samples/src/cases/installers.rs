//! Installers, help files, notes and other files that carry programs.

use base64::Engine as _;

use crate::archive::sevenz;
use crate::document::chm;
use crate::office::onenote::Section;
use crate::program::msi::Msi;
use crate::program::{Pe, noise};
use crate::program::{autoit, packages, pyinstaller};
use crate::{Sample, mark, media};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t19",
            file_name: "航空券.one",
            about: "a OneNote page with a picture over an embedded HTML application",
            make: || {
                let text = format!(
                    "<html><head><hta:application id=\"a\"></head><script language=\"vbscript\">' {}\r\nwindow.close\r\n</script></html>",
                    mark("t19")
                );
                Section::new().picture("jpg", &media::jpeg()).file("航空券.hta", text.as_bytes()).build()
            },
        },
        Sample {
            id: "b12o",
            file_name: "会議メモ.one",
            about: "a OneNote page with pictures and a text file",
            make: || {
                Section::new()
                    .picture("jpg", &media::jpeg())
                    .file("議題.txt", "1. 予算\r\n2. 日程\r\n".as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fs7-chm",
            file_name: "申請書.chm",
            about: "a help file whose page starts a command through the HTML Help control",
            make: || {
                let page = chm::page_with_shortcut(&format!(",cmd.exe,/c rem {}", mark("fs7-chm")));
                chm::chm(&[("index.htm", &page)])
            },
        },
        Sample {
            id: "b17-chm",
            file_name: "manual.chm",
            about: "a help file of pages and pictures",
            make: || {
                let page = "<html><head><title>使い方</title></head><body><img src=\"a.jpg\">1. 電源を入れます。</body></html>";
                chm::chm(&[("index.htm", page.as_bytes()), ("a.jpg", &media::jpeg())])
            },
        },
        Sample {
            id: "fx3-a3x",
            file_name: "tool.a3x",
            about: "a compiled AutoIt script with a file it brings",
            make: || {
                let script = format!("; {}\r\n$a = 'http://example.com/s/a3x'\r\n", mark("fx3-a3x"));
                autoit::a3x(&script, &[("C:\\work\\note.txt", b"see the script\r\n")])
            },
        },
        Sample {
            id: "fx3-autoit",
            file_name: "tool.exe",
            about: "a program with a compiled AutoIt script among its resources",
            make: || {
                let script = autoit::a3x(&format!("; {}\r\n", mark("fx3-autoit")), &[]);
                Pe::new().resource_named(10, "SCRIPT", script).build()
            },
        },
        Sample {
            id: "fx3-python",
            file_name: "tool.exe",
            about: "a program made of Python code by PyInstaller",
            make: || {
                let code = |text: &str| [&b"\xe3\0\0\0\0\0\0\0\0"[..], text.as_bytes()].concat();
                let script = code(&mark("fx3-python"));
                let module = code("http://example.com/s/python");
                Pe::new().overlay(pyinstaller::archive(&script, &[("tool.net", &module)])).build()
            },
        },
        Sample {
            id: "fa15-7z",
            file_name: "資料.exe",
            about: "a self-extracting 7z archive whose settings run a program from it",
            make: || {
                let settings =
                    ";!@Install@!UTF-8!\r\nRunProgram=\"hidcon:viewer.exe\"\r\nGUIMode=\"2\"\r\n;!@InstallEnd@!";
                let archive = sevenz::sevenz(&[sevenz::Entry::file("viewer.exe", &Pe::new().build())]);
                Pe::new().overlay([settings.as_bytes(), &archive].concat()).build()
            },
        },
        Sample {
            id: "fa15-iexpress",
            file_name: "update.exe",
            about: "a package of IExpress that runs a command",
            make: || Pe::new().resource_named(10, "RUNPROGRAM", b"cmd.exe /c rem HARMLESS\0".to_vec()).build(),
        },
        Sample {
            id: "fu7-apk",
            file_name: "配達.apk",
            about: "an Android app that asks to read messages",
            make: || packages::apk("com.example.parcel", &["READ_SMS", "INTERNET"]),
        },
        Sample {
            id: "fu7-jar",
            file_name: "invoice.jar",
            about: "a Java program",
            make: || packages::jar(Some("com.example.Main")),
        },
        Sample { id: "b19-jar", file_name: "library.jar", about: "a Java library", make: || packages::jar(None) },
        Sample {
            id: "fs7-msix",
            file_name: "viewer.msix",
            about: "an app package whose settings start a script",
            make: || packages::msix("start.ps1"),
        },
        Sample {
            id: "fx8-xor",
            file_name: "cache.dat",
            about: "random bytes with a program under a key of one byte between them",
            make: || {
                let program: Vec<u8> = Pe::new().build().iter().map(|byte| byte ^ 0x5a).collect();
                [&noise(8, 3_000)[..], &program, &noise(9, 2_000)].concat()
            },
        },
        Sample {
            id: "fx8-signs",
            file_name: "memo.txt",
            about: "a text with a program as Base64 in which a sign stands for a letter",
            make: || {
                let text = base64::engine::general_purpose::STANDARD.encode(Pe::new().build()).replace('A', "*");
                format!("see below\r\n{text}\r\n").into_bytes()
            },
        },
        Sample {
            id: "b18-firmware",
            file_name: "update.bin",
            about: "data of a device's maker with a whole program in it, as firmware has",
            make: || [&noise(10, 3_000)[..], &Pe::new().build(), &noise(11, 2_000)].concat(),
        },
        Sample {
            id: "fs7-msi",
            file_name: "viewer.msi",
            about: "an installer package with a script in its table of actions",
            make: || {
                let script = format!("' {}\r\nDim a : a = \"http://example.com/s/msi\"\r\n", mark("fs7-msi"));
                Msi::new().action("Prepare", 38, "", &script).build()
            },
        },
        Sample {
            id: "fs7-msi-plain",
            file_name: "viewer.msi",
            about: "an installer package that calls a library of its own and sets a folder",
            make: || {
                Msi::new()
                    .binary("helper", &Pe::dll("helper.dll", &["Check"]).build())
                    .action("CheckVersion", 1, "helper", "Check")
                    .build()
            },
        },
    ]
}
