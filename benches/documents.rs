//! Office documents: the whole scan per document, and the two readers whose worst case an attacker chooses.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sekisho::budget::Budget;
use sekisho::formats::spec;
use sekisho::model::{Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind};
use sekisho::stage::Outcome;
use sekisho::{Scanner, Submission};

use crate::fastest;

/// Bytes of a worst case.
const SIZE: usize = 8 << 20;
/// Extensions of documents.
const EXTENSIONS: &[&str] = &[
    "doc", "docm", "docx", "dot", "dotm", "dotx", "ods", "odt", "ppt", "pptm", "pptx", "pub", "rtf", "slk", "vsd",
    "xls", "xlsb", "xlsm", "xlsx", "xlt", "xltm", "xml",
];

/// Prints the figures, of the project's own samples or of the documents of a folder.
pub(crate) fn run(scanner: &Scanner, folder: Option<&str>) {
    let documents = folder.map_or_else(samples, |folder| files(Path::new(folder)));
    let mut times: Vec<Duration> = documents
        .iter()
        .map(|(name, bytes)| fastest(|| drop(black_box(scanner.scan(Submission::new(name.as_str(), bytes.clone()))))))
        .collect();
    times.sort_unstable();
    let count = times.len().max(1);
    let mean = times.iter().sum::<Duration>() / u32::try_from(count).unwrap_or(u32::MAX);
    let at = |percent: usize| times.get((count - 1) * percent / 100).copied().unwrap_or_default();
    println!("{} documents: median {:.2?}, mean {mean:.2?}, p99 {:.2?}", documents.len(), at(50), at(99));
    println!("\n{:<28} {:>8}", "RTF, worst cases", "MB/s");
    for (name, filler) in [
        ("text", "plain words and more of them "),
        ("hex", "d0cf11e0a1b11ae1"),
        ("hex, blanks", "d0 cf\r\n"),
        ("hex, \\'ff after each", "d0\\'ff"),
        ("hex, groups between", "d{\\x}0"),
        ("hex, \\bin between", "d0\\bin0 cf"),
        ("groups in groups", "{\\b "),
        ("control words", "\\pard\\plain\\f1\\fs24 "),
        ("objects", "}}{\\object\\objemb{\\*\\objdata d0cf11e0"),
    ] {
        let bytes = worst(filler);
        let took = fastest(|| rtf(&bytes));
        println!("{name:<28} {:>8.0}", bytes.len() as f64 / 1e6 / took.as_secs_f64());
    }
}

fn samples() -> Vec<(String, Bytes)> {
    let is_document = |name: &str| name.rsplit('.').next().is_some_and(|extension| EXTENSIONS.contains(&extension));
    sekisho_samples::all()
        .iter()
        .filter(|sample| is_document(sample.file_name))
        .map(|sample| (sample.file_name.to_owned(), Bytes::from((sample.make)())))
        .collect()
}

fn files(folder: &Path) -> Vec<(String, Bytes)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().and_then(|is| is.to_str()).is_some_and(|is| EXTENSIONS.contains(&is)) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).expect("readable").into()));
            }
        }
    }
    found.sort();
    found
}

/// A document that is one object full of this.
fn worst(filler: &str) -> Bytes {
    let mut text = String::from("{\\rtf1\\ansi{\\object\\objemb{\\*\\objdata ");
    while text.len() < SIZE {
        text.push_str(filler);
    }
    text.push_str("}}}");
    text.into_bytes().into()
}

/// The stages of RTF, without digests, identification and what looks at every artifact.
fn rtf(bytes: &Bytes) {
    let spec = spec(FormatId("rtf")).expect("registered");
    let origin = Origin::file(OriginKind::Input, "");
    let mut artifact =
        Artifact::new(ArtifactPath::root(), EntryName::new("a.rtf"), origin, Bytes::new(), FormatId::UNKNOWN);
    artifact.bytes = bytes.clone();
    artifact.format = spec.id;
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::<Hints>::default(), &budget);
    if let Some(unpacker) = spec.unpacker {
        let _ = unpacker.unpack(&artifact, &mut out);
    }
    for analyzer in spec.analyzers {
        let _ = analyzer.analyze(&artifact, &mut out);
    }
    black_box(out.into_said());
}
