//! Code that fills memory and runs it: library functions that allocate, and functions that start code at an address.

use super::judge::Judgement;
use crate::finding_kind;
use crate::knowledge::vba::Deed;
use crate::model::Severity;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Macro code makes memory that can be run, or fills some, and starts code at an address.
    ///
    /// ## Why it matters
    /// It is how machine code hidden in a document is run without a file that a scanner could see.
    ///
    /// ## How we see it
    /// Functions declared from libraries (`Declare`), by their names in the library: `VirtualAlloc`, `WriteProcessMemory`,
    /// `HeapCreate` or `RtlMoveMemory` on the one side; `CreateThread`, `QueueUserAPC` or functions that call back
    /// (`EnumDateFormats`, `EnumSystemLocales`) on the other. Both must be called. `SetTimer` and `CallWindowProc`, which honest
    /// code has uses for, count beside memory that can be run only. Where opening the document comes to it, it decides. Where opening the document leads there, it decides.
    ///
    /// ## When it is innocent
    /// Add-ins that call assembler code; they come from a vendor, not by mail.
    ///
    /// ## References
    /// - ATT&CK T1055, Process Injection: https://attack.mitre.org/techniques/T1055/
    /// - ATT&CK T1106, Native API: https://attack.mitre.org/techniques/T1106/
    pub(super) const RUNS_MEMORY = {
        id: "vba-runs-memory",
        title: "macro code fills memory with machine code and runs it",
        ja: "マクロがメモリに機械語を書き込んで実行します",
        why_ja: "ファイルを残さずに不正なプログラムを動かす手口です。通常の業務マクロでは使いません。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1055", "T1106", "T1059.005"],
    }
}

/// Says so if both halves are called.
pub(super) fn say(judgement: &Judgement<'_>, out: &mut Outcome<'_>) {
    let find = |wanted: Deed| judgement.abilities.iter().find(|ability| ability.does == wanted);
    let (memory, start) = (find(Deed::Memory), find(Deed::Start));
    let pair = match (memory, start) {
        (Some(memory), Some(start)) => Some((memory, start)),
        (Some(memory), None) => find(Deed::Callback).map(|callback| (memory, callback)),
        (None, Some(start)) => find(Deed::Copy).map(|copy| (copy, start)),
        (None, None) => None,
    };
    if let Some((memory, start)) = pair {
        let is_reached = judgement.is_reached(memory.routine) && judgement.is_reached(start.routine);
        let severity = if is_reached { Severity::Critical } else { Severity::High };
        let observed = format!("{} · {}", memory.what, start.what);
        out.raise_as(RUNS_MEMORY, severity, is_reached, judgement.at(start), observed);
    }
}
