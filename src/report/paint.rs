//! Colour, for terminals only.

use anstyle::{AnsiColor, Style};

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Never,
    /// ANSI colours.
    Always,
}

impl Paint {
    /// Text in a style, or plain.
    pub fn with(self, style: Style, text: &str) -> String {
        match self {
            Paint::Never => text.to_owned(),
            Paint::Always => format!("{style}{text}{style:#}"),
        }
    }

    /// Bold text of a colour.
    pub fn bold(self, color: AnsiColor, text: &str) -> String {
        self.with(Style::new().fg_color(Some(color.into())).bold(), text)
    }

    /// Text of a colour.
    pub fn color(self, color: AnsiColor, text: &str) -> String {
        self.with(Style::new().fg_color(Some(color.into())), text)
    }

    /// Text that may be overlooked.
    pub fn dim(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }
}
