//! Generated documentation is current. `UPDATE_DOCS=1 cargo test docs_are_current` rewrites it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use sekisho::catalog;
use sekisho::config::show;
use sekisho::formats::FORMATS;
use sekisho::model::finding::DOC_HEADINGS;
use sekisho::report::schema;
use sekisho::stage::Reading;

fn findings() -> String {
    let mut out = String::from(
        "# Findings\n\nGenerated from the declarations in the source. `sekisho explain <id>` prints the same.\n",
    );
    for kind in catalog::finding_kinds() {
        let _ = writeln!(out, "\n## {}\n\n{} · {}\n", kind.id, kind.title, kind.title_ja);
        let decisive = if kind.decisive { " (alone decisive)" } else { "" };
        let attack = if kind.attack.is_empty() { String::new() } else { format!(" · {}", kind.attack.join(", ")) };
        let _ = writeln!(out, "*{}{decisive} · {}{attack}*", kind.severity.as_str(), kind.facet.as_str());
        for heading in DOC_HEADINGS {
            let _ = writeln!(out, "\n**{heading}.** {}", kind.section(heading).unwrap_or_default());
        }
    }
    out
}

fn formats() -> String {
    let mut out = String::from(
        "# Formats\n\nGenerated from the registry. \"read\" means: unpacked or analysed within the limitations named; \
         \"recognised\" means: named, and the report says it was not read.\n\n\
         | format | family | reading | names | limitations | specification |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for spec in FORMATS {
        let reading = match spec.reading {
            Reading::Full => "read",
            Reading::RecognisedOnly => "recognised",
        };
        let references: Vec<String> =
            spec.references.iter().map(|reference| format!("[{}]({})", reference.title, reference.url)).collect();
        let _ = writeln!(
            out,
            "| `{}` {} | {} | {reading} | {} | {} | {} |",
            spec.id,
            spec.title,
            spec.family.as_str(),
            spec.extensions.join(" "),
            spec.limitations.join(" "),
            references.join("<br>"),
        );
    }
    out
}

fn cli() -> String {
    let mut out = String::from("# Command line\n\nGenerated from the program's own help.\n");
    for arguments in [
        &[][..],
        &["scan"],
        &["macros"],
        &["explain"],
        &["formats"],
        &["quarantine"],
        &["quarantine", "list"],
        &["quarantine", "release"],
        &["rules"],
        &["rules", "check"],
        &["isolation"],
        &["serve"],
        &["key", "new"],
        &["config"],
        &["config", "check"],
        &["config", "show"],
        &["config", "keys"],
        &["config", "explain"],
        &["config", "sample"],
        &["pmg"],
        &["mailscanner"],
        &["exim"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(arguments)
            .arg("--help")
            .env("COLUMNS", "100")
            .output()
            .expect("the program runs");
        let text = String::from_utf8(output.stdout).expect("help is UTF-8");
        let title = [&["sekisho"], arguments].concat().join(" ");
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let _ = writeln!(out, "\n## {title}\n\n```text\n{}\n```", lines.join("\n").trim_end());
    }
    out
}

fn metrics() -> String {
    format!(
        "# Metrics\n\nGenerated from the program. `GET /metrics` gives them in the text format of Prometheus (0.0.4). Every label \
         has a fixed set of values. Counters start at 0 with the daemon.\n\n{}",
        sekisho::gate::metrics::table()
    )
}

#[test]
fn docs_are_current() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stale = Vec::new();
    for (name, text) in [
        ("docs/findings.md", findings()),
        ("docs/formats.md", formats()),
        ("docs/cli.md", cli()),
        ("docs/configuration.md", show::documentation()),
        ("docs/report.schema.json", schema()),
        ("docs/metrics.md", metrics()),
        ("docs/openapi.json", sekisho::gate::http::openapi()),
        ("dist/sekisho.toml", show::sample()),
    ] {
        let path = root.join(name);
        if update {
            std::fs::create_dir_all(path.parent().expect("in a folder")).expect("docs can be made");
            std::fs::write(&path, &text).expect("docs can be written");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{} stale; run UPDATE_DOCS=1 cargo test docs_are_current", stale.join(", "));
}

#[test]
fn the_readme_shows_the_report_of_the_case() {
    const START: &str = "```text\n";
    let mail = (sekisho_samples::find("t01").expect("t01").make)();
    let report = {
        use std::io::Write as _;
        use std::process::Stdio;
        let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(["scan", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        child.stdin.take().expect("stdin").write_all(&mail).expect("the pipe is open");
        String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("reports are UTF-8")
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let (before, rest) = readme.split_once(START).expect("README.md shows a report");
    let (_, after) = rest.split_once("```\n").expect("the report ends");
    let current = format!("{before}{START}{report}```\n{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, current).expect("README.md can be written");
    } else {
        assert!(current == readme, "README.md shows another report; run UPDATE_DOCS=1 cargo test the_readme");
    }
}
