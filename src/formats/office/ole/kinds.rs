//! The kinds of compound file, told by their streams: classes are often missing (WPS Office) or wrong.

use super::{OLE, OleKind, OleView};
use crate::formats::office::encryption;
use crate::knowledge::clsids::Clsid;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// What the kinds share.
const BASE: FormatSpec = FormatSpec {
    id: OLE,
    title: "",
    family: Family::Office,
    extensions: &[],
    media_types: &[],
    magic: &[],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[],
    limitations: &[],
    unpacker: None,
    analyzers: &[],
};

/// Asks the view; bytes that have none are of no kind.
fn sees(artifact: &Artifact, check: impl Fn(&OleView) -> bool) -> bool {
    artifact.view::<OleView>().is_ok_and(|view| check(&view))
}

fn has_stream(view: &OleView, name: &str) -> bool {
    let found = view.find(name).and_then(|index| view.entries.get(index));
    found.is_some_and(|entry| entry.kind == OleKind::Stream)
}

fn has_class(view: &OleView, text: &str) -> bool {
    Clsid::from_text(text) == Some(view.class())
}

/// An encrypted OOXML document.
pub const ENCRYPTED_OOXML: FormatSpec = FormatSpec {
    id: FormatId("encrypted-ooxml"),
    title: "Encrypted Office document",
    extensions: &["docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb", "dotx", "xltx", "potx", "ppsx", "vsdx"],
    media_types: &[
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
    probe: Probe::Within(OLE, |artifact| sees(artifact, encryption::is_encrypted_package)),
    references: &[Reference {
        title: "MS-OFFCRYPTO 2.3.2, EncryptedPackage",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-offcrypto/",
    }],
    limitations: &[
        "Ciphers and hashes other than AES with chained blocks, MD5 and the SHA family are not read.",
        "Rights-managed documents are recognised only.",
    ],
    ..BASE
};

/// Whether a compound file is a Windows Installer package, patch or transform, which `program/msi` reads.
pub(crate) fn is_installer(view: &OleView) -> bool {
    // Tables are streams whose names start with U+4840.
    let tables = view.streams().filter(|(_, entry)| entry.name.starts_with('\u{4840}')).take(2).count();
    tables > 1
        || has_class(view, "000C1084-0000-0000-C000-000000000046")
        || has_class(view, "000C1086-0000-0000-C000-000000000046")
}

/// A Word document.
pub const DOC: FormatSpec = FormatSpec {
    id: FormatId("doc"),
    title: "Word 97-2003 document",
    extensions: &["doc", "dot", "wps", "wpt", "wiz"],
    media_types: &["application/msword", "application/vnd.ms-works", "application/kswps"],
    probe: Probe::Within(OLE, |artifact| sees(artifact, |view| has_stream(view, "WordDocument"))),
    references: &[Reference {
        title: "MS-DOC, Word Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-doc/",
    }],
    limitations: &[
        "Text is searched in the file's bytes; only fields are read in reading order.",
        "Of Word 6 and 95 fields are searched in the stream.",
    ],
    ..BASE
};

/// An Excel workbook.
pub const XLS: FormatSpec = FormatSpec {
    id: FormatId("xls"),
    title: "Excel 97-2003 workbook",
    extensions: &["xls", "xlt", "xla", "xlw", "xlm", "et", "ett"],
    media_types: &["application/vnd.ms-excel", "application/msexcel", "application/kset"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| has_stream(view, "Workbook") || has_stream(view, "Book"))
    }),
    references: &[Reference {
        title: "MS-XLS, Excel Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-xls/",
    }],
    limitations: &[
        "Formulas of worksheets are not decompiled; those of macro sheets are.",
        "Cell texts are searched in the file's bytes, not read in order.",
    ],
    ..BASE
};

/// A PowerPoint presentation.
pub const PPT: FormatSpec = FormatSpec {
    id: FormatId("ppt"),
    title: "PowerPoint 97-2003 presentation",
    extensions: &["ppt", "pot", "pps", "ppa", "dps", "dpt"],
    media_types: &["application/vnd.ms-powerpoint", "application/mspowerpoint", "application/ksdps"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| has_stream(view, "PowerPoint Document") || has_stream(view, "PP40"))
    }),
    references: &[Reference {
        title: "MS-PPT, PowerPoint Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ppt/",
    }],
    limitations: &["Slides are searched in the file's bytes; mouse actions and animations are not read."],
    ..BASE
};

/// A Publisher publication.
pub const PUB: FormatSpec = FormatSpec {
    id: FormatId("pub"),
    title: "Publisher publication",
    extensions: &["pub"],
    media_types: &["application/vnd.ms-publisher", "application/x-mspublisher"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| {
            has_class(view, "00021201-0000-0000-C000-000000000046")
                || has_class(view, "00021201-0000-0000-00C0-000000000046")
                || view.find("Quill").is_some() && view.find("Contents").is_some()
        })
    }),
    references: &[Reference {
        title: "MS-OSHARED, Office Common Data Types and Objects",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-oshared/",
    }],
    limitations: &["Text is searched in the file's bytes."],
    ..BASE
};

/// A Visio drawing.
pub const VSD: FormatSpec = FormatSpec {
    id: FormatId("vsd"),
    title: "Visio 2003-2010 drawing",
    extensions: &["vsd", "vss", "vst"],
    media_types: &["application/vnd.visio", "application/vnd.ms-visio.viewer"],
    probe: Probe::Within(OLE, |artifact| sees(artifact, |view| has_stream(view, "VisioDocument"))),
    references: &[Reference {
        title: "Apache POI HDGF, the Visio file format",
        url: "https://poi.apache.org/components/diagram/",
    }],
    limitations: &[
        "Shapes are unpacked and searched, not read one by one.",
        "Drawings of versions before Visio 5 are not unpacked.",
    ],
    ..BASE
};

/// A plan of Microsoft Project.
pub const MPP: FormatSpec = FormatSpec {
    id: FormatId("mpp"),
    title: "Microsoft Project plan",
    extensions: &["mpp", "mpt", "mpx"],
    media_types: &["application/vnd.ms-project"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| {
            ["74B78F3A-C8C8-11D1-BE11-00C04FB6FAF1", "C26F4A2F-7A8B-11D0-BC1B-00A0C9054F3F"]
                .iter()
                .any(|class| has_class(view, class))
                || ["Props9", "Props12", "Props14"].iter().any(|name| has_stream(view, name))
        })
    }),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "MS-CFB, Compound File Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/",
    }],
    limitations: &["Tables are not read."],
    ..BASE
};

/// A document of Microsoft Works.
pub const WORKS: FormatSpec = FormatSpec {
    id: FormatId("works"),
    title: "Microsoft Works document",
    extensions: &["wps", "wks", "wdb", "wpt", "xlr"],
    media_types: &["application/vnd.ms-works"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| {
            has_stream(view, "MatOST") || has_stream(view, "WksSSWorkBook") || has_stream(view, "MN0")
        })
    }),
    references: &[Reference {
        title: "libwps, import of Microsoft Works documents",
        url: "https://sourceforge.net/projects/libwps/",
    }],
    limitations: &["Text is searched in the file's bytes. Works has no macros."],
    ..BASE
};

/// The macros of Outlook, which lie beside the mailbox and in no message.
pub const OUTLOOK_PROJECT: FormatSpec = FormatSpec {
    id: FormatId("outlook-project"),
    title: "Outlook VBA project",
    extensions: &["otm"],
    probe: Probe::Within(OLE, |artifact| {
        sees(artifact, |view| view.find("OutlookVbaData").is_some() || has_stream(view, "OutlookProjectData"))
    }),
    references: &[Reference {
        title: "MS-OVBA, Office VBA File Format Structure",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/",
    }],
    ..BASE
};

/// Content of a document program's own, given out in one piece because its file scatters it. The container's analyzers
/// read what there is to read; here it is only searched.
pub const STREAM: FormatSpec = FormatSpec {
    id: FormatId("ole-stream"),
    title: "Stream of a compound file",
    probe: Probe::Text(is_document_stream),
    references: &[Reference {
        title: "MS-CFB 2.6.1, Compound File Directory Entry",
        url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/",
    }],
    limitations: &["Searched as bytes; its structure is read, where it is, with the file it belongs to."],
    ..BASE
};

/// Whether an artifact is such content. Programs' own data holds small zips (themes) that nobody opens as archives.
pub(crate) fn is_document_stream(artifact: &Artifact) -> bool {
    artifact.origin.detail == super::native::DOCUMENT_STREAM
}
