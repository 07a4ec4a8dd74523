//! A program, a library it will load because it lies beside it, and perhaps a file that only the library can read.

use std::collections::BTreeMap;

use crate::finding_kind;
use crate::formats::program::pe::PE;
use crate::model::name::file_name;
use crate::model::{ArtifactPath, ArtifactTree, Finding, Location, Record, Severity};
use crate::stage::{Correlator, Kinds};

/// Looks for libraries placed beside programs.
pub(super) struct Sideload;

finding_kind! {
    /// ## What it is
    /// A program comes with an unsigned library that it loads by name from its own folder.
    ///
    /// ## Why it matters
    /// Windows looks for libraries in the program's folder first. Attackers take a vendor's signed program and put
    /// their own library beside it under the name the program asks for: the program that starts is known and trusted,
    /// and the library does the harm.
    ///
    /// ## How we see it
    /// In one folder, a library whose name is among a program's imports or delayed imports and which has no signature
    /// that fits it. Programs and libraries that name the same company in their version information are left out.
    ///
    /// ## When it is innocent
    /// Portable programs come with libraries; small makers do not sign them or fill in version information.
    ///
    /// ## References
    /// - MITRE ATT&CK T1574.001, DLL hijacking: https://attack.mitre.org/techniques/T1574/001/
    pub(super) const DLL_SIDELOAD_SET = {
        id: "dll-sideload-set",
        title: "a program with an unsigned library beside it that it will load",
        ja: "プログラムと、それが読み込む署名のないDLLが同じフォルダーにあります",
        why_ja: "正規のプログラムに不正なDLLを読み込ませる「DLLサイドローディング」の構成です。",
        severity: High,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1574.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A program, a library it loads from its own folder, and a file of random-looking bytes: three files that belong
    /// together.
    ///
    /// ## Why it matters
    /// This is how PlugX and its relatives travel: a clean program loads the library, the library decrypts the file
    /// and runs it in memory, and nothing readable ever touches the disk. PlugX was one of the two kinds of malware of
    /// the JTB breach.
    ///
    /// ## How we see it
    /// As for `dll-sideload-set`, with a file in the same folder whose bytes look random and that no format claims.
    ///
    /// ## When it is innocent
    /// A portable program with encrypted data could look like it, but does not come by mail. If program and library
    /// name the same company, the finding weighs less and decides nothing alone.
    ///
    /// ## References
    /// - MITRE ATT&CK S0013, PlugX: https://attack.mitre.org/software/S0013/
    /// - MITRE ATT&CK T1574.001, DLL hijacking: https://attack.mitre.org/techniques/T1574/001/
    pub(super) const DLL_SIDELOAD_SET_WITH_BLOB = {
        id: "dll-sideload-set-with-blob",
        title: "a program, a library it will load, and an encrypted file for the library to read",
        ja: "プログラム、読み込まれるDLL、暗号化ファイルの3点がそろっています",
        why_ja: "PlugXなどの遠隔操作ウイルスが使う典型的な構成です。2016年のJTBの事案でもPlugXが使われました。",
        severity: Critical,
        facet: Deceive,
        confidence: High,
        decisive: true,
        attack: ["T1574.001", "T1027.013"],
    }
}

/// What a folder holds.
#[derive(Default)]
struct Folder<'a> {
    programs: Vec<&'a Record>,
    /// By lower-case file name.
    libraries: BTreeMap<String, &'a Record>,
    blob: Option<&'a Record>,
}

impl Correlator for Sideload {
    fn findings(&self) -> Kinds {
        &[DLL_SIDELOAD_SET, DLL_SIDELOAD_SET_WITH_BLOB]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let mut found = Vec::new();
        for ((container, _), folder) in folders(tree) {
            let Some((program, library, is_one_vendor)) = pair(&folder) else { continue };
            let (program_name, library_name) = (program.name.file_name(), library.name.file_name());
            let at = Location::part(format!("entry {program_name}"));
            match folder.blob {
                Some(blob) => {
                    let observed = format!("{program_name} loads {library_name}; {}", blob.name.file_name());
                    let mut finding = super::finding(DLL_SIDELOAD_SET_WITH_BLOB, at, observed);
                    if is_one_vendor {
                        finding.severity = Severity::Medium;
                        finding.decisive = false;
                    }
                    found.push((container, finding));
                }
                None if !is_one_vendor => {
                    let observed = format!("{program_name} loads {library_name}");
                    found.push((container, super::finding(DLL_SIDELOAD_SET, at, observed)));
                }
                None => {}
            }
        }
        found
    }
}

/// Files by the container and folder they lie in.
fn folders(tree: &ArtifactTree) -> BTreeMap<(ArtifactPath, String), Folder<'_>> {
    let mut folders: BTreeMap<(ArtifactPath, String), Folder<'_>> = BTreeMap::new();
    for record in tree.records().iter().filter(|record| record.origin.is_file) {
        let Some(container) = record.path.parent() else { continue };
        let path = record.name.text.replace('\\', "/");
        let place = path.rsplit_once('/').map(|(folder, _)| folder.to_lowercase()).unwrap_or_default();
        let is_program = record.format == PE || record.also.contains(&PE);
        let is_blob = record.shows("high-entropy-blob");
        if !is_program && !is_blob {
            continue;
        }
        let folder = folders.entry((container, place)).or_default();
        if is_blob {
            folder.blob.get_or_insert(record);
        } else if record.facts("pe-kind").any(|kind| kind == "library") {
            for name in record.name.all() {
                folder.libraries.entry(file_name(name).to_lowercase()).or_insert(record);
            }
        } else {
            folder.programs.push(record);
        }
    }
    folders
}

/// A program and a library it loads, and whether one company made both; a pair of two makers before a pair of one.
fn pair<'a>(folder: &Folder<'a>) -> Option<(&'a Record, &'a Record, bool)> {
    let mut of_one_vendor = None;
    for program in &folder.programs {
        for name in program.facts("pe-import").chain(program.facts("pe-delay-import")) {
            let Some(library) = folder.libraries.get(&name.to_lowercase()) else { continue };
            if library.facts("pe-signature").next().is_some() {
                continue;
            }
            let company = |record: &Record| record.facts("pe-company").next().map(str::to_lowercase);
            if company(program).is_some() && company(program) == company(library) {
                of_one_vendor.get_or_insert((*program, *library, true));
            } else {
                return Some((program, library, false));
            }
        }
    }
    of_one_vendor
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;
    use crate::model::Fact;

    fn program(step: u32, name: &str, facts: &[(&'static str, &str)]) -> Record {
        let mut record = record(&[step], name, "pe");
        record.facts = facts.iter().map(|(key, value)| Fact { key, value: (*value).to_owned() }).collect();
        record
    }

    fn blob(step: u32, name: &str) -> Record {
        let mut record = record(&[step], name, "unknown");
        let kind = crate::analysis::entropy::HIGH_ENTROPY_BLOB;
        record.findings.push(super::super::finding(kind, Location::whole(), String::new()));
        record
    }

    fn found(records: Vec<Record>) -> Vec<(&'static str, bool)> {
        let records = records.into_iter().chain([record(&[], "a.zip", "zip")]).collect();
        let found = Sideload.correlate(&ArtifactTree::new(records));
        found.into_iter().map(|(_, finding)| (finding.kind.id, finding.decisive)).collect()
    }

    const EXE: &[(&str, &str)] = &[("pe-kind", "program"), ("pe-import", "core.dll"), ("pe-company", "Example")];

    #[test]
    fn a_library_the_program_asks_for_is_a_set() {
        let dll = program(1, "x/CORE.dll", &[("pe-kind", "library")]);
        assert_eq!(found(vec![program(0, "x/View.exe", EXE), dll]), [("dll-sideload-set", false)]);
    }

    #[test]
    fn with_a_blob_it_decides() {
        let dll = program(1, "core.dll", &[("pe-kind", "library")]);
        let set = vec![program(0, "View.exe", EXE), dll, blob(2, "core.dat")];
        assert_eq!(found(set), [("dll-sideload-set-with-blob", true)]);
        let own = program(1, "core.dll", &[("pe-kind", "library"), ("pe-company", "EXAMPLE")]);
        let set = vec![program(0, "View.exe", EXE), own, blob(2, "core.dat")];
        assert_eq!(found(set), [("dll-sideload-set-with-blob", false)]);
    }

    #[test]
    fn other_folders_other_names_signatures_and_one_vendor_are_no_set() {
        let dll = |name: &str, facts: &[(&'static str, &str)]| {
            let facts: Vec<(&'static str, &str)> = facts.iter().copied().chain([("pe-kind", "library")]).collect();
            vec![program(0, "View.exe", EXE), program(1, name, &facts)]
        };
        assert!(found(dll("sub/core.dll", &[])).is_empty());
        assert!(found(dll("other.dll", &[])).is_empty());
        assert!(found(dll("core.dll", &[("pe-signature", "fits")])).is_empty());
        assert!(found(dll("core.dll", &[("pe-company", "Example")])).is_empty());
    }
}
