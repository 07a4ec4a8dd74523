//! What a package does when it is opened.

use super::actions::{Deed, actions};
use super::tables::MsiView;
use crate::finding_kind;
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at the package.
pub(super) struct Installs;

finding_kind! {
    /// ## What it is
    /// An installer package that, besides copying files, runs a program it brings, a script, or a command.
    ///
    /// ## Why it matters
    /// Windows Installer is trusted and signed by Microsoft; a package need not install anything, and its custom
    /// actions may run with the rights of the system. Packages with nothing but a script or a program in them have been
    /// sent and offered for download since 2022.
    ///
    /// ## How we see it
    /// The CustomAction table is read and each command shown. A command line with an interpreter (PowerShell, the
    /// command prompt, a script host) weighs high, as does a script that stands in the table; a program the package
    /// brings medium, other programs low. Calls of libraries and properties, which most packages have, are not
    /// reported.
    ///
    /// ## When it is innocent
    /// Drivers and old setup programs run helpers this way. Who sent the package decides.
    ///
    /// ## References
    /// - ATT&CK T1218.007, Msiexec: https://attack.mitre.org/techniques/T1218/007/
    /// - Windows Installer, custom action types: https://learn.microsoft.com/en-us/windows/win32/msi/summary-list-of-all-custom-action-types
    pub(super) const RUNS_COMMAND = {
        id: "installer-runs-command",
        title: "the installer package runs a script or command of its own",
        ja: "インストーラーパッケージが独自のスクリプトやコマンドを実行します",
        why_ja: "ファイルの導入を装い、インストール中に不正なコマンドを実行させる手口があります。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1218.007", "T1059"],
    }
}

/// Commands reported.
const MAX_COMMANDS: usize = 12;

impl Analyzer for Installs {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE, RUNS_COMMAND]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<MsiView>()?;
        if artifact.origin.is_file {
            out.raise(PROGRAM_FILE, Location::whole(), "Windows Installer package");
        }
        for (key, property) in [("msi-product", "ProductName"), ("msi-manufacturer", "Manufacturer")] {
            if let Some(value) = view.property(property).filter(|value| !value.is_empty()) {
                out.fact(key, value);
            }
        }
        let actions = actions(&view);
        let mut commands: Vec<_> = actions.iter().filter(|action| action.deed != Deed::Other).collect();
        commands.sort_by_key(|action| !action.is_sequenced);
        for action in commands.into_iter().take(MAX_COMMANDS) {
            let severity = match action.deed {
                Deed::InlineScript(_) => Severity::High,
                _ if action.interpreter().is_some() => Severity::High,
                Deed::BroughtProgram | Deed::BroughtScript => Severity::Medium,
                Deed::Command | Deed::Other => Severity::Low,
            };
            // What no sequence runs may still be started by a button of a dialog.
            let severity = if action.is_sequenced { severity } else { severity.min(Severity::Low) };
            let at = Location::part(format!("table CustomAction {}", action.name));
            out.raise_as(RUNS_COMMAND, severity, false, at, action.command());
        }
        Ok(())
    }
}
