//! What code asks about the machine and the person before it acts: the questions by which it finds out whether it is
//! watched, or whether it has come to the right one.

use std::collections::BTreeSet;

use super::abilities::has_word;
use super::judge::Judgement;
use super::lexer::{Lexed, TokenKind};
use crate::finding_kind;
use crate::knowledge::vba::capabilities;
use crate::model::Severity;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Before it acts, macro code asks about the machine or the person: documents opened before, the domain, the country, the
    /// mouse, the hardware, names of virtual machines.
    ///
    /// ## Why it matters
    /// Attacks do so to stay quiet where they are examined, or to act on chosen victims only. What an automatic analysis
    /// sees of such a document may be nothing.
    ///
    /// ## How we see it
    /// In code that an automatic trigger comes to, a condition asks for such a property, or a text names it (`gate` in
    /// `rules/indicators/vba-capabilities.toml`). The observed text says what is asked. Three different questions weigh more.
    ///
    /// ## When it is innocent
    /// Forms that greet their user by name; tools that keep settings by machine.
    ///
    /// ## References
    /// - ATT&CK T1497.001, System Checks: https://attack.mitre.org/techniques/T1497/001/
    /// - ATT&CK T1480, Execution Guardrails: https://attack.mitre.org/techniques/T1480/
    pub(super) const GATE = {
        id: "vba-tests-environment",
        title: "macro code asks about the machine or the person before it acts",
        ja: "マクロが動作前にPCや利用者の環境を調べます",
        why_ja: "解析環境を避けたり、特定の相手だけを狙うための確認です。自動解析では動作が見えないことがあります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1497.001", "T1480"],
    }
}

/// Says what is asked.
pub(super) fn say(judgement: &Judgement<'_>, out: &mut Outcome<'_>) {
    const MANY: usize = 3;
    let gates = &capabilities().gates;
    let program = judgement.program;
    let mut asked: BTreeSet<usize> = BTreeSet::new();
    let mut first = None;
    for (index, routine) in program.routines.iter().enumerate().filter(|(index, _)| judgement.is_reached(*index)) {
        let (Some(module), Some(procedure)) = (program.modules.get(routine.module), program.procedure(routine)) else {
            continue;
        };
        let lexed = &module.code.lexed;
        for used in &routine.uses {
            let name = lexed.lower(used.token);
            let name = program.declared.get(name).map_or(name, |function| function.trim_end_matches(['a', 'w']));
            let gate = gates.iter().position(|gate| gate.names.iter().any(|known| known == name));
            if let Some(gate) = gate.filter(|_| !procedure.locals.contains(name) && is_condition(lexed, used.token)) {
                asked.insert(gate);
                first.get_or_insert((index, lexed.line(used.token)));
            }
        }
        for token in procedure.statements.iter().flat_map(Clone::clone) {
            if lexed.kind(token) != TokenKind::Text {
                continue;
            }
            let text = lexed.spelling(token).to_ascii_lowercase();
            let gate = gates.iter().position(|gate| gate.texts.iter().any(|word| has_word(&text, word)));
            if let Some(gate) = gate {
                asked.insert(gate);
                first.get_or_insert((index, lexed.line(token)));
            }
        }
        for made in &routine.made {
            let text = made.text.text.to_ascii_lowercase();
            let gate = gates.iter().position(|gate| gate.texts.iter().any(|word| has_word(&text, word)));
            asked.extend(gate);
            if gate.is_some() {
                first.get_or_insert((index, made.line));
            }
        }
    }
    let Some((routine, line)) = first else { return };
    let module = program.routines.get(routine).map_or(0, |routine| routine.module);
    let tests: Vec<&str> = asked.iter().filter_map(|gate| gates.get(*gate)).map(|gate| gate.tests.as_str()).collect();
    let severity = if tests.len() >= MANY { Severity::Medium } else { Severity::Low };
    out.raise_as(GATE, severity, false, judgement.place(module, line), tests.join(", "));
}

/// Whether a token stands in a condition.
fn is_condition(lexed: &Lexed, token: usize) -> bool {
    const MAX_TOKENS: usize = 64;
    (0..MAX_TOKENS)
        .map_while(|back| token.checked_sub(back))
        .take_while(|at| lexed.kind(*at) != TokenKind::LineEnd && !lexed.is(*at, ":"))
        .any(|at| matches!(lexed.lower(at), "if" | "elseif" | "while" | "until" | "select" | "case" | "iif"))
}
