//! The names an artifact goes by, and how to show them without being fooled by them.

/// Names of one artifact. Containers may store several (local header, central directory, Unicode extra field; `name`
/// and `filename`): all are kept, since each program on the recipient's machine picks its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryName {
    /// The name most programs would show, decoded to Unicode, with folders (`a/b.exe`).
    pub text: String,
    /// Other names the same bytes are stored under, decoded, without repeats of `text`.
    pub others: Vec<String>,
    /// The stored bytes of `text`, where they are not its UTF-8.
    pub raw: Option<Vec<u8>>,
}

impl EntryName {
    /// A name known from one place only.
    pub fn new(text: impl Into<String>) -> Self {
        EntryName { text: text.into(), others: Vec::new(), raw: None }
    }

    /// Adds another name the same bytes are stored under.
    pub fn also(mut self, other: impl Into<String>) -> Self {
        let other = other.into();
        if other != self.text && !self.others.contains(&other) {
            self.others.push(other);
        }
        self
    }

    /// Every name, the shown one first.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text.as_str()).chain(self.others.iter().map(String::as_str))
    }

    /// The part of the shown name after its last folder.
    pub fn file_name(&self) -> &str {
        file_name(&self.text)
    }

    /// The lower-case extension of the shown name, without the dot and with trailing blanks and dots removed as
    /// Windows does; empty if there is none.
    pub fn extension(&self) -> String {
        extension(&self.text)
    }
}

/// The part of a path after its last separator, Windows or Unix.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The lower-case extension Windows would act on: trailing dots and blanks of a file name are dropped by the Win32
/// layer, and a colon starts an alternate stream's name.
pub fn extension(path: &str) -> String {
    let name = file_name(path);
    let name = match name.char_indices().find(|(index, c)| *c == ':' && *index > 1) {
        Some((index, _)) => name.get(..index).unwrap_or(name),
        None => name,
    };
    let name = name.trim_end_matches(['.', ' ']);
    match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_lowercase(),
        None => String::new(),
    }
}

/// Text with every character that could mislead a reader or a terminal written as `\u{…}`: controls, bidirectional
/// overrides and isolates, zero-width and blank look-alikes, and runs of blanks longer than two.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blanks = 0usize;
    for c in text.chars() {
        blanks = if c == ' ' || c == '\u{3000}' { blanks.saturating_add(1) } else { 0 };
        match c {
            ' ' if blanks > 2 => out.push('␠'),
            '\u{3000}' if blanks > 2 => out.push_str("\\u{3000}"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if is_deceptive(c) => out.push_str(&c.escape_unicode().to_string()),
            c => out.push(c),
        }
    }
    out
}

/// Characters that are invisible or change the order of what is shown.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00A0}' | '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180E}' | '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_is_what_windows_acts_on() {
        assert_eq!(extension("a/b.PDF"), "pdf");
        assert_eq!(extension("t.exe. . "), "exe");
        assert_eq!(extension("note.txt:evil.exe"), "txt");
        assert_eq!(extension("none"), "");
    }

    #[test]
    fn escaping_shows_overrides_and_padding() {
        assert_eq!(escape("a\u{202e}fdp.exe"), "a\\u{202e}fdp.exe");
        assert_eq!(escape("a    .exe"), "a  ␠␠.exe");
        assert_eq!(escape("航空券 控え.pdf"), "航空券 控え.pdf");
    }
}
