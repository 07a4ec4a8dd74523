//! Indicators in every spelling, and look-alikes that are none.

use crate::Sample;

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "ioc-zoo",
            file_name: "メモ.txt",
            about: "a note with indicators in every spelling that extraction has to understand",
            make: || include_str!("../../text/indicators.txt").as_bytes().to_vec(),
        },
        Sample {
            id: "ioc-data",
            file_name: "settings.dat",
            about: "data that hides URLs: in UTF-16 at both alignments, under a one-byte key, and as base64",
            make: data,
        },
        Sample {
            id: "ioc-near",
            file_name: "look-alikes.txt",
            about: "versions, dates, code and file names that are no indicators",
            make: || include_str!("../../text/look-alikes.txt").as_bytes().to_vec(),
        },
    ]
}

fn data() -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut out = vec![0x01, 0x02, 0x00, 0xff];
    out.extend(wide("http://example.com/wide-even"));
    out.extend([0xff, 0xfe, 0xff]);
    out.extend(wide(r"\\192.0.2.40\share\wide-odd.ico"));
    out.extend([0xff; 4]);
    out.extend(b"http://example.net/under-a-key?x=1\0".iter().map(|byte| byte ^ 0x9c));
    out.extend([0xff; 4]);
    out.extend(b"aHR0cDovL2V4YW1wbGUub3JnL2Jhc2U2NA==\0");
    out.extend(b"c2.example.net\0\x01\x02HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\0");
    out
}
