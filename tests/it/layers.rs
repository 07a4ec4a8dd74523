//! Who may import whom. The table is the architecture; a module that needs more changes the table in its own commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module of `src/` and the modules of ours it may name.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("knowledge", &["model"]),
    ("budget", &["model"]),
    ("stage", &["budget", "knowledge", "model"]),
    ("formats", &["budget", "knowledge", "model", "stage"]),
    ("identify", &["formats", "model", "stage"]),
    ("analysis", &["budget", "formats", "knowledge", "model", "stage"]),
    ("matching", &["budget", "formats", "model", "stage"]),
    ("correlate", &["formats", "knowledge", "model", "stage"]),
    ("report", &["model"]),
    ("verdict", &["model", "report"]),
    (
        "engine",
        &["analysis", "budget", "correlate", "formats", "identify", "matching", "model", "report", "stage", "verdict"],
    ),
    ("catalog", &["analysis", "correlate", "engine", "formats", "matching", "model", "stage", "store", "worker"]),
    ("sandbox", &["model"]),
    ("worker", &["engine", "formats", "matching", "model", "report", "sandbox", "stage", "verdict"]),
    ("config", &["matching", "model", "report", "worker"]),
    ("store", &["config", "formats", "knowledge", "model", "report", "stage"]),
    ("gate", &["catalog", "config", "formats", "model", "report", "sandbox", "stage", "store", "worker"]),
    (
        "cli",
        &[
            "catalog",
            "config",
            "engine",
            "formats",
            "gate",
            "knowledge",
            "matching",
            "model",
            "report",
            "sandbox",
            "stage",
            "store",
            "verdict",
            "worker",
        ],
    ),
];

/// Crates with one owner: only files under that path may name them.
const OWNERS: &[(&str, &[&str])] = &[
    ("yara_x", &["matching"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("indicatif", &["cli"]),
    ("walkdir", &["cli"]),
    ("glob", &["cli"]),
    ("rayon", &["engine", "cli"]),
    ("goblin", &["formats/program/pe"]),
    ("delharc", &["formats/archive/lzh"]),
    ("rars", &["formats/archive/rar"]),
    ("sevenz_rust2", &["formats/archive/sevenz"]),
    ("tar", &["formats/archive/tar"]),
    ("zip", &["formats/archive/zip"]),
    ("bzip2", &["formats/archive/compressed", "formats/disk/dmg", "formats/mail/pgp", "formats/program/inno"]),
    (
        "lzma_rust2",
        &["formats/archive/compressed", "formats/archive/sevenz", "formats/disk/dmg", "formats/program/inno"],
    ),
    ("lzfse_rust", &["formats/disk"]),
    // Neither the zip crate nor the 7z crate has Zstandard of its own in pure Rust.
    ("ruzstd", &["formats/archive/compressed", "formats/archive/sevenz", "formats/archive/zip", "formats/disk/qcow"]),
    (
        "flate2",
        &[
            "formats/archive",
            "formats/disk",
            "formats/document/pdf",
            "formats/mail",
            "formats/media/flash",
            "formats/office",
            "formats/program",
        ],
    ),
    ("crc32fast", &["formats/archive", "formats/program/inno", "formats/text/carried"]),
    ("image", &["formats/program/pe"]),
    ("autoit", &["formats/program/autoit"]),
    ("innospect", &["formats/program/inno"]),
    ("nsis", &["formats/program/nsis"]),
    ("unicode_security", &["formats/mail"]),
    ("lzxd", &["formats/archive/cab", "formats/document/chm"]),
    ("lz4_flex", &["formats/archive/compressed", "formats/archive/sevenz"]),
    ("brotli_decompressor", &["formats/archive/compressed", "formats/archive/sevenz"]),
    ("quick_xml", &["formats/archive/xar", "formats/office"]),
    ("html5ever", &["formats/document/html"]),
    ("base64", &["formats/text/base64", "gate/http"]),
    ("aes", &["formats/office/encryption"]),
    ("cbc", &["formats/office/encryption"]),
    ("rc4", &["formats/office/access", "formats/office/encryption"]),
    ("md5", &["formats/office/encryption", "model/digest", "formats/program/pe"]),
    ("sha1", &["formats/office/encryption", "model/digest", "formats/program/pe"]),
    ("sha2", &["formats/office/encryption", "gate", "model/digest", "formats/program/pe", "matching", "store"]),
    ("url", &["analysis/iocs", "formats/link", "formats/office/target"]),
    ("idna", &["analysis/iocs", "formats/mail"]),
    ("toml", &["config", "knowledge", "verdict/policy"]),
    (
        "serde_json",
        &["cli", "formats/archive/asar", "gate/http", "gate/keeping", "gate/olefy", "report", "store", "worker"],
    ),
    ("landlock", &["sandbox"]),
    ("memmap2", &["sandbox"]),
    ("seccompiler", &["sandbox"]),
    ("rustix", &["cli", "gate/clamd", "sandbox"]),
    ("axum", &["gate/http"]),
    ("hyper", &["gate/http"]),
    ("hyper_util", &["gate/http"]),
    ("tokio", &["cli/serve", "gate"]),
    ("tracing", &["cli/serve", "gate", "store"]),
    ("tracing_subscriber", &["gate/server"]),
    ("listenfd", &["gate/server"]),
    ("sd_notify", &["gate/server"]),
    ("nix", &["gate/server", "sandbox", "worker/failure"]),
    ("lettre", &["store"]),
    ("rusqlite", &["store"]),
    ("chacha20poly1305", &["store"]),
    ("getrandom", &["gate", "store"]),
    ("subtle", &["gate/http", "store"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli/macros", "report"]),
    ("schemars", &["model", "report"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("src is readable").filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code without comments, strings and the test module at the end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let mut out = String::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line);
        let mut is_code = true;
        for piece in line.split('"') {
            if is_code {
                out.push_str(piece);
            }
            is_code = !is_code;
        }
        out.push('\n');
    }
    out
}

/// Module names after `crate::`, alone or in braces over several lines.
fn imports(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let is_path_of_another = code[..at].ends_with([':', '_']) || code[..at].ends_with(char::is_alphanumeric);
        if is_path_of_another && !code[..at].ends_with("$crate") {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => {
                names.insert(word(rest));
            }
            Some(group) => {
                let mut depth = 0usize;
                let mut start = true;
                for (index, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if c.is_alphanumeric() && start && depth == 0 => {
                            names.insert(word(&group[index..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found
        .into_iter()
        // Tests may call on other crates as oracles.
        .filter(|path| !path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests")))
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("source is UTF-8");
            (name, code(&text))
        })
        .collect()
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let modules: BTreeSet<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    let mut wrong = Vec::new();
    for (name, code) in all_sources() {
        let module = name.split(['/', '.']).next().unwrap_or_default();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == module) else {
            wrong.push(format!("{name}: module {module} is not in the table"));
            continue;
        };
        for import in imports(&code) {
            if modules.contains(import.as_str()) && import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{name}: {module} may not import {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_are_named_only_by_their_owner() {
    let mut wrong = Vec::new();
    for (name, code) in all_sources() {
        for (krate, owners) in OWNERS {
            let names_it = code
                .match_indices(&format!("{krate}::"))
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            if names_it && !owners.iter().any(|owner| name.starts_with(owner)) {
                wrong.push(format!("{name}: only {} may name {krate}", owners.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_format_uses_no_other_formats_stages() {
    let mut wrong = Vec::new();
    for (name, code) in all_sources() {
        if !name.starts_with("formats/") {
            continue;
        }
        for line in code.lines().filter(|line| line.contains("crate::formats::")) {
            if line.contains("::unpack") || line.contains("::analyze") {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reads_imports_in_every_spelling() {
    let found = imports(
        "use crate::model::X;\nuse crate::{\n    stage::{A, B},\n    budget::C,\n};\nlet x = crate::engine::y();",
    );
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["budget", "engine", "model", "stage"]);
}
