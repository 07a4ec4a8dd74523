//! Archives other than zip, and compressed files.

use crate::archive::{gzip, lzh, sevenz, tar};
use crate::document::pdf;
use crate::program::pe::Pe;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fa5-gz",
            file_name: "backup.gz",
            about: "a gzip file of a megabyte that holds a gibibyte of zeros",
            make: || gzip::zeros("backup.img", 1 << 30),
        },
        Sample {
            id: "fa5-quine",
            file_name: "quine.gz",
            about: "a gzip file whose content is the file itself",
            make: crate::archive::quine::gzip,
        },
        Sample {
            id: "fa6-tar",
            file_name: "docs.tar",
            about: "a tar whose entry wants to be written two folders up",
            make: || {
                tar::Tar::new()
                    .file("readme.txt", b"see the other file\n")
                    .file("../../harmless-marker.txt", mark("fa6-tar").as_bytes())
                    .build()
            },
        },
        Sample {
            id: "fa6-7z",
            file_name: "docs.7z",
            about: "a 7z whose entry wants to be written two folders up",
            make: || {
                sevenz::sevenz(&[
                    sevenz::Entry::file("readme.txt", b"see the other file\n"),
                    sevenz::Entry::file("..\\..\\harmless-marker.txt", mark("fa6-7z").as_bytes()),
                ])
            },
        },
        Sample {
            id: "b07",
            file_name: "旧資料.lzh",
            about: "an old LZH archive of notes, as offices still keep them",
            make: || {
                lzh::lzh(&[
                    lzh::Entry::file("議事録.txt", &lzh::cp932("平成17年度 第3回 定例会議事録\r\n出席者 12名\r\n")),
                    lzh::Entry::file("予算表.csv", &lzh::cp932("項目,金額\r\n会場費,30000\r\n")).within("資料/表"),
                ])
            },
        },
        Sample {
            id: "fa12",
            file_name: "package.7z",
            about: "a 7z archive in a 7z archive, and a program in that",
            make: || {
                let inner = sevenz::sevenz(&[sevenz::Entry::file("viewer.exe", &Pe::new().build())]);
                sevenz::sevenz(&[sevenz::Entry::file("inner.7z", &inner)])
            },
        },
        Sample {
            id: "fa23-decoy",
            file_name: "会議資料.7z",
            about: "documents for a meeting, and a hidden program among them",
            make: || {
                let program = Pe::new().build();
                sevenz::sevenz(&[
                    sevenz::Entry::file("会議資料/次第.pdf", &pdf::ticket()),
                    sevenz::Entry::file("会議資料/出席者.txt", "田中\n佐藤\n".as_bytes()),
                    sevenz::Entry::file("会議資料/資料一覧.exe", &program).hidden(),
                ])
            },
        },
        Sample {
            id: "fa5-levels",
            file_name: "archive.tar",
            about: "a note five archives deep",
            make: || {
                let mut inner = sevenz::sevenz(&[sevenz::Entry::file("note.txt", b"down here\n")]);
                for name in ["4.lzh", "3.tar", "2.lzh", "1.tar"] {
                    inner = match name.ends_with("lzh") {
                        true => lzh::lzh(&[lzh::Entry::file("inner.7z", &inner)]),
                        false => tar::Tar::new().file("inner.lzh", &inner).build(),
                    };
                }
                inner
            },
        },
        Sample {
            id: "t09",
            file_name: "航空券.lzh",
            about: "an LZH archive with a wrong header checksum and a name that differs in the extended header",
            make: || {
                let program = Pe::new().build();
                let mut first = lzh::Entry::file("航空券.txt", b"see the other file\r\n").level(0);
                first.has_wrong_checksum = true;
                let mut second = lzh::Entry::file("航空券.txt", &program).level(1);
                second.extended_name = Some(lzh::cp932("航空券.exe"));
                lzh::lzh(&[first, second])
            },
        },
        Sample {
            id: "b16-targz",
            file_name: "a.tar.gz",
            about: "notes in a compressed tar",
            make: || {
                let tar = tar::Tar::new()
                    .folder("a/")
                    .file("a/README.md", b"# Notes\n\nNothing to run here.\n")
                    .file("a/changes.txt", b"2016-03-15 first version\n")
                    .build();
                gzip::gzip("a.tar", &tar)
            },
        },
    ]
}
