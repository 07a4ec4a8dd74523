//! Storages that are documents of their own: a workbook in a text (`ObjectPool/_1`), a text in a workbook (`MBD…`), what is
//! attached to a message as an object. Each is given as a file and read there, so that the document around it must not
//! read it again.

use super::{OleEntry, OleKind};
use crate::knowledge::streams::makes_document;

/// The property of a message's attachment that holds a storage (MS-OXMSG 2.2.2.1); `mail/msg` gives it.
const ATTACHED: &str = "__substg1.0_3701000d";

/// Marks what lies in such storages, and lists the outermost.
pub(super) fn mark(entries: &mut [OleEntry]) -> Vec<usize> {
    let mut is_document = vec![false; entries.len()];
    for (index, entry) in entries.iter().enumerate() {
        if entry.kind == OleKind::Storage && entry.name.eq_ignore_ascii_case(ATTACHED) {
            if let Some(slot) = is_document.get_mut(index) {
                *slot = true;
            }
            continue;
        }
        let Some(parent) = entry.parent.filter(|parent| *parent > 0) else { continue };
        // Attachments and recipients of a message have a list of properties too.
        let is_of_message = |at: usize| entries.get(at).is_some_and(|storage| storage.name.starts_with("__"));
        if makes_document(&entry.name)
            && (entry.kind == OleKind::Storage || entry.size > 0)
            && !is_of_message(parent)
            && let Some(slot) = is_document.get_mut(parent)
        {
            *slot = true;
        }
    }
    let mut outermost = Vec::new();
    // Parents stand before their children.
    for index in 0..entries.len() {
        let parent = entries.get(index).and_then(|entry| entry.parent);
        let is_inside = parent.and_then(|parent| entries.get(parent)).is_some_and(|storage| storage.is_embedded);
        let is_top = is_document.get(index).copied().unwrap_or_default() && !is_inside;
        if is_top {
            outermost.push(index);
        }
        if let Some(entry) = entries.get_mut(index) {
            entry.is_embedded = is_inside || is_top;
        }
    }
    outermost
}

#[cfg(test)]
mod tests {
    use super::super::OleView;
    use crate::model::View;
    use sekisho_samples::office::cfb::Cfb;

    #[test]
    fn a_document_in_a_document_is_told_from_an_object() {
        let bytes = Cfb::new()
            .stream("WordDocument", vec![0; 10])
            .stream("ObjectPool/_1/Workbook", vec![0; 10])
            .stream("ObjectPool/_1/MBD2/WordDocument", vec![0; 10])
            .stream("ObjectPool/_2/\u{1}Ole10Native", vec![0; 10])
            .stream("Macros/VBA/dir", vec![0; 10])
            .build();
        let view = OleView::parse(&bytes.into()).unwrap();
        let documents: Vec<String> = view.documents().iter().map(|index| view.path(*index)).collect();
        assert_eq!(documents, ["ObjectPool/_1"]);
        let own: Vec<String> = view.streams().map(|(index, _)| view.path(index)).collect();
        assert_eq!(own, ["Macros/VBA/dir", "ObjectPool/_2/\u{1}Ole10Native", "WordDocument"]);
        assert!(view.stream("ObjectPool/_1/Workbook").is_some());
    }
}
