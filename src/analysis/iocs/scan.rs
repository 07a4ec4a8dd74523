//! One pass over a reading: each hit of an anchor goes to the kind of indicator it may be part of.

use super::anchors::{Anchor, hits};
use super::derived::{Pieces, Way};
use super::reading::{Finds, Reading};
use super::{domain, email, ip, path, registry, unc, url};

/// Looks through a reading. Pieces that read otherwise than written are noted, unless the reading is one itself.
pub(super) fn scan(reading: &Reading<'_>, mut pieces: Option<&mut Pieces>, finds: &mut Finds) {
    // Up to here the text belongs to an indicator that was found, or was judged as a whole.
    let mut done = 0usize;
    for (anchor, start, end) in hits(reading.text) {
        let way = match anchor {
            Anchor::Escape if reading.byte(start) == b'%' => Some(Way::Percent),
            Anchor::Escape => Some(Way::Escaped),
            Anchor::Defanged => Some(Way::Defanged),
            Anchor::Reversed => Some(Way::Reversed),
            Anchor::FullWidth => Some(Way::FullWidth),
            Anchor::Rotated => Some(Way::Rotated),
            Anchor::Octal => Some(Way::Octal),
            _ => None,
        };
        if let Some(way) = way {
            if let Some(pieces) = pieces.as_deref_mut() {
                pieces.note(reading, way, start, end);
            }
            continue;
        }
        if start < done {
            continue;
        }
        if finds.is_full() {
            return;
        }
        let reached = match anchor {
            Anchor::Dot => at_dot(reading, start, finds),
            Anchor::Colon => ip::at_colon(reading, start, finds),
            Anchor::At => email::at_sign(reading, start, finds),
            Anchor::Scheme => url::at_scheme(reading, start, finds),
            Anchor::Backslashes => unc::at_backslashes(reading, start, finds),
            Anchor::Drive => match path::at_drive(reading, start, finds) {
                0 => url::at_backslashes(reading, start, finds),
                reached => reached,
            },
            Anchor::Percent => path::at_percent(reading, start, finds),
            Anchor::PowerShell => path::at_powershell(reading, start, finds),
            Anchor::Root => path::at_root(reading, start, finds),
            Anchor::Registry => registry::at_hive(reading, start, finds),
            Anchor::Launchable => path::at_launchable(reading, start, end, finds),
            Anchor::Escape
            | Anchor::Defanged
            | Anchor::Reversed
            | Anchor::FullWidth
            | Anchor::Rotated
            | Anchor::Octal => 0,
        };
        done = done.max(reached);
    }
}

/// A dot between digits may be an address, one before a letter a domain.
fn at_dot(reading: &Reading<'_>, dot: usize, finds: &mut Finds) -> usize {
    let before = reading.byte_before(dot);
    let after = reading.byte(dot.saturating_add(1));
    if before.is_ascii_digit() && after.is_ascii_digit() {
        return ip::at_dot(reading, dot, finds);
    }
    if before.is_ascii_alphanumeric() && after.is_ascii_alphabetic() {
        return domain::at_dot(reading, dot, finds);
    }
    0
}
