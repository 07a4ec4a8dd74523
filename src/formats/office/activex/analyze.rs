//! The class of a control, texts in its data, and data that is there only to fill memory.

use super::findings::ACTIVEX_SPRAYS_MEMORY;
use super::{CLASS, class_of};
use crate::formats::office::classes::{DANGEROUS_CLASS, RISKY_CLASS, say_class};
use crate::formats::text::strings::StringsView;
use crate::knowledge::clsids::{ClassKind, class};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Data shorter than this fills nothing.
const SMALLEST_SPRAY: usize = 128 << 10;
/// Distances at which a spray repeats itself: an address, a page, the unit Windows hands out memory by.
const PERIODS: [usize; 3] = [4, 0x1000, 0x1_0000];
/// Texts listed as facts.
const MAX_TEXTS: usize = 20;
/// Shortest text listed.
const SHORTEST_TEXT: usize = 6;

/// Looks at a control.
pub(super) struct Control;

impl Analyzer for Control {
    fn findings(&self) -> Kinds {
        &[ACTIVEX_SPRAYS_MEMORY, DANGEROUS_CLASS, RISKY_CLASS]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some(id) = class_of(artifact) else { return Ok(()) };
        let known = class(id);
        say_class(out, id, Location::at(0));
        out.fact("control-class", known.map_or_else(|| id.to_string(), |known| known.name.clone()));
        if let Ok(view) = artifact.view::<StringsView>() {
            let texts = view.text.lines().filter(|text| text.len() >= SHORTEST_TEXT);
            texts.take(MAX_TEXTS).for_each(|text| out.fact("control-text", text));
        }
        let kind = known.map(|known| known.kind);
        // Pictures of one colour on a form repeat themselves too.
        if kind != Some(ClassKind::Forms)
            && let Some(period) = repeats(artifact.bytes.get(CLASS..).unwrap_or_default())
        {
            let severity = if kind == Some(ClassKind::Exploited) { Severity::High } else { Severity::Medium };
            let observed = format!("{} bytes that repeat every {period}", artifact.bytes.len());
            out.raise_as(ACTIVEX_SPRAYS_MEMORY, severity, false, Location::at(CLASS), observed);
        }
        Ok(())
    }
}

/// The distance at which data repeats itself nearly everywhere, if it does and is no filling.
fn repeats(data: &[u8]) -> Option<usize> {
    if data.len() < SMALLEST_SPRAY {
        return None;
    }
    let filling = data.iter().filter(|byte| matches!(byte, 0 | 0xFF)).count();
    if filling > data.len() / 2 {
        return None;
    }
    PERIODS.into_iter().find(|period| {
        let later = data.get(*period..).unwrap_or_default();
        let same = data.iter().zip(later).filter(|(one, other)| one == other).count();
        same > later.len() / 20 * 19
    })
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::cfb::clsid_bytes;

    use super::super::FORMAT;
    use crate::formats::trial::{self, findings, scan_artifact};
    use crate::model::{Origin, OriginKind};
    use crate::stage::Said;

    const TAB_STRIP: &str = "1EFB6596-857C-11D1-B16A-00C0F0283628";
    const COMMAND_BUTTON: &str = "D7053240-CE69-11CD-A777-00DD01143C57";

    fn control(class: &str, data: Vec<u8>) -> Vec<u8> {
        [clsid_bytes(class).to_vec(), data].concat()
    }

    fn scan(data: &[u8]) -> Said {
        scan_artifact(&FORMAT, trial::of("activeX1.bin", data, Origin::file(OriginKind::Entry, "")))
    }

    fn of(class: &str, data: Vec<u8>) -> Vec<(&'static str, &'static str)> {
        findings(&scan(&control(class, data)))
    }

    #[test]
    fn data_that_fills_memory_is_said() {
        let risky = ("ole-risky-class", "medium");
        let spray = [0x0C; 200_000].to_vec();
        assert_eq!(of(TAB_STRIP, spray.clone()), [risky, ("activex-sprays-memory", "high")]);
        let page: Vec<u8> = (0..0x1000u32).map(|at| (at * 37 % 251) as u8).collect();
        assert_eq!(of(TAB_STRIP, page.repeat(64)), [risky, ("activex-sprays-memory", "high")]);
        assert_eq!(of("11111111-2222-1333-8444-555555555555", spray.clone()), [("activex-sprays-memory", "medium")]);
        assert_eq!(of(TAB_STRIP, vec![0; 200_000]), [risky]);
        assert_eq!(of(TAB_STRIP, vec![0x0C; 200]), [risky]);
        assert_eq!(of(COMMAND_BUTTON, spray), []);
    }

    #[test]
    fn the_class_is_judged_and_texts_are_told() {
        let explorer = control("EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B", b"\x01\x02http://192.0.2.8/a\0".to_vec());
        let said = scan(&explorer);
        assert_eq!(findings(&said), [("ole-dangerous-class", "critical")]);
        assert!(said.facts.iter().any(|fact| fact.key == "control-text" && fact.value.contains("192.0.2.8")));
    }
}
