//! Settings that code names in texts: those that keep Office from protecting its user, and places from which something
//! starts again.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::judge::Judgement;
use super::lexer::TokenKind;
use super::program::Program;
use crate::finding_kind;
use crate::knowledge::vba::{Deed, capabilities};
use crate::model::Severity;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Macro code turns off what protects against macros: access to the macro project, warnings, Protected View, macros of
    /// files from the Internet, Defender.
    ///
    /// ## Why it matters
    /// After that every further document runs its macros unasked. Honest code has no business there.
    ///
    /// ## How we see it
    /// A text of the code, or one that comes together from pieces, names such a setting (`AccessVBOM`, `VBAWarnings`,
    /// `DisableInternetFilesInPV`; see `rules/indicators/vba-capabilities.toml`), and code writes settings or starts programs;
    /// or `AutomationSecurity` is set to low, or `Options.VirusProtection` off. Without a write it counts less.
    ///
    /// ## When it is innocent
    /// Administrators' tools that check the settings of a machine.
    ///
    /// ## References
    /// - ATT&CK T1562.001, Disable or Modify Tools: https://attack.mitre.org/techniques/T1562/001/
    /// - ATT&CK T1112, Modify Registry: https://attack.mitre.org/techniques/T1112/
    pub(super) const WEAKENS = {
        id: "vba-weakens-protection",
        title: "macro code turns off protection against macros",
        ja: "マクロがマクロに対する保護機能を無効にします",
        why_ja: "無効にされると、以後に開く文書のマクロが確認なしで実行されます。正当なマクロは変更しません。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1562.001", "T1112"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code puts something where it starts again: the Run keys of the registry, a startup folder, scheduled tasks, the
    /// template that every document uses.
    ///
    /// ## Why it matters
    /// What was started once stays on the machine.
    ///
    /// ## How we see it
    /// A text of the code, or one that comes together from pieces, names such a place, and code writes files or the registry,
    /// or starts programs.
    ///
    /// ## When it is innocent
    /// Installers of add-ins.
    ///
    /// ## References
    /// - ATT&CK T1547.001, Registry Run Keys / Startup Folder: https://attack.mitre.org/techniques/T1547/001/
    /// - ATT&CK T1137, Office Application Startup: https://attack.mitre.org/techniques/T1137/
    pub(super) const PERSISTS = {
        id: "vba-persists",
        title: "macro code puts something where it starts again",
        ja: "マクロが再起動後も動き続けるための設定を行います",
        why_ja: "自動起動の場所に書き込むと、文書を閉じた後も不正なプログラムが動き続けます。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1547.001", "T1137"],
    }
}

/// A text of the code that names a setting.
struct Named {
    module: usize,
    line: u32,
    word: &'static str,
    weakens: bool,
}

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let table = &capabilities().settings;
    AhoCorasick::builder().ascii_case_insensitive(true).build(table.weakening.iter().chain(&table.persisting)).ok()
});

fn named(program: &Program) -> Vec<Named> {
    const MAX_NAMED: usize = 64;
    let table = &capabilities().settings;
    let Some(words) = WORDS.as_ref() else { return Vec::new() };
    let mut found: Vec<Named> = Vec::new();
    let mut look = |module: usize, line: u32, text: &str| {
        if found.len() >= MAX_NAMED {
            return;
        }
        if let Some(hit) = words.find(text) {
            let index = hit.pattern().as_usize();
            let weakens = index < table.weakening.len();
            let word = table.weakening.iter().chain(&table.persisting).nth(index);
            found.extend(word.map(|word| Named { module, line, word, weakens }));
        }
    };
    for (index, module) in program.modules.iter().enumerate() {
        let lexed = &module.code.lexed;
        for token in (0..lexed.tokens.len()).filter(|token| lexed.kind(*token) == TokenKind::Text) {
            look(index, lexed.line(token), lexed.spelling(token));
        }
    }
    for (module, made) in program.made() {
        look(module, made.line, &made.text.text);
    }
    found
}

/// `Application.AutomationSecurity = 1`, `Options.VirusProtection = False`.
fn lowered(program: &Program) -> Option<(usize, u32, &'static str)> {
    const LOWERED: [(&str, &[&str], &str); 2] = [
        ("automationsecurity", &["1", "msoautomationsecuritylow"], "AutomationSecurity is set to low"),
        ("virusprotection", &["false", "0"], "VirusProtection is turned off"),
    ];
    for (index, module) in program.modules.iter().enumerate() {
        let lexed = &module.code.lexed;
        for token in 0..lexed.tokens.len() {
            if lexed.kind(token) != TokenKind::Word || !lexed.is(token.saturating_add(1), "=") {
                continue;
            }
            let value = lexed.lower(token.saturating_add(2));
            let name = lexed.lower(token);
            let hit = LOWERED.iter().find(|(known, values, _)| *known == name && values.contains(&value));
            if let Some((_, _, what)) = hit {
                return Some((index, lexed.line(token), what));
            }
        }
    }
    None
}

/// Says what is weakened and what persists.
pub(super) fn say(judgement: &Judgement<'_>, out: &mut Outcome<'_>) {
    let named = named(judgement.program);
    let does = |wanted: &[Deed]| judgement.abilities.iter().any(|ability| wanted.contains(&ability.does));
    let changes = does(&[Deed::Registry, Deed::Execute, Deed::Start]);
    if let Some(first) = named.iter().find(|named| named.weakens) {
        let severity = if changes { Severity::High } else { Severity::Low };
        out.raise_as(WEAKENS, severity, false, judgement.place(first.module, first.line), first.word);
    } else if let Some((module, line, what)) = lowered(judgement.program) {
        out.raise_as(WEAKENS, Severity::Medium, false, judgement.place(module, line), what);
    }
    let writes = changes || does(&[Deed::Write, Deed::WriteText, Deed::Save]);
    if let Some(first) = named.iter().find(|named| !named.weakens).filter(|_| writes) {
        out.raise(PERSISTS, judgement.place(first.module, first.line), first.word);
    }
}
