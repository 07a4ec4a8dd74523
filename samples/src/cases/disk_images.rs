//! Disk images: bait, decoys and honest ones.

use crate::disk::iso::Iso;
use crate::disk::{File, dmg, fat, udf, vhd};
use crate::document::pdf;
use crate::program::lnk::Lnk;
use crate::program::pe::Pe;
use crate::{Sample, mark};

fn shortcut() -> Vec<u8> {
    Lnk::to("C:\\Windows\\System32\\harmless-none.exe").arguments("tvcore\\tvcore.dll,Start").build()
}

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t18",
            file_name: "航空券.iso",
            about: "a disc image that shows one shortcut and hides the folder it leads to",
            make: || {
                Iso::new("航空券")
                    .file(File::new("E-TKT.pdf.lnk", &shortcut()))
                    .file(File::new("tvcore/tvcore.dll", &Pe::new().build()).hidden())
                    .file(File::new("tvcore/marker.txt", mark("t18").as_bytes()).hidden())
                    .build()
            },
        },
        Sample {
            id: "fa14-vhd",
            file_name: "請求書.vhd",
            about: "a virtual disk of two megabytes with a shortcut",
            make: || {
                let volume = fat::volume("DATA", 4000, &[File::new("請求書.pdf.lnk", &shortcut())]);
                vhd::fixed(&vhd::partitioned(0x01, &volume))
            },
        },
        Sample {
            id: "fa14-sparse",
            file_name: "見積書.vhd",
            about: "a virtual disk of a hundred gigabytes in a file of three megabytes, with a single program",
            make: || {
                let volume = fat::volume("DATA", 4000, &[File::new("見積書/見積書.exe", &Pe::new().build())]);
                vhd::dynamic(&vhd::partitioned(0x01, &volume), 100 << 30)
            },
        },
        Sample {
            id: "fa14-udf",
            file_name: "請求書.img",
            about: "a disc of UDF alone with a script and a note",
            make: || {
                let script = b"WScript.Echo('harmless');\r\n".repeat(100);
                let files = [
                    File::new("請求書/請求書.js", &script),
                    File::new("請求書/説明.txt", "請求書\n".as_bytes()).hidden(),
                ];
                udf::udf("請求書", &files)
            },
        },
        Sample {
            id: "fa14-trees",
            file_name: "資料.iso",
            about: "a disc image whose Joliet tree alone names a program",
            make: || {
                Iso::new("資料")
                    .file(File::new("議事録.pdf", &pdf::ticket()))
                    .file(File::new("名簿.txt", "田中\n佐藤\n".as_bytes()))
                    .joliet_only(File::new("議事録2.exe", &Pe::new().build()))
                    .build()
            },
        },
        Sample {
            id: "fa23-iso",
            file_name: "会議資料.iso",
            about: "a disc image with documents for a meeting, and a hidden program among them",
            make: || {
                Iso::new("会議資料")
                    .file(File::new("会議資料/次第.pdf", &pdf::ticket()))
                    .file(File::new("会議資料/出席者.txt", "田中\n佐藤\n".as_bytes()))
                    .file(File::new("会議資料/資料一覧.exe", &Pe::new().build()).hidden())
                    .build()
            },
        },
        Sample {
            id: "fx5-dmg",
            file_name: "Viewer.dmg",
            about: "a disk image for macOS with a program",
            make: || {
                let files = [
                    File::new("Viewer.app/Contents/MacOS/Viewer", b"#!/bin/sh\nexit 0\n"),
                    File::new("Right-click and choose Open.txt", b"Right-click Viewer and choose Open.\n"),
                ];
                dmg::dmg(&fat::volume("VIEWER", 400, &files))
            },
        },
        Sample {
            id: "b20-vendor",
            file_name: "viewer-disc.iso",
            about: "a vendor's disc with a set-up program, its notes and its settings",
            make: || {
                Iso::new("VIEWER")
                    .file(File::new("autorun.inf", b"[autorun]\r\nicon=setup.exe\r\nlabel=Viewer\r\n"))
                    .file(File::new("setup.exe", &Pe::new().build()))
                    .file(File::new("readme.txt", b"Run the set-up program to install the viewer.\r\n"))
                    .file(File::new("manual/manual.pdf", &pdf::ticket()))
                    .build()
            },
        },
        Sample {
            id: "b20-documents",
            file_name: "納品物.iso",
            about: "a disc of documents, as they are delivered",
            make: || {
                Iso::new("納品物")
                    .file(File::new("納品書.pdf", &pdf::ticket()))
                    .file(File::new("議事録/第3回.txt", "定例会議事録\n出席者 12名\n".as_bytes()))
                    .build()
            },
        },
    ]
}
