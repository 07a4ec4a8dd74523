//! LinkInfo: where the target lay when the shortcut was made, to find it again.

use super::parser::{ansi, wide};
use crate::formats::fields::{size_at, u32_at, until_nul};

/// Where the target lay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Path on a drive, up to the part it shares with the path on the share.
    pub local: Option<String>,
    /// The share: `\\server\share`.
    pub share: Option<String>,
    /// The drive letter the share was mounted under: `S:`.
    pub device: Option<String>,
    /// What follows the local path or the share.
    pub suffix: String,
    /// Serial number of the volume.
    pub serial: Option<u32>,
}

impl Place {
    /// The whole path; on the share where there is one.
    pub fn path(&self) -> Option<String> {
        let base = self.share.as_ref().or(self.local.as_ref())?;
        if self.suffix.is_empty() {
            return Some(base.clone());
        }
        let gap = if base.ends_with('\\') { "" } else { "\\" };
        Some(format!("{base}{gap}{}", self.suffix))
    }
}

/// MS-SHLLINK 2.3 LinkInfo. Offsets count from its start.
pub(super) fn read(info: &[u8]) -> Place {
    let field = |offset: usize| size_at(info, offset).unwrap_or(0);
    let text = |at: usize| {
        let text = ansi(until_nul(info, at, 32_768)?);
        (at > 0 && !text.is_empty()).then_some(text)
    };
    let has_wide = field(4) >= 0x24;
    let either = |narrow: usize, wide_at: usize| {
        let long = if has_wide && field(wide_at) > 0 { wide(info, field(wide_at)) } else { None };
        long.or_else(|| text(field(narrow)))
    };
    let flags = field(8);
    let mut place = Place { suffix: either(24, 32).unwrap_or_default(), ..Place::default() };
    if flags & 1 != 0 {
        place.local = either(16, 28);
        place.serial = field(12).checked_add(8).and_then(|at| u32_at(info, at));
    }
    if flags & 2 != 0
        && let Some(link) = info.get(field(20)..)
    {
        network(link, &mut place);
    }
    place
}

/// MS-SHLLINK 2.3.2 CommonNetworkRelativeLink.
fn network(link: &[u8], place: &mut Place) {
    let field = |offset: usize| size_at(link, offset).unwrap_or(0);
    let text = |at: usize| {
        let text = ansi(until_nul(link, at, 32_768)?);
        (at > 0 && !text.is_empty()).then_some(text)
    };
    let has_wide = field(8) > 0x14;
    let long = |at: usize| if has_wide && field(at) > 0 { wide(link, field(at)) } else { None };
    place.share = long(20).or_else(|| text(field(8)));
    place.device = long(24).or_else(|| text(field(12)));
}
