//! A report in the shape of olevba's JSON, as `oletools.lua` evaluates it.
//!
//! Two of its habits decide what may be sent at all. After an `error` entry (other than `File too small`) and after the
//! codes 2, 3, 4 and 6 it asks again, but falls through and remembers the part as clean for a day: what is not read is
//! therefore always said with code 8, after which it stops. And it takes a read of other than 8,192 bytes for the end of
//! the reply, so that a reply fits into one.

use bytes::Bytes;
use serde::Serialize;

use crate::catalog;
use crate::config::{Action, Actions, Cause};
use crate::gate::disposition::causes;
use crate::gate::{Examined, Refused};
use crate::model::{Facet, IocKind, Level, Report, Severity};

/// What ends a reply.
const STOP: &[u8] = b"\t\n\n\t";
/// A reply is shorter than one read of rspamd.
const LONGEST: usize = 8_000;
/// Below this many bytes olefy says that a file is too small (rspamd does not even ask).
const SMALLEST: usize = 500;
/// Letters of a keyword, a name or a description.
const LONGEST_TEXT: usize = 200;
/// Modules named, and entries of the analysis at first; fewer if they are long.
const MOST: usize = 40;

/// olevba's `RETURN_OK`.
const OK: u8 = 0;
/// olevba's `RETURN_UNEXPECTED`, which makes rspamd set its fail symbol.
const UNEXPECTED: u8 = 8;
/// olevba's `RETURN_ENCRYPTED`, which makes rspamd set its encrypted symbol.
const ENCRYPTED: u8 = 9;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// As it goes over the wire.
    pub(super) bytes: Bytes,
    /// Whether rspamd will take the part for clean.
    pub(super) is_clean: bool,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Program {
        script_name: &'static str,
        version: &'static str,
        url: &'static str,
        r#type: &'static str,
    },
    File {
        file: &'static str,
        r#type: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'static str>,
        analysis: Option<Vec<Keyword>>,
        macros: Option<Vec<Module>>,
    },
    End {
        r#type: &'static str,
        return_code: u8,
        n_processed: u8,
    },
    Error {
        error: &'static str,
    },
}

#[derive(Debug, Serialize)]
struct Keyword {
    r#type: &'static str,
    keyword: String,
    description: String,
}

#[derive(Debug, Serialize)]
struct Module {
    code: &'static str,
    ole_stream: String,
    vba_filename: String,
}

/// What is said of a part of this many bytes.
pub(super) fn of(outcome: &Result<Examined, Refused>, actions: &Actions, size: usize) -> Answer {
    let causes = causes(outcome);
    let report = match outcome {
        Ok(examined) => &examined.report,
        Err(refused) => return unread(*causes.first().unwrap_or(&Cause::Overload), refused.into(), actions),
    };
    if report.verdict.level >= Level::Suspicious {
        return Answer { bytes: found(report), is_clean: false };
    }
    if causes.contains(&Cause::Encrypted) {
        let bytes = wire(&entries(kind(report), Some("File is encrypted"), None, None, ENCRYPTED));
        return Answer { bytes, is_clean: false };
    }
    let is_left_out = |cause: &Cause| !matches!(cause, Cause::Clean) && action(actions, *cause) > Action::Accept;
    if let Some(cause) = causes.iter().copied().find(is_left_out) {
        return unread(cause, "not read completely", actions);
    }
    let modules = modules(report);
    let bytes = if !modules.is_empty() {
        fitting(report, keywords(report, false), modules)
    } else if size < SMALLEST {
        too_small()
    } else {
        wire(&entries(kind(report), None, None, None, OK))
    };
    Answer { bytes, is_clean: true }
}

/// What is said where nothing was examined.
pub(super) fn refused(refused: &Refused, actions: &Actions) -> Bytes {
    let cause = if *refused == Refused::TooLarge { Cause::TooLarge } else { Cause::Overload };
    unread(cause, refused.into(), actions).bytes
}

impl From<&Refused> for &'static str {
    fn from(refused: &Refused) -> Self {
        match refused {
            Refused::Overloaded => "too much is waiting",
            Refused::Expired => "not read in time",
            Refused::TooLarge => "larger than what is read",
            Refused::Stopping => "the daemon is stopping",
        }
    }
}

/// `File too small`: rspamd takes it for clean.
pub(super) fn too_small() -> Bytes {
    wire(&[Entry::Error { error: "File too small" }])
}

/// To those who speak something else.
pub(super) fn protocol_error() -> Bytes {
    wire(&[Entry::Error { error: "Protocol error" }])
}

fn action(actions: &Actions, cause: Cause) -> Action {
    actions.table.get(&cause).copied().unwrap_or(Action::Defer)
}

fn unread(cause: Cause, why: &'static str, actions: &Actions) -> Answer {
    let is_clean = action(actions, cause) == Action::Accept;
    let code = if is_clean { OK } else { UNEXPECTED };
    Answer { bytes: wire(&entries("Unknown".to_owned(), Some(why), None, None, code)), is_clean }
}

/// Something a person should look at: always both AutoExec and Suspicious, which is what rspamd calls a threat, and always
/// a module, without which it looks at neither.
fn found(report: &Report) -> Bytes {
    let mut modules = modules(report);
    if modules.is_empty() {
        let at = report.verdict.reasons.first().map_or("0", |reason| reason.artifact.as_str());
        modules.push(Module { code: "", ole_stream: at.to_owned(), vba_filename: String::new() });
    }
    fitting(report, keywords(report, true), modules)
}

/// What starts by itself, what is done then, and where to. Suspicious are only what the verdict rests on: a macro that could
/// do something, but does not come to it, is none.
fn keywords(report: &Report, is_found: bool) -> Vec<Keyword> {
    let mut keywords: Vec<Keyword> = Vec::new();
    let mut add = |r#type: &'static str, keyword: &str, description: &str| {
        let is_new = !keywords.iter().any(|known| known.r#type == r#type && known.keyword == keyword);
        if is_new && keywords.len() < MOST {
            keywords.push(Keyword { r#type, keyword: short(keyword), description: short(description) });
        }
    };
    let mut starts = false;
    for finding in &report.findings {
        let facet = catalog::finding_kind(&finding.id).map(|kind| kind.facet);
        if facet == Some(Facet::Trigger) && finding.severity > Severity::Info {
            starts = true;
            add("AutoExec", &finding.id, &finding.text);
        }
    }
    if is_found {
        for reason in &report.verdict.reasons {
            add("Suspicious", &reason.id, &reason.text);
            if !starts {
                // Opening the document is enough for what needs no macro to start it.
                starts = true;
                add("AutoExec", &reason.id, &reason.text);
            }
        }
    }
    for ioc in report.iocs.iter().filter(|ioc| ioc.noise.is_none()) {
        if matches!(ioc.kind, IocKind::Url | IocKind::Ipv4 | IocKind::Unc | IocKind::FileName) {
            add("IOC", &ioc.value, ioc.context.as_deref().unwrap_or(ioc.kind.as_str()));
        }
    }
    keywords
}

fn modules(report: &Report) -> Vec<Module> {
    let is_code = |format: &str| matches!(format, "vba" | "xlm");
    let modules = report.artifacts.iter().filter(|artifact| is_code(&artifact.format)).take(MOST);
    let modules = modules.map(|artifact| {
        let file = crate::model::name::file_name(&artifact.name);
        // The code itself stays here: rspamd only counts modules.
        Module { code: "", ole_stream: short(&artifact.name), vba_filename: short(file) }
    });
    modules.collect()
}

/// As many keywords and modules as fit into one reply, at least one of each kind that is there.
fn fitting(report: &Report, mut keywords: Vec<Keyword>, mut modules: Vec<Module>) -> Bytes {
    // Autostart and what is done first: what is left out are the last indicators.
    keywords.sort_by_key(|keyword| match keyword.r#type {
        "AutoExec" => 0,
        "Suspicious" => 1,
        _ => 2,
    });
    let size = |keywords: &[Keyword], modules: &[Module]| {
        let keywords: usize = keywords.iter().map(|k| length(&k.keyword) + length(&k.description) + 64).sum();
        let modules: usize = modules.iter().map(|m| length(&m.ole_stream) + length(&m.vba_filename) + 64).sum();
        keywords.saturating_add(modules)
    };
    while size(&keywords, &modules) > LONGEST - 1_000 {
        let is_indicator = keywords.last().is_some_and(|keyword| keyword.r#type == "IOC");
        if modules.len() > 1 && !is_indicator {
            modules.pop();
        } else if let Some(at) = spare(&keywords) {
            keywords.remove(at);
        } else {
            break;
        }
    }
    wire(&entries(kind(report), None, Some(keywords), Some(modules), OK))
}

/// The last keyword that is not the only one of its type.
fn spare(keywords: &[Keyword]) -> Option<usize> {
    (0..keywords.len()).rev().find(|at| {
        keywords.get(*at).is_some_and(|this| {
            this.r#type == "IOC" || keywords.iter().filter(|keyword| keyword.r#type == this.r#type).count() > 1
        })
    })
}

/// Bytes of a text in JSON.
fn length(text: &str) -> usize {
    serde_json::to_string(text).map_or(text.len(), |text| text.len())
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

/// What olevba calls the container.
fn kind(report: &Report) -> String {
    let format = report.artifacts.first().map_or("unknown", |root| root.format.as_ref());
    let is_open_xml = format.len() == 4 && format.ends_with(['x', 'm']);
    match format {
        "ooxml" => "OpenXML",
        _ if is_open_xml
            && ["doc", "dot", "xls", "xlt", "ppt", "pot", "pps"].iter().any(|kind| format.starts_with(kind)) =>
        {
            "OpenXML"
        }
        "doc" | "xls" | "ppt" | "ole" | "encrypted-ooxml" | "pub" | "vsd" => "OLE",
        "flat-opc" => "FlatOPC_XML",
        "word-2003-xml" | "excel-2003-xml" => "Word2003_XML",
        "eml" => "MHTML",
        "sylk" => "SLK",
        "text" | "csv" => "Text",
        other => other,
    }
    .to_owned()
}

fn entries(
    kind: String,
    message: Option<&'static str>,
    analysis: Option<Vec<Keyword>>,
    macros: Option<Vec<Module>>,
    return_code: u8,
) -> [Entry; 3] {
    [
        Entry::Program {
            script_name: "sekisho",
            version: env!("CARGO_PKG_VERSION"),
            url: "",
            r#type: "MetaInformation",
        },
        Entry::File { file: "attachment", r#type: kind, message, analysis, macros },
        Entry::End { r#type: "MetaInformation", return_code, n_processed: 1 },
    ]
}

fn wire(entries: &[Entry]) -> Bytes {
    let mut bytes = serde_json::to_vec(entries).unwrap_or_default();
    bytes.extend_from_slice(STOP);
    bytes.into()
}
