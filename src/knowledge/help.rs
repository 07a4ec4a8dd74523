//! The HTML Help control in a page: `rules/indicators/help.toml`.

use std::sync::LazyLock;

use memchr::memmem;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    control: String,
    command: String,
    item: String,
    shortcut: String,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("help.toml", include_str!("../../rules/indicators/help.toml")));

/// Bytes of a page looked at.
const MAX_PAGE: usize = 4 << 20;
/// Longest command shown.
const MAX_COMMAND: usize = 512;

/// The command line a page gives to the HTML Help control, if it holds one with a shortcut.
pub fn shortcut(page: &[u8]) -> Option<String> {
    let page = page.get(..MAX_PAGE).unwrap_or(page);
    memchr::memchr(b'<', page)?;
    let lower = page.to_ascii_lowercase();
    let at = memmem::find(&lower, TABLE.control.as_bytes())?;
    let (page, lower) = (page.get(at..)?, lower.get(at..)?);
    let command = parameter(page, lower, &TABLE.command)?;
    if !command.to_lowercase().starts_with(&TABLE.shortcut) {
        return None;
    }
    parameter(page, lower, &TABLE.item).filter(|command| !command.is_empty())
}

/// The `value` of the parameter with this name.
fn parameter(page: &[u8], lower: &[u8], name: &str) -> Option<String> {
    let at = memmem::find_iter(lower, name.as_bytes()).take(64).find(|at| {
        let before = lower.get(at.saturating_sub(6)..*at).unwrap_or_default();
        before.ends_with(b"=") || before.ends_with(b"=\"") || before.ends_with(b"='")
    })?;
    let start = at.checked_add(name.len())?;
    let end = start.saturating_add(MAX_COMMAND).min(lower.len());
    let value = memmem::find(lower.get(start..end)?, b"value")?;
    let text = String::from_utf8_lossy(page.get(start.checked_add(value)?.checked_add(5)?..end)?);
    let text = text.trim_start().strip_prefix('=')?.trim_start();
    let value = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text.get(1..)?.split(quote).next(),
        _ => text.split(['>', '\r', '\n']).next(),
    };
    value.map(|value| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<object id=x classid="clsid:ADB880A6-D8FF-11CF-9377-00AA003B7A11" width=1 height=1>
<PARAM name="Command" value="ShortCut"><PARAM name="Button" value="Bitmap::shortcut">
<PARAM name="Item1" value=",cmd.exe,/c echo HARMLESS"><PARAM name="Item2" value="273,1,1"></object>
<script>x.Click();</script>"#;

    #[test]
    fn the_command_is_shown() {
        assert_eq!(shortcut(PAGE.as_bytes()).as_deref(), Some(",cmd.exe,/c echo HARMLESS"));
    }

    #[test]
    fn other_uses_of_the_control_are_none() {
        assert_eq!(shortcut(PAGE.replace("ShortCut", "Related Topics, MENU").as_bytes()), None);
        assert_eq!(shortcut(b"<p>the shortcut menu</p>"), None);
    }
}
