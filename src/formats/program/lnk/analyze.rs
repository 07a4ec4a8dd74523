//! What a shortcut does, and what it hides.

use super::LnkView;
use crate::finding_kind;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::knowledge::interpreters::{extraction, is_interpreter, lends_icons};
use crate::model::name::{extension, file_name};
use crate::model::{Artifact, Ioc, IocKind, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

finding_kind! {
    /// ## What it is
    /// A shortcut that starts a shell, a script host or another program of Windows that runs what its command line
    /// says.
    ///
    /// ## Why it matters
    /// A shortcut can wear any name and icon, and Windows never shows its extension. Attackers send shortcuts named
    /// like documents that start PowerShell or mshta with the attack on the command line. In Japan this was the form
    /// of ChChes (2017), Emotet (2022) and MirrorFace (2024).
    ///
    /// ## How we see it
    /// The file name of a target the shortcut names, or of a program on its command line, is in the list of
    /// interpreters.
    ///
    /// ## When it is innocent
    /// Administrators use such shortcuts on their own machines. They do not come by mail.
    ///
    /// ## References
    /// - MITRE ATT&CK T1204.002, malicious file: https://attack.mitre.org/techniques/T1204/002/
    /// - MITRE ATT&CK T1059, command and scripting interpreter: https://attack.mitre.org/techniques/T1059/
    pub(super) const LNK_RUNS_INTERPRETER = {
        id: "lnk-runs-interpreter",
        title: "a shortcut that starts a command interpreter",
        ja: "コマンドやスクリプトを実行するショートカットです",
        why_ja: "文書に見せかけたショートカットからPowerShellなどを起動する手口です。開くとただちに命令が実行されます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1059"],
    }
}

finding_kind! {
    /// ## What it is
    /// A shortcut whose command line stands behind a long run of blanks, tabs or line ends.
    ///
    /// ## Why it matters
    /// The properties page shows the first 260 characters only. With blanks there, the command cannot be seen even by
    /// those who look. State-sponsored groups have done this since 2017 (ZDI-CAN-25373).
    ///
    /// ## How we see it
    /// A run of 100 or more white-space characters in the arguments, or 100 and more tabs and line ends in all.
    ///
    /// ## When it is innocent
    /// No program writes such arguments.
    ///
    /// ## References
    /// - Trend Micro, ZDI-CAN-25373: https://www.trendmicro.com/en_us/research/25/c/windows-shortcut-zero-day-exploit.html
    /// - MITRE ATT&CK T1027.010, command obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const LNK_HIDDEN_ARGUMENTS = {
        id: "lnk-hidden-arguments",
        title: "a shortcut that hides its command behind blanks",
        ja: "大量の空白の後ろに命令を隠したショートカットです",
        why_ja: "プロパティ画面では空白しか見えず、実際の命令に気付けません。正規のショートカットにこのような空白はありません。",
        severity: Critical,
        facet: Conceal,
        confidence: High,
        decisive: true,
        attack: ["T1027.010", "T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A shortcut to a program that shows the icon of something else: a folder, a document, a browser, or a picture
    /// fetched from another machine.
    ///
    /// ## Why it matters
    /// The icon is what a person goes by.
    ///
    /// ## How we see it
    /// The target is a program or script; the icon comes from Windows' own icon libraries or a well-known document
    /// program, from a file with a document's extension, or from a server other than the target's, and not from the
    /// target itself.
    ///
    /// ## When it is innocent
    /// Some people give their own shortcuts icons from Windows' libraries.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.012, LNK icon smuggling: https://attack.mitre.org/techniques/T1027/012/
    /// - MITRE ATT&CK T1036, masquerading: https://attack.mitre.org/techniques/T1036/
    pub(super) const LNK_ICON_LIES = {
        id: "lnk-icon-lies",
        title: "a shortcut to a program with the icon of something else",
        ja: "プログラムを起動するのに、別のもののアイコンを表示するショートカットです",
        why_ja: "フォルダーや文書のアイコンで受信者を油断させる手口です。",
        severity: Medium,
        facet: Deceive,
        confidence: High,
        attack: ["T1036", "T1027.012"],
    }
}

finding_kind! {
    /// ## What it is
    /// A shortcut with data behind its end.
    ///
    /// ## Why it matters
    /// Windows ignores the data, and the command line cuts the malware out of it: the whole attack travels in one
    /// small-looking file without any download.
    ///
    /// ## How we see it
    /// Bytes other than zero after the terminal block. More than 200 KB of them, or a command line with words that cut
    /// pieces out of files, is decisive.
    ///
    /// ## When it is innocent
    /// Windows writes nothing there. A few odd bytes may come from a broken tool.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.009, embedded payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const LNK_CARRIES_PAYLOAD = {
        id: "lnk-carries-payload",
        title: "a shortcut with data behind its end",
        ja: "末尾に別のデータが付け加えられたショートカットです",
        why_ja: "ショートカットの中に不正プログラムを隠し、開いたときに取り出して実行する手口です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// A shortcut that names different targets in different places, or none but one that Windows has to work out
    /// first.
    ///
    /// ## Why it matters
    /// Explorer repairs such a shortcut when it is opened, and on the way drops the mark that says it came from the
    /// Internet, so that no warning appears ("LNK stomping", CVE-2024-38217). Scanners that read one of the places see
    /// a harmless target.
    ///
    /// ## How we see it
    /// A target path ends with a dot or blank, the item list holds a path in one item, the only target is in the
    /// environment block, or the environment block names another file than the item list.
    ///
    /// ## When it is innocent
    /// Installers write environment blocks that agree with the rest. Hand-made tools may leave the item list out.
    ///
    /// ## References
    /// - Elastic Security Labs, Dismantling Smart App Control: https://www.elastic.co/security-labs/dismantling-smart-app-control
    /// - MITRE ATT&CK T1553.005, mark-of-the-web bypass: https://attack.mitre.org/techniques/T1553/005/
    pub(super) const LNK_TARGET_UNCLEAR = {
        id: "lnk-target-unclear",
        title: "a shortcut whose target is written in a way that evades checks",
        ja: "リンク先の書き方が不自然で、警告や検査を逃れるおそれのあるショートカットです",
        why_ja: "Windowsがリンク先を補正する際に「インターネットから入手した」印が失われ、警告なしに実行されることがあります。",
        severity: High,
        facet: Structure,
        confidence: High,
        attack: ["T1553.005"],
    }
}

/// Looks at a shortcut.
pub(super) struct LnkAnalyzer;

impl Analyzer for LnkAnalyzer {
    fn findings(&self) -> Kinds {
        &[LNK_RUNS_INTERPRETER, LNK_HIDDEN_ARGUMENTS, LNK_ICON_LIES, LNK_CARRIES_PAYLOAD, LNK_TARGET_UNCLEAR]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<LnkView>()?;
        facts(&view, out);
        interpreter(&view, out);
        hidden_arguments(&view, out);
        icon(&view, out);
        payload(&view, out);
        target(&view, out);
        Ok(())
    }
}

fn facts(view: &LnkView, out: &mut Outcome<'_>) {
    for (place, path) in view.targets() {
        out.fact("lnk-target", format!("{path} ({place})"));
    }
    let texts = [
        ("lnk-arguments", view.arguments.clone()),
        ("lnk-icon", view.icon.as_ref().map(|icon| format!("{icon},{}", view.icon_index))),
        ("lnk-icon", view.extra.icon.clone()),
        ("lnk-working-folder", view.working_folder.clone()),
        ("lnk-description", view.description.clone()),
        ("lnk-machine", view.extra.machine.clone()),
        ("lnk-mac", view.extra.mac.clone()),
        ("lnk-volume-serial", view.place.as_ref().and_then(|place| place.serial).map(|serial| format!("{serial:08x}"))),
    ];
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out.fact(key, text);
        }
    }
    let places = view.targets().into_iter().chain(icons(view).into_iter().map(|icon| ("icon location", icon)));
    for (place, path) in places {
        if path.starts_with("\\\\") && !path.starts_with("\\\\?\\") && !path.starts_with("\\\\.\\") {
            out.ioc(Ioc::new(IocKind::Unc, path, Location::part(place)));
        } else if let Some(address) = web_address(&path) {
            out.ioc(Ioc::new(IocKind::Url, address, Location::part(place)));
        }
    }
}

/// The address in a path, if it is one: the shell writes it behind its own class.
fn web_address(path: &str) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let at = ["http://", "https://"].iter().find_map(|scheme| lower.find(scheme))?;
    path.get(at..).map(str::to_owned)
}

fn icons(view: &LnkView) -> Vec<String> {
    view.icon.iter().chain(&view.extra.icon).cloned().collect()
}

fn interpreter(view: &LnkView, out: &mut Outcome<'_>) {
    let arguments = view.arguments.as_deref().unwrap_or_default();
    let by_target = view.targets().into_iter().find_map(|(place, path)| {
        let name = file_name(path.trim_end_matches(['.', ' '])).to_owned();
        is_interpreter(&name).then_some((place, name))
    });
    // A short word such as "at" means nothing in prose; after a program it may be a command.
    let may_be_command = is_program(&view.target_name());
    let by_argument = || {
        let words = arguments.split(|c: char| c.is_whitespace() || "\"'&|;,()^=".contains(c)).map(file_name);
        let mut commands = words.filter(|word| word.len() > 3 || word.contains('.') || may_be_command);
        commands.find(|word| is_interpreter(word)).map(|word| ("arguments", word.to_owned()))
    };
    let Some((place, name)) = by_target.or_else(by_argument) else { return };
    let shown = if view.show == 7 { ", window minimised" } else { "" };
    let short: String = arguments.split_whitespace().collect::<Vec<_>>().join(" ");
    out.raise(LNK_RUNS_INTERPRETER, Location::part(place), format!("{name}{shown}: {short}"));
}

fn is_program(name: &str) -> bool {
    matches!(class(&extension(name)), Some(ExtensionClass::Program | ExtensionClass::Script))
}

/// White space enough to push a command out of the properties page.
const HIDING: usize = 100;

fn hidden_arguments(view: &LnkView, out: &mut Outcome<'_>) {
    let arguments = view.arguments.as_deref().unwrap_or_default();
    let (mut run, mut longest, mut controls) = (0usize, 0usize, 0usize);
    for c in arguments.chars() {
        run = if c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\0') { run.saturating_add(1) } else { 0 };
        longest = longest.max(run);
        if matches!(c, '\t'..='\r') {
            controls = controls.saturating_add(1);
        }
    }
    if longest >= HIDING || controls >= HIDING {
        let shown: String = arguments.split_whitespace().collect::<Vec<_>>().join(" ");
        let observed = format!("{} blanks in a row, then: {shown}", longest);
        out.raise(LNK_HIDDEN_ARGUMENTS, Location::part("arguments"), observed);
    }
}

fn icon(view: &LnkView, out: &mut Outcome<'_>) {
    let target = view.target_name();
    if !is_program(&target) && !is_interpreter(&target) {
        return;
    }
    let targets = view.targets();
    for icon in icons(view) {
        let name = file_name(&icon).to_ascii_lowercase();
        let is_own = targets.iter().any(|(_, path)| file_name(path).eq_ignore_ascii_case(&name));
        let is_document = class(&extension(&name)).is_some_and(ExtensionClass::is_content) && extension(&name) != "ico";
        let is_remote = (icon.starts_with("\\\\") || web_address(&icon).is_some())
            && !targets.iter().any(|(_, path)| host(path).is_some() && host(path) == host(&icon));
        if !is_own && (lends_icons(&name) || is_document || is_remote) {
            let observed = format!("starts {target}, shows the icon of {icon},{}", view.icon_index);
            out.raise(LNK_ICON_LIES, Location::part("icon location"), observed);
            return;
        }
    }
}

fn host(path: &str) -> Option<String> {
    let rest = path.strip_prefix("\\\\")?;
    rest.split('\\').next().map(str::to_ascii_lowercase)
}

/// Appended bytes below this come from broken tools rather than from attackers.
const SMALL: usize = 16;
/// Appended bytes above this are a payload whatever the command line says.
const LARGE: usize = 200 << 10;

fn payload(view: &LnkView, out: &mut Outcome<'_>) {
    let Some(overlay) = view.overlay.as_ref().filter(|overlay| overlay.len() >= SMALL) else { return };
    let command = view.arguments.as_deref().unwrap_or_default();
    let extracts = extraction(command);
    let is_sure = overlay.len() > LARGE || extracts.is_some();
    let severity = if is_sure { Severity::Critical } else { LNK_CARRIES_PAYLOAD.severity };
    let by = extracts.map(|word| format!(", and {word:?} on the command line")).unwrap_or_default();
    let observed = format!("{} bytes behind the end{by}", overlay.len());
    out.raise_as(LNK_CARRIES_PAYLOAD, severity, is_sure, Location::at(overlay.start), observed);
}

fn target(view: &LnkView, out: &mut Outcome<'_>) {
    let mut say = |place: &str, what: String| out.raise(LNK_TARGET_UNCLEAR, Location::part(place), what);
    for (place, path) in view.targets() {
        if path.ends_with(['.', ' ']) && file_name(&path).len() > 2 {
            say(place, format!("path ends with a dot or blank: {path:?}"));
        }
    }
    if view.is_crammed {
        say("item list", format!("a whole path in one item: {}", view.list_path.as_deref().unwrap_or_default()));
    }
    let environment = view.extra.environment.as_deref().filter(|path| !path.trim().is_empty());
    let Some(environment) = environment else { return };
    if view.extra.installer_id.is_some() {
        return;
    }
    let others: Vec<String> =
        [view.list_path.clone(), view.place.as_ref().and_then(super::Place::path)].into_iter().flatten().collect();
    if others.is_empty() {
        say("environment block", format!("the only target: {environment}"));
    } else if !others.iter().any(|path| file_name(path).eq_ignore_ascii_case(file_name(environment))) {
        say("environment block", format!("{environment}, but elsewhere {}", others.join(", ")));
    }
}
