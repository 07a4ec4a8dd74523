//! Documents of Hangul (Hancom Office): HWP 5 in compound files, HWPX in zips, and HWP 3, which is recognised.
//!
//! `header` `records` the on-disk tables; `distribution` what is kept for reading only; `unpack` streams to children; `script` whether a script does anything; `hwpx`
//! the zip; `findings` declares what is raised.

mod distribution;
mod findings;
mod header;
mod hwpx;
mod records;
mod script;
#[cfg(test)]
mod tests;
mod unpack;

pub use hwpx::HwpxView;

use crate::formats::archive::zip::{ZIP, ZipView};
use crate::formats::office::ole::{OLE, OleView};
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

const REFERENCES: &[Reference] =
    &[Reference { title: "Hancom, HWP Document File Formats 5.0", url: "https://www.hancom.com/etc/hwpDownload.do" }];

/// HWP 5.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("hwp"),
    title: "Hangul document (HWP 5)",
    extensions: &["hwp", "hwt"],
    media_types: &["application/x-hwp", "application/haansofthwp", "application/vnd.hancom.hwp"],
    probe: Probe::Within(OLE, |artifact| artifact.view::<OleView>().is_ok_and(|view| is_hangul(&view))),
    references: REFERENCES,
    limitations: &[
        "Documents locked with a password are recognised, not opened.",
        "Macros recorded into the document and its history are not read.",
    ],
    unpacker: Some(&unpack::HangulUnpacker),
    ..FormatSpec::of(Family::Office)
};

/// HWP 3.
pub const HWP_3: FormatSpec = FormatSpec {
    id: FormatId("hwp3"),
    title: "Hangul document (HWP 3)",
    extensions: &["hwp"],
    media_types: &["application/x-hwp"],
    magic: &[Magic::start(b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05")],
    reading: Reading::RecognisedOnly,
    references: REFERENCES,
    limitations: &["Recognised only."],
    ..FormatSpec::of(Family::Office)
};

/// HWPX.
pub const HWPX: FormatSpec = FormatSpec {
    id: FormatId("hwpx"),
    title: "Hangul document (HWPX)",
    extensions: &["hwpx", "hwtx"],
    media_types: &["application/hwp+zip", "application/vnd.hancom.hwpx"],
    probe: Probe::Within(ZIP, is_hwpx),
    references: &[Reference {
        title: "KS X 6101, Open Word-Processor Markup Language",
        url: "https://standard.go.kr/",
    }],
    limitations: &["Encrypted parts are recognised, not opened."],
    analyzers: &[&hwpx::Package],
    ..FormatSpec::of(Family::Office)
};

fn is_hangul(view: &OleView) -> bool {
    view.stream("FileHeader").is_some_and(|head| head.starts_with(header::SIGNATURE))
}

fn is_hwpx(artifact: &Artifact) -> bool {
    let may_be = artifact
        .view::<ZipView>()
        .is_ok_and(|zip| ["mimetype", "Contents/content.hpf"].iter().any(|name| zip.entry_by_name(name).is_some()));
    may_be && artifact.view::<HwpxView>().is_ok()
}

/// Storages and streams of a Hangul document that are read here.
const OWN: &[&str] = &[
    "fileheader",
    "docinfo",
    "bodytext",
    "viewtext",
    "bindata",
    "scripts",
    "docoptions",
    "prvtext",
    "xmltemplate",
    "dochistory",
    "bibliography",
];

/// Whether a stream of a compound file is one that this reader gives or reads, deflated as they are.
pub(crate) fn owns(view: &OleView, index: usize) -> bool {
    if !is_hangul(view) {
        return false;
    }
    let path = view.path(index);
    let first = path.split('/').next().unwrap_or_default().to_ascii_lowercase();
    OWN.contains(&first.as_str())
}
