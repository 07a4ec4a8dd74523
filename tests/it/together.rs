//! What several files mean to each other: passwords in other messages, word lists, pieces.

use std::path::Path;
use std::process::Command;

use sekisho_samples::archive::zip::encrypted_aes;

use crate::interop::{Workshop, assert_holds, payloads, scan};

fn sample(id: &str) -> Vec<u8> {
    let all = sekisho_samples::all();
    (all.iter().find(|sample| sample.id == id).unwrap_or_else(|| panic!("no sample {id}")).make)()
}

/// The JSON lines the program writes for these paths.
fn reports(folder: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["scan", "--format", "jsonl", "--quiet"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a report a line")).collect()
}

fn opened_with(report: &serde_json::Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings");
    let opened = findings.iter().filter(|finding| finding["id"] == "archive-opened-with-found-password");
    opened.filter_map(|finding| finding["observed"].as_str()).collect()
}

#[test]
fn a_mail_in_another_file_opens_the_archive() {
    let shop = Workshop::new();
    shop.put("mails/1.eml", &sample("t11a"));
    shop.put("mails/2.eml", &sample("t11b"));
    let both = reports(shop.path(), &["mails"]);
    assert_eq!(opened_with(&both[0]), ["password read in another message"]);
    assert_eq!(both[0]["coverage"]["level"], "complete");
    let alone = reports(shop.path(), &["mails/1.eml"]);
    assert_eq!(opened_with(&alone[0]), Vec::<&str>::new());
    assert_ne!(alone[0]["coverage"]["level"], "complete");
}

#[test]
fn a_word_list_opens_what_nothing_else_does() {
    let shop = Workshop::new();
    shop.put("locked.zip", &encrypted_aes("note.txt", "see you", "correct horse"));
    shop.put("words.txt", b"battery\r\ncorrect horse\r\n");
    let report = &reports(shop.path(), &["--wordlist", "words.txt", "locked.zip"])[0];
    assert_eq!(report["coverage"]["level"], "complete");
    assert_eq!(report["artifacts"][1]["origin"]["detail"], "AES-256, password from the word list");
    assert_eq!(opened_with(report), Vec::<&str>::new(), "the user's own words are no finding");
    shop.put("words.txt", b"battery\r\n");
    assert_ne!(reports(shop.path(), &["--wordlist", "words.txt", "locked.zip"])[0]["coverage"]["level"], "complete");
}

#[test]
fn volumes_of_7zip_are_one_archive() {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    if !shop.run("7z", &["a", "-bd", "-v9k", "split.7z", "text.txt", "noise.bin", "large.dat"]) {
        return;
    }
    let mut mail = sekisho_samples::mail::Eml::letter("a@example.com").subject("volumes");
    for number in 1u32.. {
        let name = format!("split.7z.{number:03}");
        if !shop.path().join(&name).exists() {
            break;
        }
        mail = mail.attach(&name, "application/octet-stream", &shop.get(&name));
    }
    let report = scan("volumes.eml", mail.build(), &[]);
    assert_holds(&report, &payloads());
    let joined = report.artifacts.iter().find(|artifact| artifact.origin.kind == "joined").expect("a joined artifact");
    assert_eq!(joined.name, "split.7z");
}

#[test]
fn volumes_in_a_folder_are_scanned_as_one_archive_too() {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    if !shop.run("7z", &["a", "-bd", "-v9k", "set/split.7z", "text.txt", "noise.bin", "large.dat"]) {
        return;
    }
    let all = reports(shop.path(), &["set"]);
    let whole = all.last().expect("a report");
    assert_eq!(whole["input"], "set/split.7z");
    let problems = whole["problems"].as_array().expect("problems");
    assert!(problems.iter().all(|problem| problem["artifact"] != "0"), "{problems:?}");
    assert_eq!(whole["artifacts"].as_array().expect("artifacts").len(), 4);
    assert!(all[..all.len() - 1].iter().all(|piece| piece["coverage"]["level"] != "complete"));
}
