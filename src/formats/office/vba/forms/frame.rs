//! The stream `VBFrame` (MS-OVBA 2.3.5): the form as text, as Visual Basic writes it to `.frm` files.

/// Lines read.
const MAX_LINES: usize = 10_000;

/// Properties with quoted values, as (name, value). Numbers are of the window only.
pub(super) fn properties(text: &str) -> Vec<(String, String)> {
    let quoted = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let value = value.trim().strip_prefix('"')?;
        let value = value.rsplit_once('"').map_or(value, |(value, _)| value);
        Some((name.trim().to_owned(), value.replace("\"\"", "\"")))
    };
    text.lines().take(MAX_LINES).filter_map(quoted).collect()
}
