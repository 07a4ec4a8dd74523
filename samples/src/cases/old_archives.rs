//! Archives of other systems and other times.

use crate::archive::{ace, alz, ar, arj, cab, cpio, lzh};
use crate::program::pe::Pe;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fa9-cab",
            file_name: "航空券.cab",
            about: "a cabinet with nothing in it but a program that calls itself a ticket",
            make: || {
                let program = Pe::new().build();
                cab::cab(
                    &[cab::Entry::file("E-TKT控え.pdf.exe", &program)],
                    cab::Options { is_packed: true, ..Default::default() },
                )
            },
        },
        Sample {
            id: "fa6-cab",
            file_name: "docs.cab",
            about: "a cabinet whose second file wants to be written two folders up; its blocks have wrong checksums",
            make: || {
                cab::cab(
                    &[
                        cab::Entry::file("readme.txt", b"see the other file\n").hidden(),
                        cab::Entry::file("..\\..\\harmless-marker.txt", mark("fa6-cab").as_bytes()),
                    ],
                    cab::Options { has_wrong_sums: true, reserve: Some((20, 2, 4)), ..Default::default() },
                )
            },
        },
        Sample {
            id: "fa6-cpio",
            file_name: "backup.cpio",
            about: "a cpio archive with an absolute name, a link and an executable script",
            make: || {
                cpio::cpio(
                    cpio::Make::Sums,
                    &[
                        ("etc", 0o040_755, b""),
                        ("etc/current", 0o120_777, b"/etc/elsewhere"),
                        ("/srv/notes/harmless", 0o100_755, mark("fa6-cpio").as_bytes()),
                    ],
                )
            },
        },
        Sample {
            id: "b16-ar",
            file_name: "libnotes.a",
            about: "a static library as linkers make it",
            make: || {
                ar::ar(&[
                    ("/", &[0, 0, 0, 0]),
                    ("//", b"a name that is long.txt/\n"),
                    ("/0", b"first\n"),
                    ("short.txt/", b"second\n"),
                ])
            },
        },
        Sample {
            id: "fa9-ace",
            file_name: "航空券.rar",
            about: "an ACE archive called .rar, with a name that its unpacker took for a place below the target folder",
            make: || ace::ace(&[ace::Entry::stored("C:\\C:C:../notes/harmless.txt", mark("fa9-ace").as_bytes())]),
        },
        Sample {
            id: "fa9-arj",
            file_name: "見積書.arj",
            about: "an ARJ archive, garbled with a password everybody tries, with a program in it",
            make: || {
                let program = Pe::new().build();
                let turned = arj::garble(&program, b"password", 0x35);
                let mut entry = arj::header(
                    &[0, 1, 0, 0, 0x35],
                    turned.len() as u32,
                    program.len() as u32,
                    crc32fast::hash(&program),
                    "mitsumori.exe",
                );
                entry.extend(turned);
                let mut archive = arj::arj(&[]);
                archive.truncate(archive.len() - 4);
                archive.extend(entry);
                archive.extend(b"\x60\xea\0\0");
                archive
            },
        },
        Sample {
            id: "fa9-alz",
            file_name: "견적서.alz",
            about: "an ALZip archive of two notes",
            make: || {
                alz::alz(&[
                    ("readme.txt", false, b"see the other file\r\n"),
                    ("list.txt", true, "line of the list\r\n".repeat(40).as_bytes()),
                ])
            },
        },
        Sample {
            id: "t09-sfx",
            file_name: "資料.exe",
            about: "an LZH archive behind the stub of a DOS program, as self-extractors are made, with a program in it",
            make: || {
                let mut stub = b"MZ\0\x01\x01\0\0\0\x04\0\0\0\xff\xff\0\0\0\x01\0\0\0\0\0\0\x1c\0\0\0".to_vec();
                stub.resize(256, 0x90);
                stub.extend(lzh::lzh(&[
                    lzh::Entry::file("資料.txt", &lzh::cp932("会議の資料です\r\n")),
                    lzh::Entry::file("資料.exe", &Pe::new().build()),
                ]));
                stub
            },
        },
    ]
}
