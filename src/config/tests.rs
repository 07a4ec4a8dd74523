use std::path::Path;
use std::time::Duration;

use super::*;

fn settings(text: &str) -> Settings {
    let (settings, complaints) = read(text, Path::new("/etc/sekisho"));
    settings.unwrap_or_else(|| panic!("{complaints:#?}"))
}

fn complaints(text: &str) -> Vec<String> {
    read(text, Path::new("/etc/sekisho")).1.iter().map(ToString::to_string).collect()
}

/// The complaints of a text that must be one.
fn only(text: &str) -> String {
    let found = complaints(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.into_iter().next().unwrap()
}

#[test]
fn an_empty_file_gives_the_defaults_and_says_that_no_door_is_open() {
    assert_eq!(settings(""), Settings::default());
    assert!(only("").starts_with("warning: no door is open"), "{}", only(""));
}

#[test]
fn the_sample_gives_the_defaults_and_without_comment_signs_it_is_valid() {
    assert_eq!(settings(&show::sample()), Settings::default());
    let used: String = show::sample()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let used = settings(&used);
    assert_eq!(used.scan.limits, Settings::default().scan.limits);
    assert!(used.milter.is_some() && used.clamd.is_some() && used.http.is_some() && used.olefy.is_some());
    assert_eq!(used.actions.exceptions.len(), 1);
}

#[test]
fn every_kind_of_value_arrives() {
    let read = settings(
        r#"
        daemon = { user = "sekisho", grace = "1m" }
        [log]
        format = "json"
        [scan]
        language = "ja"
        rules = ["rules", "/srv/rules/x.yar"]
        max-total = "2G"
        max-time = "90s"
        [workers]
        count = 6
        reserved = 2
        isolation = false
        [actions]
        malicious = "quarantine"
        [mail]
        hold = "server"
        [milter]
        listen = ["inet:127.0.0.1:8893", "unix:milter.sock,mode=0666"]
        [http]
        listen = "systemd:http"
        [http.keys]
        portal = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        [[exceptions]]
        recipients = ["Jobs@Example.com", "@lab.example.com"]
        encrypted = "accept"
        "#,
    );
    assert_eq!(read.user.as_deref(), Some("sekisho"));
    assert_eq!(read.grace, Duration::from_secs(60));
    assert_eq!(read.log_format, LogFormat::Json);
    assert_eq!(read.scan.language, crate::report::Language::Japanese);
    assert_eq!(read.scan.rules, [Path::new("/etc/sekisho/rules"), Path::new("/srv/rules/x.yar")]);
    assert_eq!(read.scan.limits.total_bytes, 2 << 30);
    assert_eq!(read.scan.limits.wall_time, Duration::from_secs(90));
    assert_eq!((read.workers.count, read.workers.reserved, read.workers.isolation), (6, 2, false));
    assert_eq!(read.actions.table.get(&Cause::Malicious), Some(&Action::Quarantine));
    assert_eq!(read.actions.table.get(&Cause::Crash), Some(&Action::Defer));
    let listen = read.milter.unwrap().listen;
    assert_eq!(listen[1], Listen::Unix("/etc/sekisho/milter.sock".into(), 0o666));
    assert_eq!(read.http.unwrap().keys[0].0, "portal");
    assert_eq!(read.actions.exceptions[0].recipients, ["jobs@example.com", "@lab.example.com"]);
    assert_eq!(read.actions.exceptions[0].actions.get(&Cause::Encrypted), Some(&Action::Accept));
}

#[test]
fn all_errors_are_said_at_once_with_place_and_remedy() {
    let found = complaints(
        "[milter]\nlisten = \"inet:mail.example.com:1\"\nlisetn = 1\ndeadline = 120\n\n[clmad]\nlisten = 1\n\n[queue]\nbytes = \
         \"many\"\n",
    );
    assert_eq!(
        found,
        [
            "1:2: error: actions.suspicious is \"quarantine\", and there is no place to keep mail; add [store] with path, or set \
             mail.hold = \"server\", or choose another action",
            "2:10: error: milter.listen has the host \"mail.example.com\"; it must be an IPv4 address, an IPv6 address in \
             brackets, localhost or *, for names may mean another machine tomorrow",
            "3:1: error: unknown key milter.lisetn; did you mean listen?",
            "4:12: error: milter.deadline needs a unit: write \"120s\" if seconds are meant",
            "6:2: error: unknown table [clmad]; did you mean [clamd]?",
            "10:9: error: queue.bytes must be a size such as \"64M\", from 1M to 1T",
        ]
    );
}

#[test]
fn broken_toml_is_said_with_its_place() {
    let found = complaints("[milter]\nlisten = \"inet:127.0.0.1:1\n[store\n");
    assert!(found[0].starts_with("2:"), "{found:#?}");
    assert!(found[0].contains("error: not TOML: "), "{found:#?}");
    assert!(complaints("[log]\nlevel = 'info'\nlevel = 'warn'\n")[0].contains("duplicate key"));
}

#[test]
fn a_key_in_the_wrong_table_is_sent_home() {
    assert!(complaints("deadline = '5s'").iter().any(|line| line.contains("one is in [milter]")));
    assert!(complaints("[queue]\nuser = 'x'").iter().any(|line| line.contains("user is in [daemon]")));
    assert!(complaints("[log]\nx = 1").iter().any(|line| line.contains("[log] has level, format")));
    assert!(complaints("log = 1").iter().any(|line| line.contains("log must be a table")));
}

const DOOR: &str = "[clamd]\nlisten = 'inet:127.0.0.1:3310'\n";

#[test]
fn keys_that_contradict_each_other_are_errors() {
    for (text, part) in [
        ("[workers]\ncount = 2\nreserved = 2", "3:1: error: workers.reserved (2) must be less than workers.count (2)"),
        ("[queue]\nbytes = '64M'", "2:1: error: queue.bytes is less than queue.max-input"),
        ("[store]", "1:2: error: [store] needs a path"),
        ("[olefy]", "1:2: error: [olefy] listens nowhere"),
        ("[olefy]\nlisten = 'inet:127.0.0.1:3310'", "which [clamd] has already"),
        ("[http]\nlisten = 'inet:*:80'", "there are no http.keys"),
        ("[http]\nlisten = 'inet:127.0.0.1:80'\nkeys = { a = 'secret' }", "http.keys.a must be the SHA-256"),
        ("[mail]\nheader-prefix = 'X Sekisho'", "mail.header-prefix must be"),
        ("[mail]\nreject-text = \"a\\nb\"", "mail.reject-text must be one line"),
        ("[log]\nlevel = 'loud'", "log.level has \"loud\""),
        ("[[exceptions]]\nrecipients = ['example.com']\nlimit = 'tag'", "exceptions.recipients has \"example.com\""),
        (
            "[[exceptions]]\nrecipients = ['*@example.com']\nlimit = 'tag'",
            "exceptions.recipients has \"*@example.com\"",
        ),
        ("[[exceptions]]\nrecipients = ['a@example.com']", "changes nothing"),
        ("[[exceptions]]\nlimit = 'tag'", "needs recipients"),
        ("[[exceptions]]\nrecipients = ['a@example.com']\nencryptd = 'tag'", "did you mean encrypted?"),
    ] {
        let found = complaints(&format!("{text}\n{DOOR}"));
        assert!(found.iter().any(|line| line.contains("error: ") && line.contains(part)), "{text}: {found:#?}");
        assert!(read(&format!("{text}\n{DOOR}"), Path::new("/")).0.is_none(), "{text}");
    }
}

#[test]
fn mail_that_must_be_kept_needs_a_place() {
    const MILTER: &str = "[milter]\nlisten = 'inet:127.0.0.1:8893'\n";
    assert!(only(MILTER).contains("there is no place to keep mail; add [store]"));
    for remedy in [
        "[store]\npath = '/var/lib/sekisho'",
        "[mail]\nhold = 'server'",
        "[actions]\nsuspicious = 'reject'\npoison = 'reject'",
    ] {
        let found = complaints(&format!("{MILTER}{remedy}"));
        assert_eq!(found, Vec::<String>::new(), "{remedy}");
    }
}

#[test]
fn what_few_people_want_is_a_warning() {
    for (text, part) in [
        ("[workers]\nisolation = false", "hostile mail is read inside the daemon"),
        ("[actions]\nmalicious = 'accept'", "malicious mail is delivered"),
        ("[actions]\ntimeout = 'tag'", "fail open"),
        ("[actions]\nencrypted = 'accept'", "fail open"),
        ("[[exceptions]]\nrecipients = ['a@example.com']\nmalicious = 'tag'", "exceptions.malicious = \"tag\""),
        ("[workers]\ncount = 4\nreserved = 0", "small mail waits behind large mail"),
        ("[mail]\nnotice = 'removed {nmae}'", "{nmae}, which stands for nothing"),
        ("[olefy]\nlisten = 'inet:*:10050'", "can be reached by other machines"),
    ] {
        let text = format!("{text}\n{DOOR}");
        let found = complaints(&text);
        assert!(found.iter().any(|line| line.contains("warning: ") && line.contains(part)), "{text}: {found:#?}");
        assert!(read(&text, Path::new("/")).0.is_some(), "{text}");
    }
    assert_eq!(complaints(DOOR), Vec::<String>::new());
}

#[test]
fn what_is_effective_gives_itself_again() {
    for text in [
        "",
        DOOR,
        "[store]\npath = '/var/lib/sekisho'\n[http]\nlisten = 'systemd:http'\nkeys = { a = \
         '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }\n[mail]\nnotice = \"\"\"a\n'b' \"c\" \\\\\"\"\"\n",
        "[[exceptions]]\nrecipients = ['a@example.com']\nlimit = 'reject'\ntoo-large = 'accept'",
    ] {
        let first = settings(text);
        assert_eq!(settings(&show::effective(&first)), first, "{}", show::effective(&first));
    }
}

#[test]
fn files_named_are_read_and_their_errors_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("rules")).unwrap();
    std::fs::write(path("rules/b.yar"), "rule b { condition: false }").unwrap();
    std::fs::write(path("rules/a.yar"), "rule a { condition: false }").unwrap();
    std::fs::write(path("rules/readme.txt"), "no rule").unwrap();
    std::fs::write(path("words"), b"one\r\ntwo words\n\none\n\xff\xfe\nthree").unwrap();
    std::fs::write(path("sekisho.toml"), format!("{DOOR}[scan]\nrules = ['rules']\nwordlist = 'words'\n")).unwrap();
    let loaded = load(&path("sekisho.toml")).unwrap();
    let setup = setup(&loaded.settings.scan).unwrap();
    assert_eq!(setup.words, ["one", "two words", "three"]);
    let names: Vec<bool> = setup.rules.iter().map(|rule| rule.name.ends_with("a.yar")).collect();
    assert_eq!(names, [true, false]);

    assert!(load(&path("none.toml")).unwrap_err().to_string().contains("none.toml: error: cannot read it"));
    std::fs::write(path("latin1.toml"), b"[log]\nlevel = '\xe9'\n").unwrap();
    assert!(load(&path("latin1.toml")).unwrap_err().to_string().contains("not UTF-8"));
    let broken = Scan { rules: vec![path("nowhere")], ..Scan::default() };
    assert!(super::setup(&broken).unwrap_err().to_string().contains("nowhere: error: cannot read it"));
}

#[test]
fn files_anyone_may_write_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("sekisho.toml"), format!("{DOOR}[store]\npath = '.'\n")).unwrap();
    std::fs::write(path("key"), "k").unwrap();
    let mode = |name: &str, bits| std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(bits)).unwrap();
    mode("sekisho.toml", 0o640);
    mode("key", 0o600);
    assert!(load(&path("sekisho.toml")).unwrap().warnings.is_empty());
    mode("sekisho.toml", 0o666);
    mode("key", 0o644);
    let warnings = load(&path("sekisho.toml")).unwrap().warnings;
    assert!(warnings[0].text.contains("anyone may write"), "{warnings:#?}");
    assert!(warnings[1].text.contains("anyone may read store.key-file"), "{warnings:#?}");
}
