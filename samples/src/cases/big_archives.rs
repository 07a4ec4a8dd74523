//! RAR, and what zip and 7z archives of the wild have that the plain ones do not.

use crate::archive::rar::{Rar4, Rar5, volumes};
use crate::document::pdf;
use crate::program::pe::Pe;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fa6-rar",
            file_name: "docs.rar",
            about: "a RAR whose entry wants to be written two folders up",
            make: || {
                Rar5::new()
                    .file("readme.txt", b"see the other file\n")
                    .file("..\\..\\harmless-marker.txt", mark("fa6-rar").as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fa6-blanks",
            file_name: "documents.rar",
            about: "a RAR whose entry climbs out with a blank after the dots, as CVE-2025-6218 does",
            make: || {
                let (cp932, name) = (Rar4::new(), ".. \\.. \\harmless-marker.txt");
                cp932.file(name.as_bytes(), false, mark("fa6-blanks").as_bytes()).build()
            },
        },
        Sample {
            id: "fa7-rar",
            file_name: "証拠写真.rar",
            about: "a RAR with a document and a folder of the same name that holds a script",
            make: || {
                Rar5::new()
                    .file("t.pdf ", &pdf::ticket())
                    .file("t.pdf /t.pdf .cmd", format!("@rem {}\r\n", mark("fa7-rar")).as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fa8",
            file_name: "履歴書.rar",
            about: "a RAR with an NTFS stream named as a path, as CVE-2025-8088 does",
            make: || {
                Rar5::new()
                    .file("履歴書.pdf", &pdf::ticket())
                    .stream(":..\\..\\harmless.txt", mark("fa8").as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fa8-old",
            file_name: "resume.rar",
            about: "a RAR 4 with a script in an NTFS stream of a document",
            make: || {
                Rar4::new()
                    .file(b"resume.pdf", false, &pdf::ticket())
                    .stream(":update.cmd", format!("@rem {}\r\n", mark("fa8-old")).as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fa10-rar",
            file_name: "資料.part2.rar",
            about: "the second of three volumes, alone",
            make: || {
                let text = mark("fa10-rar").repeat(60);
                volumes("資料.txt", text.as_bytes(), 3).swap_remove(1)
            },
        },
        Sample {
            id: "fa11-tar",
            file_name: "backup.tar",
            about: "a RAR that calls itself a tar, and a program in it",
            make: || Rar5::new().file("viewer.exe", &Pe::new().build()).build(),
        },
        Sample {
            id: "fa15",
            file_name: "見積書.exe",
            about: "a program with a RAR behind it whose comment tells a self-extractor what to run",
            make: || {
                let mut program = Pe::new().build();
                let comment = "Path=%temp%\\view\r\nSetup=view.cmd\r\nSilent=1\r\nOverwrite=1\r\n";
                let script = format!("@rem {}\r\n", mark("fa15"));
                program.extend(Rar5::new().comment(comment).file("view.cmd", script.as_bytes()).build());
                program
            },
        },
        Sample {
            id: "fa15-stub",
            file_name: "資料.rar",
            about: "a RAR with a program, behind bytes that are no known format",
            make: || {
                let mut bytes = vec![0x90; 700];
                bytes.extend(Rar4::new().file(b"viewer.exe", false, &Pe::new().build()).build());
                bytes
            },
        },
        Sample {
            id: "fa24-rar",
            file_name: "契約書.rar",
            about: "a RAR whose list of entries is encrypted with a password nobody told",
            make: || {
                Rar5::new().locked_headers("Qv7-not-told").locked("Qv7-not-told").file("契約書.exe", b"MZ").build()
            },
        },
        Sample {
            id: "b07-rar",
            file_name: "写真.rar",
            about: "a RAR of notes with a comment, a folder and a mark of the zone it came from",
            make: || {
                Rar5::new()
                    .comment("秋の写真\r\n")
                    .folder("秋")
                    .file("秋/説明.txt", "紅葉の写真です。\r\n".as_bytes())
                    .stream(":Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")
                    .build()
            },
        },
    ]
}
