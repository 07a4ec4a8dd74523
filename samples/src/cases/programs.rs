//! Programs and shortcuts by themselves.

use crate::program::{Icon, Lnk, Pe, pe};
use crate::{Sample, mark};

pub(super) fn samples() -> Vec<Sample> {
    vec![
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
        .section("UPX0", crate::program::noise(7, 16 << 10), pe::WRITABLE_CODE)
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
