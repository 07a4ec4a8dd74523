//! Pictures with something behind them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Sample;
use crate::media;
use crate::program::pe::Pe;

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "b15-jpeg",
            file_name: "旅行の写真.jpg",
            about: "a photograph of a phone, with the phone's own trailer",
            make: || [media::jpeg(), media::samsung_trailer(b"Image_UTC_Data1458000000000")].concat(),
        },
        Sample {
            id: "fx4-png",
            file_name: "logo.png",
            about: "a PNG with a program as Base64 behind it",
            make: || {
                let text = STANDARD.encode(Pe::new().build());
                [media::png(), format!("<<BASE64_START>>{text}<<BASE64_END>>").into_bytes()].concat()
            },
        },
        Sample {
            id: "fx4-jpg",
            file_name: "background.jpg",
            about: "a JPEG with a program as reversed Base64 behind it, A written as #",
            make: || {
                let text: String = STANDARD.encode(Pe::new().build()).chars().rev().collect();
                [media::jpeg(), text.replace('A', "#").into_bytes()].concat()
            },
        },
    ]
}
