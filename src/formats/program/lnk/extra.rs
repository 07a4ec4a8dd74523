//! ExtraData: blocks of size, signature and content, up to the terminal block.

use super::items;
use super::parser::{ansi, wide};
use crate::formats::fields::{size_at, u32_at, until_nul};
use crate::model::{Location, Problem};

/// What the data blocks say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// EnvironmentVariableDataBlock: the target with variables, which Explorer follows first.
    pub environment: Option<String>,
    /// IconEnvironmentDataBlock: the icon's file with variables.
    pub icon: Option<String>,
    /// DarwinDataBlock: the installer's id of the program; Windows asks the installer where it is.
    pub installer_id: Option<String>,
    /// VistaAndAboveIDListDataBlock: another list of shell items, which newer systems prefer.
    pub newer_list_path: Option<String>,
    /// TrackerDataBlock: NetBIOS name of the machine the target was last on.
    pub machine: Option<String>,
    /// TrackerDataBlock: network card address of the machine the target was made on.
    pub mac: Option<String>,
    /// ShimDataBlock: a compatibility layer.
    pub layer: Option<String>,
    /// Signatures of all blocks, in order.
    pub signatures: Vec<u32>,
}

/// Blocks read; the specification knows eleven.
const MAX_BLOCKS: usize = 64;

/// MS-SHLLINK 2.5. Gives the offset after the terminal block; a file may also end where a block would begin.
pub(super) fn read(bytes: &[u8], start: usize, extra: &mut Extra, problems: &mut Vec<Problem>) -> Option<usize> {
    let mut at = start;
    for _ in 0..MAX_BLOCKS {
        if at == bytes.len() {
            return Some(at);
        }
        let size = size_at(bytes, at)?;
        if size < 4 {
            return at.checked_add(4);
        }
        let end = at.checked_add(size)?;
        let Some(block) = bytes.get(at..end).filter(|block| block.len() >= 8) else {
            problems.push(Problem::odd(
                "a data block runs past the end; what follows is taken as appended",
                Location::at(at),
            ));
            return Some(at);
        };
        read_block(block, extra);
        at = end;
    }
    Some(at)
}

fn read_block(block: &[u8], extra: &mut Extra) {
    let Some(signature) = u32_at(block, 4) else { return };
    extra.signatures.push(signature);
    match signature {
        0xa000_0001 => extra.environment = target(block),
        0xa000_0006 => extra.installer_id = target(block),
        0xa000_0007 => extra.icon = target(block),
        0xa000_0003 => tracker(block, extra),
        0xa000_0008 => extra.layer = wide(block, 8),
        0xa000_000c => extra.newer_list_path = block.get(8..).and_then(items::path).map(|trail| trail.path),
        _ => {}
    }
}

/// 2.5.4, 2.5.3, 2.5.5: 260 bytes of ANSI, then 260 characters of Unicode, which counts where both are there.
fn target(block: &[u8]) -> Option<String> {
    let narrow = until_nul(block, 8, 260).map(ansi).filter(|text| !text.is_empty());
    wide(block, 268).or(narrow)
}

/// 2.5.10. The last six bytes of the birth object's identifier are a network card's address, if its version (the first
/// digit of the third group) is 1.
fn tracker(block: &[u8], extra: &mut Extra) {
    extra.machine = until_nul(block, 16, 16).map(ansi).filter(|text| !text.is_empty());
    if let Some(identifier) = block.get(80..96)
        && identifier.get(7).is_some_and(|version| version >> 4 == 1)
        && let Some(address) = identifier.get(10..)
    {
        let parts: Vec<String> = address.iter().map(|byte| format!("{byte:02x}")).collect();
        extra.mac = Some(parts.join(":"));
    }
}
