//! Source that says what was compiled, and source that does not.

use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::macros::compiled;
use sekisho_samples::office::pcode::Compiler;
use sekisho_samples::office::vba::{Module, Project, VERSION_INDEPENDENT};

use crate::formats::office::vba::ProjectUnpacker;
use crate::formats::trial;
use crate::model::Severity;
use crate::stage::Said;

const COMPILERS: [Compiler; 5] =
    [Compiler::Vba5, Compiler::Vba6, Compiler::Vba6Mac, Compiler::Vba7, Compiler::Vba7Wide];
const ADDRESS: &str = "http://example.com/a";

fn said(project: &Project) -> Said {
    let file = project.streams().into_iter().fold(Cfb::new(), |file, (path, bytes)| file.stream(&path, bytes));
    let (said, result) = trial::unpack(&ProjectUnpacker, "vbaProject.bin", file.build());
    result.unwrap();
    said
}

fn ids(said: &Said) -> Vec<&str> {
    said.findings.iter().map(|finding| finding.kind.id).collect()
}

/// The dropper's compiled code over this source.
fn over(compiler: Compiler, source: &str) -> Project {
    let made = compiled::dropper(compiler, ADDRESS);
    let mut module = Module::standard("Module1", source);
    module.cache = made.cache;
    let mut project = Project::new(vec![module]);
    project.compiled = made.names;
    project
}

#[test]
fn source_that_says_what_was_compiled_is_quiet() {
    for compiler in COMPILERS {
        let said = said(&over(compiler, &compiled::dropper(compiler, ADDRESS).source));
        let ids = ids(&said);
        assert!(!ids.iter().any(|id| id.starts_with("vba-source") || id.starts_with("vba-version")), "{ids:?}");
        assert_eq!(said.children.iter().filter(|child| child.name.text.contains("compiled")).count(), 0);
        assert_eq!(said.problems, []);
    }
}

#[test]
fn source_that_is_gone_is_said_and_its_compiled_code_judged() {
    for compiler in COMPILERS {
        for source in ["", "' nothing to see\n", "\n\n"] {
            let said = said(&over(compiler, source));
            let ids = ids(&said);
            assert!(ids.contains(&"vba-source-missing") && ids.contains(&"vba-open-to-execute"), "{ids:?}");
            let child = said.children.iter().find(|child| child.name.text.ends_with("(compiled code)")).unwrap();
            assert_eq!(child.origin.detail, "VBA module, compiled code");
            assert!(String::from_utf8_lossy(&child.bytes).contains("Shell \"harmless-none.exe\""));
        }
    }
}

#[test]
fn other_source_is_said() {
    let harmless = "Sub AutoOpen()\n  MsgBox \"hello\"\nEnd Sub\n";
    let said = said(&over(Compiler::Vba7, harmless));
    assert!(ids(&said).contains(&"vba-source-differs") && ids(&said).contains(&"vba-open-to-execute"));
    let finding = said.findings.iter().find(|finding| finding.kind.id == "vba-source-differs").unwrap();
    assert!(finding.observed.starts_with("Module1: 5 lines differ; compiled `Set h = Create"), "{}", finding.observed);
    // Without a version the host compiles the source.
    let mut rewritten = over(Compiler::Vba7, harmless);
    rewritten.compiled = VERSION_INDEPENDENT.to_vec();
    assert!(!ids(&self::said(&rewritten)).contains(&"vba-source-differs"));
}

#[test]
fn a_changed_version_is_said() {
    let source = compiled::dropper(Compiler::Vba7, ADDRESS).source;
    let mut project = over(Compiler::Vba7, &source);
    project.others = vec![("__SRP_0".to_owned(), compiled::executed(Compiler::Vba7))];
    assert!(!ids(&said(&project)).contains(&"vba-version-changed"));
    project.compiled[2] = 0xaf;
    assert!(ids(&said(&project)).contains(&"vba-version-changed"));
    project.others.clear();
    assert!(!ids(&said(&project)).contains(&"vba-version-changed"), "one version of VBA 7 is like another");
    project.compiled[2] = 0x85;
    assert!(ids(&said(&project)).contains(&"vba-version-changed"));
}

#[test]
fn compiled_code_that_was_taken_out_is_said() {
    let source = "Sub a()\n  MsgBox 1\nEnd Sub\n";
    let severity = |project: &Project| {
        let said = said(project);
        let found = said.findings.iter().find(|finding| finding.kind.id == "vba-compiled-code-missing");
        found.map(|finding| finding.severity)
    };
    let mut project = Project::new(vec![Module::standard("Module1", source)]);
    assert_eq!(severity(&project), Some(Severity::Info));
    project.others = vec![("__SRP_0".to_owned(), compiled::executed(Compiler::Vba7))];
    assert_eq!(severity(&project), Some(Severity::Low));
    project.others.clear();
    project.compiled = compiled::dropper(Compiler::Vba7, ADDRESS).names;
    assert_eq!(severity(&project), Some(Severity::Low));
    // Libraries that change one module leave the others as Office wrote them.
    let made = compiled::time_sheet(Compiler::Vba7);
    let mut whole = Module::standard("勤怠", &made.source);
    whole.cache = made.cache;
    project.modules.push(whole);
    project.compiled = VERSION_INDEPENDENT.to_vec();
    assert_eq!(severity(&project), None);
}

#[test]
fn an_offset_that_leads_nowhere_is_said() {
    let source = compiled::dropper(Compiler::Vba7, ADDRESS).source;
    let mut project = over(Compiler::Vba7, &source);
    assert!(!ids(&said(&project)).contains(&"vba-source-misplaced"));
    for offset in [3, 0x00ff_ffff] {
        project.modules[0].stated_offset = Some(offset);
        let said = said(&project);
        assert!(ids(&said).contains(&"vba-source-misplaced"));
        assert!(!ids(&said).contains(&"vba-source-differs"), "{:?}", said.findings);
    }
}

#[test]
fn honest_source_with_japanese_names_comments_and_continued_lines_is_quiet() {
    for compiler in COMPILERS {
        let made = compiled::time_sheet(compiler);
        let mut module = Module::standard("勤怠", &made.source);
        module.cache = made.cache;
        let mut project = Project::new(vec![module]);
        project.compiled = made.names;
        let said = said(&project);
        assert_eq!(ids(&said), ["vba-present"], "{:?}", said.findings);
        assert_eq!(said.problems, []);
    }
}

#[test]
fn names_that_cannot_be_read_are_said() {
    let source = compiled::dropper(Compiler::Vba7, ADDRESS).source;
    let mut project = over(Compiler::Vba7, &source);
    project.compiled.truncate(0xa0);
    let quiet = said(&project);
    assert!(quiet.problems.iter().any(|problem| problem.what.contains("identifiers")));
    assert!(!ids(&quiet).contains(&"vba-source-differs"), "{:?}", quiet.findings);
    // Texts are compared all the same.
    project.modules[0].source = source.replace("harmless-none", "other");
    assert!(ids(&said(&project)).contains(&"vba-source-differs"));
}

#[test]
fn code_in_an_unknown_layout_is_not_passed_over() {
    let mut project = over(Compiler::Vba7, "Sub a()\nEnd Sub\n");
    project.modules[0].cache = vec![0x77; 3_000];
    assert!(said(&project).problems.iter().any(|problem| problem.what.contains("line table")));
    // Nothing runs it without a version.
    project.compiled = VERSION_INDEPENDENT.to_vec();
    assert_eq!(said(&project).problems, []);
}
