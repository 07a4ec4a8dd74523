//! Where groups and destinations begin and end.

use bytes::Bytes;

use super::super::hex::Hex;
use super::super::view::{Data, Tricks};
use super::{Capture, MAX_ENTRIES, Own, Reader, Sink};
use crate::knowledge::rtf::Word;

/// Groups inside groups that are kept apart; Word refuses far fewer.
const MAX_DEPTH: usize = 1 << 16;

impl Reader {
    pub(super) fn open_group(&mut self) {
        self.flush();
        self.skip = 0;
        self.is_optional = false;
        if self.stack.len() >= MAX_DEPTH {
            self.excess = self.excess.saturating_add(1);
            self.view.is_too_deep = true;
            return;
        }
        self.stack.push(self.group);
        self.group.own = Own::Nothing;
        self.group.is_field = false;
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut()
        {
            data.tricks.groups = data.tricks.groups.saturating_add(1);
        }
    }

    pub(super) fn close_group(&mut self, at: usize) {
        self.flush();
        self.skip = 0;
        self.is_optional = false;
        if self.excess > 0 {
            self.excess = self.excess.saturating_sub(1);
            return;
        }
        self.close_own(at);
        if self.group.is_field {
            self.fields.end();
            self.open_fields = self.open_fields.saturating_sub(1);
        }
        if self.group.sink == Sink::Capture
            && let Some(capture) = self.captures.last_mut().filter(|capture| capture.kind == Word::Variable)
        {
            // The name and the value of a variable are told apart by their groups.
            capture.text.push('\0');
        }
        let Some(outer) = self.stack.pop() else { return };
        self.group = outer;
        if self.stack.is_empty() && self.view.end.is_none() {
            self.view.end = Some(at.saturating_add(1));
            // What follows is no text of the document, but objects in it are looked at.
            self.group.sink = Sink::Nothing;
        }
    }

    /// Ends what the group began.
    pub(super) fn close_own(&mut self, at: usize) {
        match std::mem::replace(&mut self.group.own, Own::Nothing) {
            Own::Nothing => {}
            Own::Capture => {
                if let Some(capture) = self.captures.pop() {
                    self.captured(capture);
                }
            }
            Own::Data => {
                if let Some(data) = self.open.pop() {
                    self.keep(data, at);
                }
            }
        }
    }

    fn keep(&mut self, mut data: Data, at: usize) {
        data.hex.end();
        data.end = at.max(data.start);
        data.tricks.dropped = data.hex.dropped;
        data.tricks.strange = data.hex.strange;
        data.tricks.longest_blank = data.hex.longest_blank;
        data.bytes = std::mem::take(&mut data.hex.bytes).into();
        let list = if data.kind == Word::ObjectData { &mut self.view.objects } else { &mut self.view.blobs };
        if data.bytes.is_empty() && data.kind != Word::ObjectData {
            return;
        }
        if list.len() < MAX_ENTRIES {
            list.push(data);
        } else {
            self.view.is_cut = true;
        }
    }

    /// A new place for the group's text.
    pub(super) fn enter(&mut self, sink: Sink, at: usize) {
        self.flush();
        self.close_own(at);
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut()
        {
            data.tricks.skipped = data.tricks.skipped.saturating_add(1);
        }
        self.group.sink = sink;
        if sink == Sink::Text && !self.view.text.ends_with('\n') && !self.view.text.is_empty() {
            self.view.text.push('\n');
        }
    }

    pub(super) fn capture(&mut self, kind: Word, name: &[u8], at: usize) {
        self.enter(Sink::Capture, at);
        self.group.own = Own::Capture;
        let name = String::from_utf8_lossy(name).into_owned();
        self.captures.push(Capture { kind, name, at, text: String::new() });
    }

    pub(super) fn data(&mut self, kind: Word, name: &[u8], at: usize) {
        let is_nested = self.open.iter().rev().take(1).any(|outer| outer.kind == Word::ObjectData);
        self.enter(Sink::Data, at);
        self.group.own = Own::Data;
        self.open.push(Data {
            kind,
            name: String::from_utf8_lossy(name).into_owned(),
            holder: self.group.holder as usize,
            start: at,
            end: at,
            bytes: Bytes::new(),
            tricks: Tricks { is_nested, ..Tricks::default() },
            hex: Hex::default(),
        });
    }
}
