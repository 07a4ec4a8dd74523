//! The files for systemd: what it makes of them, and what they must hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/systemd")
}

/// Directives of a unit by name, the last of each.
fn directives(name: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join(name)).expect("the unit is there");
    let lines = text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty());
    lines
        .map(|line| line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_service_takes_rights_away_and_leaves_workers_what_they_need() {
    let unit = directives("sekisho.service");
    let expected = [
        ("Type", "notify-reload"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("RestrictNamespaces", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("KillMode", "mixed"),
        ("OOMPolicy", "continue"),
        ("LimitCORE", "0"),
        ("RestartPreventExitStatus", "64"),
    ];
    for (key, value) in expected {
        assert_eq!(unit.get(key).map(String::as_str), Some(value), "{key}");
    }
    // Rules are compiled to machine code, and workers confine themselves.
    assert!(!unit.contains_key("MemoryDenyWriteExecute"));
    let calls = unit.get("SystemCallFilter").expect("a filter");
    for call in ["seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"] {
        assert!(calls.split(' ').any(|named| named == call), "{call}");
    }
}

#[test]
fn socket_units_hand_over_what_the_configuration_asks_for() {
    for door in ["milter", "clamd", "http", "olefy"] {
        let unit = directives(&format!("sekisho-{door}.socket"));
        assert_eq!(unit.get("FileDescriptorName").map(String::as_str), Some(door));
        assert_eq!(unit.get("Service").map(String::as_str), Some("sekisho.service"));
        assert!(unit.get("ListenStream").is_some_and(|address| address.starts_with("127.0.0.1:")));
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        eprintln!("skipped: no systemd-analyze");
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number: u32 = version.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
    // The program is looked for where the unit says; a copy of the unit names one that is there.
    let copy = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(folder()).expect("units") {
        let entry = entry.expect("readable");
        let mut text = std::fs::read_to_string(entry.path()).expect("UTF-8").replace("/usr/bin/sekisho", "/bin/true");
        if number < 253 {
            text = text.replace("Type=notify-reload", "Type=notify");
        }
        std::fs::write(copy.path().join(entry.file_name()), text).expect("writable");
    }
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(
            ["sekisho.service", "sekisho-milter.socket", "sekisho-clamd.socket", "sekisho-http.socket"]
                .map(|unit| copy.path().join(unit)),
        )
        .env("SYSTEMD_UNIT_PATH", format!("{}:", copy.path().display()))
        .output()
        .expect("systemd-analyze runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let about_us: Vec<&str> = said.lines().filter(|line| line.contains("sekisho")).collect();
    assert!(about_us.is_empty(), "{said}");
}
