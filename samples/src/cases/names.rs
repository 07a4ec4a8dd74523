//! Names that mislead, and honest ones that come close.

use crate::archive::gzip::gzip;
use crate::archive::tar::Tar;
use crate::archive::zip::ZipFile;
use crate::document::pdf;
use crate::mail::Eml;
use crate::program::pe::Pe;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t03",
            file_name: "E-TKT控え.zip",
            about: "a program whose extension twenty spaces push out of sight",
            make: || one(&format!("E-TKT控え.pdf{}.exe", " ".repeat(20)), Pe::new().build()),
        },
        Sample {
            id: "t04",
            file_name: "E-TKT控え.zip",
            about: "a screen saver whose extension ideographic spaces push out of sight",
            make: || one(&format!("E-TKT控え.pdf{}.scr", "\u{3000}".repeat(6)), Pe::new().build()),
        },
        Sample {
            id: "t05",
            file_name: "E-TKT控え.zip",
            about: "an HTML application whose extension braille blanks push out of sight",
            make: || {
                let application = format!("<!-- {} -->\r\n<html><body>控え</body></html>\r\n", mark("t05"));
                one(&format!("E-TKT控え.pdf{}.hta", "\u{2800}".repeat(6)), application)
            },
        },
        Sample {
            id: "t07",
            file_name: "E-TKT控え.zip",
            about: "a program with a PDF's extension behind a full-width dot",
            make: || one("E-TKT控え\u{ff0e}pdf.exe", Pe::new().build()),
        },
        Sample {
            id: "t26",
            file_name: "航空券.zip",
            about: "notes under every kind of misleading name: double extensions, endings Windows drops, a stream",
            make: || {
                [
                    "航空券.pdf.lnk",
                    "請求書.xls.vbs",
                    "控え.exe ",
                    "控え.scr.",
                    "予約.txt:ads",
                    "a\u{200b}b.exe",
                    "家族\u{202e}gpj.scr",
                ]
                .iter()
                .enumerate()
                .fold(ZipFile::new(), |zip, (number, name)| zip.entry(name, format!("{} {number}", mark("t26"))))
                .build()
            },
        },
        Sample {
            id: "fa11",
            file_name: "控え.pdf",
            about: "a zip of notes under a PDF's name",
            make: || ZipFile::new().entry("notes.txt", mark("fa11")).build(),
        },
        Sample {
            id: "fa11-program",
            file_name: "控え.eml",
            about: "a mail whose attached PDF, by name and declared type, is a program",
            make: || {
                Eml::letter("yamada@air.example.com")
                    .subject("控えのご送付")
                    .text_body("utf-8", "控えをお送りします。\r\n")
                    .attach("控え.pdf", "application/pdf", &Pe::new().build())
                    .build()
            },
        },
        Sample {
            id: "fu6",
            file_name: "資料.zip",
            about: "an empty file whose name is a shell command",
            make: || one("資料.pdf`{echo,aGVsbG8K}|{base64,-d}|bash`", ""),
        },
        Sample {
            id: "b16",
            file_name: "資料.zip",
            about: "honest names with many dots: a version, a date, an archive",
            make: || {
                let notes = Tar::new().file("notes.txt", b"minutes of the meeting\n").build();
                ZipFile::new()
                    .entry("setup.v2.1.exe.txt", "how setup.v2.1 is installed\r\n")
                    .entry("2016.03.15.報告.pdf", pdf::ticket())
                    .entry("a.tar.gz", gzip("a.tar", &notes))
                    .build()
            },
        },
    ]
}

fn one(name: &str, content: impl Into<Vec<u8>>) -> Vec<u8> {
    ZipFile::new().entry(name, content).build()
}
