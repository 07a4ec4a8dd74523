//! Programs and shortcuts by themselves.

use crate::archive::zip::ZipFile;
use crate::program::{Icon, Lnk, Pe, noise, pe};
use crate::{Sample, mark};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample {
            id: "t17",
            file_name: "E-TKT.zip",
            about: "a program with a copied signature, the library it loads, and an encrypted file beside them",
            make: sideload_trio,
        },
        Sample {
            id: "b09",
            file_name: "ExampleTravelSetup.zip",
            about: "an honest vendor's setup program with its own library and a read-me file",
            make: vendor_setup,
        },
        Sample {
            id: "fx1",
            file_name: "見積書.scr",
            about: "a program padded with 31 MB of zeros",
            make: padded_program,
        },
        Sample {
            id: "fx2",
            file_name: "viewer.exe",
            about: "a program with the signature of another file",
            make: copied_signature,
        },
        Sample {
            id: "fx2-extra",
            file_name: "viewer.exe",
            about: "a program with bytes behind the end of its signature",
            make: || {
                let signature = pe::signature_like("Example Travel Software Co., Ltd.", &[0x5a; 32]);
                let table = [signature, mark("fx2-extra").into_bytes()].concat();
                Pe::new().icon(Icon::Window).certificate(table).build()
            },
        },
        Sample {
            id: "fx3",
            file_name: "tool.exe",
            about: "a program with the mark of a bundled AutoIt script",
            make: bundled_script,
        },
        Sample {
            id: "fx7",
            file_name: "E-TKT.zip",
            about: "a program and an unsigned library of another maker that it loads",
            make: sideload_pair,
        },
        Sample {
            id: "fs3c",
            file_name: "見積書.lnk",
            about: "a shortcut that starts a command interpreter, its target in the environment block only",
            make: interpreter_shortcut,
        },
        Sample {
            id: "fx0",
            file_name: "setup.exe",
            about: "a program with an icon of its own kind and version information",
            make: plain_program,
        },
        Sample {
            id: "fx5",
            file_name: "E-TKT控え.exe",
            about: "a program with a folder's icon that carries a PDF after its end",
            make: folder_program,
        },
        Sample {
            id: "fx6",
            file_name: "reader.exe",
            about: "a program with a PDF icon whose sections are writable code of high entropy, asking for administrator rights",
            make: packed_program,
        },
        Sample {
            id: "fs3a",
            file_name: "航空券控え.pdf.lnk",
            about: "a shortcut whose arguments stand behind 200 line feeds and tabs",
            make: padded_shortcut,
        },
        Sample {
            id: "fs3b",
            file_name: "旅程表.lnk",
            about: "a shortcut with 300 KB behind its end",
            make: carrying_shortcut,
        },
        Sample {
            id: "bx1",
            file_name: "旅費規程.lnk",
            about: "an ordinary shortcut to a document on a file server",
            make: plain_shortcut,
        },
    ]
}

/// One page that says nothing, as small as a reader accepts.
pub(super) const SMALL_PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \n0000000103 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n166\n%%EOF\n";

fn plain_program() -> Vec<u8> {
    Pe::new()
        .icon(Icon::Neutral)
        .version(&[
            ("CompanyName", "Example Travel Software"),
            ("FileDescription", "Example Travel Setup"),
            ("OriginalFilename", "setup.exe"),
        ])
        .manifest("asInvoker")
        .build()
}

/// The program of the case the project is about: a folder to look at, a ticket to show.
pub fn folder_program() -> Vec<u8> {
    Pe::new().icon(Icon::Folder).overlay(SMALL_PDF).build()
}

fn packed_program() -> Vec<u8> {
    Pe::new()
        .icon_with_png(Icon::Pdf)
        .manifest("requireAdministrator")
        .section("UPX0", noise(7, 16 << 10), pe::WRITABLE_CODE)
        .import("kernel32.dll", &["LoadLibraryA", "GetProcAddress"])
        .build()
}

fn padded_shortcut() -> Vec<u8> {
    let padding = "\n\t".repeat(100);
    Lnk::to("C:\\Windows\\System32\\harmless-none.exe")
        .arguments(&format!("{padding}http://example.com/s/lnk {}", mark("fs3a")))
        .icon("%SystemRoot%\\System32\\shell32.dll", 3)
        .show(7)
        .machine("desktop-example")
        .build()
}

fn carrying_shortcut() -> Vec<u8> {
    let line = format!("{}\r\n", mark("fs3b"));
    Lnk::to("C:\\Windows\\System32\\harmless-none.exe").overlay(line.repeat((300 << 10) / line.len() + 1)).build()
}

fn plain_shortcut() -> Vec<u8> {
    Lnk::to_share("\\\\fileserver.example.com\\docs", "規程\\旅費規程.docx").working_folder("S:\\規程").build()
}

fn viewer() -> Pe {
    Pe::new()
        .icon(Icon::Neutral)
        .version(&[("CompanyName", "Example Travel Software"), ("OriginalFilename", "TicketView.exe")])
        .import("kernel32.dll", &["GetModuleFileNameW", "LoadLibraryW"])
        .import("tvcore.dll", &["TvInit", "TvShow"])
}

fn library() -> Pe {
    Pe::dll("tvcore.dll", &["TvInit", "TvShow"])
}

fn sideload_trio() -> Vec<u8> {
    ZipFile::new()
        .entry("E-TKT/TicketView.exe", viewer().copied_certificate("Example Travel Software Co., Ltd.").build())
        .entry("E-TKT/tvcore.dll", library().build())
        .entry("E-TKT/tvcore.dat", noise(17, 64 << 10))
        .build()
}

fn sideload_pair() -> Vec<u8> {
    ZipFile::new()
        .entry("TicketView.exe", viewer().build_signed("Example Travel Software Co., Ltd."))
        .entry("tvcore.dll", library().build())
        .build()
}

fn vendor_setup() -> Vec<u8> {
    let vendor = |file: &'static str| {
        [("CompanyName", "Example Travel Software"), ("ProductName", "Example Travel"), ("OriginalFilename", file)]
    };
    let setup = Pe::new()
        .icon(Icon::Window)
        .version(&vendor("setup.exe"))
        .manifest("requireAdministrator")
        .import("kernel32.dll", &["CreateFileW", "WriteFile", "CreateProcessW"])
        .import("etcore.dll", &["Install"]);
    let core = Pe::dll("etcore.dll", &["Install"]).version(&vendor("etcore.dll"));
    ZipFile::new()
        .entry("setup.exe", setup.build_signed("Example Travel Software Co., Ltd."))
        .entry("etcore.dll", core.build_signed("Example Travel Software Co., Ltd."))
        .entry("readme.txt", "Example Travel 4.2\r\nRun setup.exe to install.\r\n")
        .build()
}

fn copied_signature() -> Vec<u8> {
    Pe::new().icon(Icon::Window).copied_certificate("Example Travel Software Co., Ltd.").build()
}

fn bundled_script() -> Vec<u8> {
    Pe::new().overlay(format!("AU3!EA06 {}", mark("fx3"))).build()
}

fn interpreter_shortcut() -> Vec<u8> {
    Lnk::new()
        .environment("%windir%\\System32\\cmd.exe")
        .arguments(&format!("/c rem {} http://example.com/s/cmd", mark("fs3c")))
        .icon("%ProgramFiles%\\Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe", 1)
        .show(7)
        .build()
}

fn padded_program() -> Vec<u8> {
    Pe::new().icon(Icon::Neutral).overlay(vec![0; 31 << 20]).build()
}
