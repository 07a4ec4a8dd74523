//! Compiled code against source, for a whole project: what is said of modules whose source is gone or is another one,
//! and the source that their compiled code was made of, which is then judged and given as a child.

use super::findings::{NO_COMPILED_CODE, SOURCE_DIFFERS, SOURCE_MISPLACED, SOURCE_MISSING, VERSION_CHANGED};
use super::modules::{Standing, VbaModule, VbaProject};
use super::pcode::{Comparison, MAX_WORK};
use super::project::Sort;
use crate::model::{Location, Problem, ProblemKind, Severity};
use crate::stage::Outcome;

/// How the name of a module's compiled code ends, and the origin of the child that holds it.
pub(super) const COMPILED: &str = "compiled code";
/// Characters of a line that are shown.
const MAX_SHOWN: usize = 80;

/// Compiled code that is not what the source says, as source.
pub(super) struct Hidden {
    /// `Module1 (compiled code)`.
    pub(super) name: String,
    /// What the module is.
    pub(super) sort: Option<Sort>,
    /// Its code as source.
    pub(super) text: String,
}

/// Compares every module's compiled code with its source.
pub(super) fn compare(project: &VbaProject, out: &mut Outcome<'_>) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    let mut left = MAX_WORK;
    for module in &project.modules {
        if module.is_misplaced {
            let observed = format!("{}: the dir stream states a place where no source starts", module.name);
            out.raise(SOURCE_MISPLACED, place(module), observed);
        }
        if module.cache.is_empty() {
            continue;
        }
        let read = Comparison::make(&module.cache, &module.source, project.names(), project.code_page, &mut left);
        let compared = match read {
            Ok(Some(compared)) => compared,
            Ok(None) => continue,
            Err(damage) => {
                say_unread(project, module, damage.what, out);
                continue;
            }
        };
        if compared.is_cut {
            let what = "compiled code was compared with its source up to a limit only";
            out.problem(Problem::new(ProblemKind::Limit, what, place(module)));
        }
        if say(project, module, &compared, out)
            && let Some(listing) = project.pcode(module)
        {
            let name = format!("{} ({COMPILED})", module.name);
            hidden.push(Hidden { name, sort: module.sort, text: listing.decompiled() });
        }
    }
    if let Some(damage) = project.names().damage
        && project.modules.iter().any(|module| project.has_pcode(module))
    {
        let at = Location::part("stream _VBA_PROJECT").with_offset(damage.offset as u64);
        out.problem(Problem::unsupported(damage.what, at));
    }
    say_version(project, out);
    hidden
}

/// Says what a comparison came to; whether the compiled code is worth a look of its own.
fn say(project: &VbaProject, module: &VbaModule, compared: &Comparison, out: &mut Outcome<'_>) -> bool {
    if compared.differing == 0 {
        return false;
    }
    if compared.written == 0 {
        let observed = format!("{}: {} lines of compiled code, none of source", module.name, compared.compiled);
        out.raise(SOURCE_MISSING, place(module), observed);
        return true;
    }
    // Without a version the host compiles the source anew, whatever lies beside it: libraries that change source leave
    // it that way.
    if !project.names().has_version() {
        return false;
    }
    let mut observed = format!("{}: {} lines differ", module.name, compared.differing);
    let mut at = place(module);
    if let Some((number, compiled, written)) = compared.shown.first() {
        if *number == 0 {
            observed.push_str(&format!("; nothing was compiled of `{}`", cut(written)));
        } else {
            observed.push_str(&format!("; compiled `{}`, source `{}`", cut(compiled), cut(written)));
            at = at.with_line(u64::from(*number));
        }
    }
    out.raise(SOURCE_DIFFERS, at, observed);
    true
}

/// Compiled code in a layout that is not known. It may be what runs, so it is not passed over.
fn say_unread(project: &VbaProject, module: &VbaModule, what: &'static str, out: &mut Outcome<'_>) {
    // Without a line table the bytes still say something: those of an empty document module take less than 2 KB.
    const EMPTY_MODULE: usize = 2_048;
    if !module.has_source && module.standing == Standing::Listed && module.cache.len() > EMPTY_MODULE {
        let observed = format!("{}: {} bytes of compiled code, no source", module.name, module.cache.len());
        out.raise(SOURCE_MISSING, place(module), observed);
    }
    if project.names().has_version() || !module.has_source {
        out.problem(Problem::unsupported(what, place(module)));
    }
}

/// A project whose modules hold source only. Other programs than Office write nothing else; what Office alone writes, left
/// beside it, shows that compiled code was taken out.
pub(super) fn say_purged(project: &VbaProject, out: &mut Outcome<'_>) {
    if !project.modules.iter().all(|module| module.cache.is_empty()) {
        return;
    }
    let left = match (project.executed_version(), project.names().has_version()) {
        (Some(version), _) => format!("{}: __SRP_0 of version {version:#x} is left", project.name),
        (None, true) => format!("{}: _VBA_PROJECT of version {:#x} is left", project.name, project.names().version),
        (None, false) => {
            out.raise(NO_COMPILED_CODE, Location::whole(), project.name.clone());
            return;
        }
    };
    out.raise_as(NO_COMPILED_CODE, Severity::Low, false, Location::whole(), left);
}

/// The stream `__SRP_0` states the version that ran the project; it is that of `_VBA_PROJECT`.
fn say_version(project: &VbaProject, out: &mut Outcome<'_>) {
    let names = project.names();
    if !names.has_version() {
        return;
    }
    let stated = names.version;
    let observed = match project.executed_version() {
        Some(other) if stated.to_le_bytes()[0] != other => {
            format!("_VBA_PROJECT states version {stated:#x}, __SRP_0 {other:#x}")
        }
        _ if !names.version_fits() => {
            format!("version {stated:#x} with {:#x} reserved names", names.last_reserved)
        }
        _ => return,
    };
    out.raise(VERSION_CHANGED, Location::part("stream _VBA_PROJECT"), observed);
}

fn place(module: &VbaModule) -> Location {
    Location::part(format!("module {}", module.name))
}

fn cut(text: &str) -> &str {
    let text = text.trim();
    text.get(..text.floor_char_boundary(MAX_SHOWN)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
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
        assert!(
            finding.observed.starts_with("Module1: 5 lines differ; compiled `Set h = Create"),
            "{}",
            finding.observed
        );
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
}
