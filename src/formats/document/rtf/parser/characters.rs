//! Characters: text, escapes and Unicode, decoded for what is read, and the digits of data.

use super::{Reader, Sink};

/// Bytes of one captured text: a name, an address, an instruction.
const MAX_CAPTURE: usize = 64 << 10;

impl Reader {
    pub(super) fn escape(&mut self, value: Option<u8>) {
        match self.group.sink {
            Sink::Nothing => {}
            Sink::Data => {
                if let Some(data) = self.open.last_mut() {
                    data.tricks.escapes = data.tricks.escapes.saturating_add(1);
                    data.hex.escape();
                }
            }
            Sink::Text | Sink::Capture => {
                if let Some(value) = value {
                    self.byte(value);
                }
            }
        }
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        match self.group.sink {
            Sink::Nothing => {}
            Sink::Data => {
                if let Some(data) = self.open.last_mut() {
                    data.hex.text(text);
                }
            }
            Sink::Text | Sink::Capture => self.readable(text),
        }
        if !text.trim_ascii().is_empty() {
            self.is_optional = false;
        }
    }

    fn readable(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let length = memchr::memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len());
            let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after.get(1..).unwrap_or_default();
            let skipped = self.skip.min(run.len());
            self.skip = self.skip.saturating_sub(skipped);
            let run = run.get(skipped..).unwrap_or_default();
            if run.is_empty() {
                continue;
            }
            match std::str::from_utf8(run) {
                Ok(ascii) if self.pending.is_empty() && run.is_ascii() => {
                    self.high = None;
                    self.push(ascii);
                }
                _ => self.pending.extend_from_slice(run),
            }
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else if matches!(self.group.sink, Sink::Text | Sink::Capture) {
            self.pending.push(byte);
        }
    }

    pub(super) fn character(&mut self, character: char) {
        if matches!(self.group.sink, Sink::Text | Sink::Capture) {
            self.flush();
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// A UTF-16 unit; the two of a pair stand in two words.
    pub(super) fn unit(&mut self, number: Option<i64>) {
        if !matches!(self.group.sink, Sink::Text | Sink::Capture) {
            return;
        }
        let unit = u16::try_from(number.unwrap_or_default().rem_euclid(0x1_0000)).unwrap_or(0xFFFD);
        if !self.pending.is_empty() {
            self.flush();
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            for decoded in char::decode_utf16(self.high.take().into_iter().chain([unit])) {
                self.push(decoded.unwrap_or('\u{FFFD}').encode_utf8(&mut [0; 4]));
            }
        }
        self.skip = usize::from(self.group.fallback);
    }

    /// Decodes what waits, in the code page of the font it is set in.
    #[inline]
    pub(super) fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.decode();
        }
    }

    fn decode(&mut self) {
        self.high = None;
        let pending = std::mem::take(&mut self.pending);
        let text = self.group.charset.decode(&pending);
        self.push(&text);
        self.pending = pending;
        self.pending.clear();
    }

    fn push(&mut self, text: &str) {
        match self.group.sink {
            Sink::Text => self.view.text.push_str(text),
            Sink::Capture => {
                if let Some(capture) = self.captures.last_mut() {
                    if capture.text.len().saturating_add(text.len()) <= MAX_CAPTURE {
                        capture.text.push_str(text);
                    } else {
                        self.view.is_cut = true;
                    }
                }
            }
            Sink::Nothing | Sink::Data => {}
        }
    }
}
