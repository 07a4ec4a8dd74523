//! Containers written by other programs: what was packed must come out byte for byte. Builders and readers by the same
//! hand share mistakes; these do not. A test whose program is not installed says so and ends; `SEKISHO_INTEROP=require`
//! makes that a failure.

mod compressors;
mod disk;
mod installers;
mod internet_mail;
mod mail_forms;
mod milter;
mod nesting;
mod old_archives;
mod packages;
mod rar;
mod sevenz;
mod zip;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use sekisho::matching::RuleSet;
use sekisho::model::Report;
use sekisho::verdict::Policy;
use sekisho::{ScanOptions, Scanner, Submission};

/// A folder to run programs in, gone when the test ends.
pub(crate) struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        Workshop { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file there, with the folders of its name.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("inside the workshop")).expect("a folder");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// Reads a file a program wrote there.
    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs a program there. `false`, with a word on why, if it is not installed; a program that fails fails the test.
    #[must_use]
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> bool {
        self.pipe(program, arguments, &[]).is_some()
    }

    /// Runs a program there with this on its standard input; what it wrote to its standard output.
    #[must_use]
    pub(crate) fn pipe(&self, program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
        let given = self.put(".stdin", input);
        let given = std::fs::File::open(given).expect("just written");
        match Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(given)
            .output()
        {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let wrote = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(output.status.success(), "{program} {arguments:?}: {said}\n{wrote}");
                Some(output.stdout)
            }
            Err(error) => {
                let required = std::env::var_os("SEKISHO_INTEROP").is_some_and(|value| value == "require");
                assert!(!required, "{program}: {error}");
                eprintln!("skipped: {program} is not installed");
                None
            }
        }
    }
}

/// Three files any container can hold: text that packs well, bytes that do not, and one larger than most windows.
pub(crate) fn payloads() -> [(&'static str, Vec<u8>); 3] {
    let text = "the quick brown fox jumps over the lazy dog\r\n".repeat(700).into_bytes();
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    let bytes: Vec<u8> = (0..20_000).map(|_| noise()).collect();
    let large: Vec<u8> =
        (0u32..60_000).flat_map(|n| (n / 7).to_le_bytes()).chain((0..3_000).map(|_| noise())).collect();
    [("text.txt", text), ("noise.bin", bytes), ("large.dat", large)]
}

/// Scans without rules: these tests ask what comes out, not what matches.
pub(crate) fn scan(name: &str, bytes: Vec<u8>, passwords: &[&str]) -> Report {
    static NO_RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::compile(&[]).expect("no rules compile"));
    let passwords = passwords.iter().map(|text| (*text).to_owned()).collect();
    let options = ScanOptions { passwords, ..ScanOptions::default() };
    Scanner::with(options, *NO_RULES, Policy::shipped()).scan(Submission::new(name, bytes))
}

/// Each payload is among the artifacts, byte for byte, under its name.
pub(crate) fn assert_holds(report: &Report, payloads: &[(&str, Vec<u8>)]) {
    for (name, bytes) in payloads {
        let digest = sekisho::model::Digests::of(bytes).sha256;
        let found = report.artifacts.iter().find(|artifact| artifact.sha256 == digest);
        let Some(found) = found else {
            let there: Vec<_> = report.artifacts.iter().map(|a| format!("{} {} {}", a.path, a.name, a.size)).collect();
            let problems: Vec<_> = report.problems.iter().map(|p| &p.text).collect();
            panic!("{name} ({} bytes) is not among {there:#?}; problems: {problems:#?}", bytes.len());
        };
        let last = found.name.rsplit('/').next().unwrap_or_default();
        assert!(last.eq_ignore_ascii_case(name), "{} should be called {name}", found.name);
    }
}

/// As [`assert_holds`], and nothing of the container was left unread.
pub(crate) fn assert_whole(report: &Report, payloads: &[(&str, Vec<u8>)]) {
    assert_holds(report, payloads);
    let problems: Vec<_> =
        report.problems.iter().filter(|p| p.kind != "odd" && !p.text.contains("no known format")).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}
