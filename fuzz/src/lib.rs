//! One body for all targets: a whole scan under small limits, without rules. A panic inside a stage is contained by the
//! product and shows as a finding; here it is let out again, so that the fuzzer sees it.

use std::sync::LazyLock;
use std::time::Duration;

use sekisho::model::Limits;
use sekisho::{ScanOptions, Scanner, Submission};

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let limits = Limits {
        total_bytes: 16 << 20,
        artifact_bytes: 4 << 20,
        ratio_floor: 4 << 20,
        artifacts: 200,
        depth: 8,
        wall_time: Duration::from_secs(10),
        ..Limits::default()
    };
    Scanner::new(ScanOptions { limits, ..ScanOptions::default() }).expect("nothing to compile")
});

/// Scans the bytes under a name of the target's kind.
pub fn drive(target: &str, data: &[u8]) {
    let name = match target {
        "sevenz" => "sample.7z",
        "ooxml" => "sample.docm",
        "ole" => "sample.doc",
        "vba" => "sample.bas",
        "script" => "sample.js",
        "csv" => "sample.csv",
        "text" => "sample.txt",
        "pe" => "sample.exe",
        other => other,
    };
    let report = SCANNER.scan(Submission::new(name, data.to_vec()));
    if let Some(finding) = report.findings.iter().find(|finding| finding.id == "stage-panicked") {
        panic!("{} in {}", finding.observed, finding.artifact);
    }
}
