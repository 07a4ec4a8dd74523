//! What packages are and ask for.

use super::{axml, manifest, read};
use crate::finding_kind;
use crate::formats::archive::zip::ZipView;
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

finding_kind! {
    /// ## What it is
    /// A Windows app package whose settings start a script when the app is started.
    ///
    /// ## Why it matters
    /// The Package Support Framework lets a package run a PowerShell script before the app. Malicious packages sent by
    /// link and mail since 2021 use it: the app is a well-known one, the script fetches the rest.
    ///
    /// ## How we see it
    /// `config.json` in the package has `startScript` or `endScript`; the script's path is shown.
    ///
    /// ## When it is innocent
    /// Makers repair old programs this way. Such packages come from the maker's site or from one's own IT department.
    ///
    /// ## References
    /// - Package Support Framework, run scripts: https://learn.microsoft.com/en-us/windows/msix/psf/run-scripts-with-package-support-framework
    /// - ATT&CK T1218, System Binary Proxy Execution: https://attack.mitre.org/techniques/T1218/
    pub(super) const PACKAGE_RUNS_SCRIPT = {
        id: "app-package-runs-script",
        title: "an app package that runs a script when started",
        ja: "起動時にスクリプトを実行するアプリパッケージです",
        why_ja: "正規アプリのパッケージにスクリプトを組み込み、起動時に不正な処理を行わせる手口があります。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1218", "T1059.001"],
    }
}

/// Says that a file is a program of some sort, if a person could open it.
fn program(artifact: &Artifact, what: String, out: &mut Outcome<'_>) {
    if artifact.origin.is_file {
        out.raise(PROGRAM_FILE, Location::whole(), what);
    }
}

pub(super) struct AndroidApp;

impl Analyzer for AndroidApp {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let manifest = read(artifact, "AndroidManifest.xml").map(|bytes| axml::read(&bytes)).unwrap_or_default();
        if let Some(package) = &manifest.package {
            out.fact("apk-package", package.clone());
        }
        for permission in &manifest.permissions {
            out.fact("apk-permission", permission.clone());
        }
        let package = manifest.package.map(|package| format!(" {package}")).unwrap_or_default();
        program(artifact, format!("app for Android{package}"), out);
        Ok(())
    }
}

pub(super) struct JavaProgram;

impl Analyzer for JavaProgram {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let text = read(artifact, "META-INF/MANIFEST.MF").unwrap_or_default();
        // A library is no program: opening it does nothing.
        for name in ["Main-Class", "Launcher-Agent-Class"] {
            if let Some(class) = manifest::main_attribute(&text, name) {
                out.fact("jar-main-class", class.clone());
                program(artifact, format!("Java program, starts {class}"), out);
                break;
            }
        }
        Ok(())
    }
}

pub(super) struct WindowsApp;

impl Analyzer for WindowsApp {
    fn findings(&self) -> Kinds {
        &[PACKAGE_RUNS_SCRIPT, PROGRAM_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let text = read(artifact, "AppxManifest.xml")
            .or_else(|| read(artifact, "AppxMetadata/AppxBundleManifest.xml"))
            .unwrap_or_default();
        for (fact, name) in [("msix-name", "Name"), ("msix-publisher", "Publisher"), ("msix-executable", "Executable")]
        {
            if let Some(value) = manifest::values(&text, name).into_iter().next() {
                out.fact(fact, value);
            }
        }
        program(artifact, "app package for Windows".to_owned(), out);
        let zip = artifact.view::<ZipView>()?;
        let names = zip.entries.iter().map(|entry| entry.name.text.as_str());
        for name in names.filter(|name| name.rsplit(['/', '\\']).next().is_some_and(is_settings)).take(4) {
            let settings = read(artifact, name).unwrap_or_default();
            let runs = ["startScript", "endScript"]
                .iter()
                .any(|key| memchr::memmem::find(&settings, key.as_bytes()).is_some());
            if runs {
                let scripts = manifest::values(&settings, "scriptPath").join(", ");
                out.raise(PACKAGE_RUNS_SCRIPT, Location::part(format!("entry {name}")), scripts);
            }
        }
        Ok(())
    }
}

fn is_settings(name: &str) -> bool {
    name.eq_ignore_ascii_case("config.json")
}

pub(super) struct Extension;

impl Analyzer for Extension {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let text = read(artifact, "manifest.json").unwrap_or_default();
        if let Some(name) = manifest::values(&text, "name").into_iter().next() {
            out.fact("extension-name", name);
        }
        program(artifact, "browser extension".to_owned(), out);
        Ok(())
    }
}
