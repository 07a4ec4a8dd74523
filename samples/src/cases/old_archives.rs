//! Archives of other systems and other times.

use crate::archive::{ar, cab, cpio};
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
    ]
}
