//! What of a compound file belongs to an Outlook message (MS-OXMSG 2.2): that is `mail/msg`'s to read.

use super::OleView;

/// Whether the file is a message.
pub(super) fn is_message(view: &OleView) -> bool {
    view.find("__properties_version1.0").is_some()
}

/// Whether an entry is a property of a message, or lies in an attachment, recipient or list of names of one. What no
/// storage reaches is nobody's.
pub(super) fn owns(view: &OleView, index: usize) -> bool {
    let mut next = Some(index);
    // Parents stand before their children, so this ends.
    while let Some(entry) = next.and_then(|at| view.entries.get(at)) {
        let name = entry.name.to_ascii_lowercase();
        if !entry.is_orphan
            && ["__substg1.0_", "__properties_", "__nameid_"].iter().any(|start| name.starts_with(start))
        {
            return true;
        }
        next = entry.parent;
    }
    false
}
