//! Zip archives: tricks with their structure, and honest ones that look like tricks.

use std::io::Write;

use crate::archive::zip::{self, End, Entry, ZipFile};
use crate::document::pdf;
use crate::office::ooxml::Package;
use crate::program::Pe;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    let mut all = tricks();
    all.extend(limits());
    all.extend(honest());
    all
}

fn tricks() -> Vec<Sample> {
    vec![
        Sample {
            id: "fa1",
            file_name: "E-TKT.zip",
            about: "two zips one after the other: one program shows a note, another a program",
            make: || {
                let note = ZipFile::new().entry("案内.txt", mark("fa1")).build();
                zip::concatenate(&[note, ZipFile::new().entry("案内.exe", Pe::new().build()).build()])
            },
        },
        Sample {
            id: "fa2",
            file_name: "E-TKT.zip",
            about: "a zip whose headers say stored while the program in it is deflated",
            make: || {
                let program = Pe::new().build();
                let packed = deflate(&program);
                let size = packed.len() as u64;
                ZipFile::new().with(Entry::new("E-TKT.exe", program).packed(packed, 0).claims_sizes(size, size)).build()
            },
        },
        Sample {
            id: "fa3",
            file_name: "E-TKT.zip",
            about: "a zip with another zip hidden between its last entry and its directory",
            make: || {
                let hidden = ZipFile::new().entry("ticket.exe", Pe::new().build()).build();
                ZipFile::new().entry("案内.txt", mark("fa3")).gap(hidden).build()
            },
        },
        Sample {
            id: "fa3-program",
            file_name: "E-TKT.zip",
            about: "a zip with a program hidden between its last entry and its directory",
            make: || ZipFile::new().entry("案内.txt", mark("fa3-program")).gap(Pe::new().build()).build(),
        },
        Sample {
            id: "fa4",
            file_name: "E-TKT.zip",
            about: "a zip whose entry is a.pdf before its data and a.exe in the directory",
            make: || ZipFile::new().with(Entry::new("a.exe", Pe::new().build()).local_name("a.pdf")).build(),
        },
        Sample {
            id: "fa6-zip",
            file_name: "docs.zip",
            about: "a zip whose entry wants to be written two folders up",
            make: || {
                ZipFile::new()
                    .entry("readme.txt", "see the other file\n")
                    .entry("..\\..\\harmless-marker.txt", mark("fa6-zip"))
                    .build()
            },
        },
        Sample {
            id: "fa7",
            file_name: "請求書.zip",
            about: "a document and a folder of the same name that holds a script (CVE-2023-38831)",
            make: || {
                ZipFile::new()
                    .entry("t.pdf ", pdf::ticket())
                    .entry("t.pdf /t.pdf .cmd", format!("@rem {}\r\n", mark("fa7")))
                    .build()
            },
        },
        Sample {
            id: "fa10-zip",
            file_name: "資料.z01",
            about: "the first volume of a split zip, the others missing",
            make: || ZipFile::new().prefix("PK\x07\x08").entry("a.txt", mark("fa10-zip")).end(End::NoDirectory).build(),
        },
        Sample {
            id: "fa13-zip",
            file_name: "notes.zip",
            about: "a zip without a directory, whose entries can be found one by one",
            make: || {
                ZipFile::new().entry("a.txt", mark("fa13-zip")).entry("b.txt", "second").end(End::NoDirectory).build()
            },
        },
        Sample {
            id: "fa23",
            file_name: "航空券.zip",
            about: "a ticket beside a hidden program",
            make: || {
                ZipFile::new()
                    .entry("航空券.pdf", pdf::ticket())
                    .with(Entry::new("viewer.exe", Pe::new().build()).hidden())
                    .build()
            },
        },
        Sample {
            id: "fa23-shown",
            file_name: "航空券.zip",
            about: "a ticket beside a program anyone can see",
            make: || ZipFile::new().entry("航空券.pdf", pdf::ticket()).entry("viewer.exe", Pe::new().build()).build(),
        },
        Sample {
            id: "fa24",
            file_name: "資料.zip",
            about: "a zip locked with a password nobody sent",
            make: || zip::encrypted_aes("資料.txt", mark("fa24"), "Zq7#unguessable"),
        },
    ]
}

fn limits() -> Vec<Sample> {
    vec![
        Sample {
            id: "fa5-overlap",
            file_name: "backup.zip",
            about: "a zip of twelve entries that share their bytes",
            make: || {
                let inner = ZipFile::new().entry("b.txt", mark("fa5-overlap")).build();
                let mut zip = ZipFile::new().with(Entry::new("a.zip", inner).stored());
                for _ in 0..11 {
                    zip = zip.with(Entry::inside("b.txt", mark("fa5-overlap"), 0, 0));
                }
                zip.build()
            },
        },
        Sample {
            id: "fa5-nest",
            file_name: "backup.zip",
            about: "a zip in a zip, 26 levels deep",
            make: || zip::nest(26, "a.txt", mark("fa5-nest")),
        },
    ]
}

fn honest() -> Vec<Sample> {
    vec![
        Sample {
            id: "b08-cp932",
            file_name: "資料一式.zip",
            about: "a zip of Japanese Windows: CP932 names, some with a second byte that is a backslash",
            make: || {
                ZipFile::new()
                    .with(Entry::cp932("ソフト一覧.csv", "名称,数\r\n表計算,12\r\n"))
                    .with(Entry::cp932("予約表/", ""))
                    .with(Entry::cp932("予約表/申込書.txt", "氏名\r\n"))
                    .with(Entry::cp932("予約表/能登.txt", "宿泊 2 泊\r\n"))
                    .build()
            },
        },
        Sample {
            id: "b08-macos",
            file_name: "写真.zip",
            about: "a zip of macOS: decomposed UTF-8 names without the flag, and resource forks",
            make: || {
                // か and a combining voiced sound mark, as the Finder stores が.
                ZipFile::new()
                    .with(Entry::new("か\u{3099}いよう/", "").unflagged())
                    .with(Entry::new("か\u{3099}いよう/メモ.txt", "旅程の概要\n").unflagged().descriptor(true))
                    .with(Entry::new("__MACOSX/か\u{3099}いよう/._メモ.txt", apple_double()).unflagged())
                    .with(Entry::new("か\u{3099}いよう/.DS_Store", ds_store()).unflagged())
                    .build()
            },
        },
        Sample {
            id: "b15-stored",
            file_name: "納品.zip",
            about: "a zip that stores a zip and a document as they are",
            make: || {
                let inner = ZipFile::new().entry("readme.txt", "納品物の一覧\n").build();
                ZipFile::new()
                    .with(Entry::new("inner.zip", inner).stored())
                    .with(Entry::new("報告.docx", Package::docx("報告です。").build()).stored())
                    .build()
            },
        },
        Sample {
            id: "b15-signed",
            file_name: "data.zip",
            about: "a zip with a signing block of Android before its directory",
            make: || ZipFile::new().entry("a.txt", "contents\n").gap(signing_block()).build(),
        },
    ]
}

/// Raw deflate.
fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}

/// An empty AppleDouble file (RFC 1740, appendix A), what `._name` entries hold.
fn apple_double() -> Vec<u8> {
    let mut out = vec![0x00, 0x05, 0x16, 0x07, 0x00, 0x02, 0x00, 0x00];
    out.extend_from_slice(b"Mac OS X        ");
    out.extend_from_slice(&[0, 0]);
    out
}

/// The start of a Finder settings file.
fn ds_store() -> Vec<u8> {
    let mut out = vec![0, 0, 0, 1];
    out.extend_from_slice(b"Bud1");
    out.extend_from_slice(&[0; 28]);
    out
}

/// An APK Signing Block with one pair of an unknown id: length, pairs, length, magic.
fn signing_block() -> Vec<u8> {
    let value = [0x42; 300];
    let mut pairs = (value.len() as u64 + 4).to_le_bytes().to_vec();
    pairs.extend_from_slice(&0x7061_6464u32.to_le_bytes());
    pairs.extend_from_slice(&value);
    let length = pairs.len() as u64 + 24;
    let mut out = length.to_le_bytes().to_vec();
    out.extend_from_slice(&pairs);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(b"APK Sig Block 42");
    out
}
