//! Paths of Windows and Unix, and names of files that launch.

use super::reading::{Finds, Reading, find, is_word};
use crate::knowledge::iocs::words;
use crate::model::IocKind;

/// Bytes of one path kept; Windows stops at 260 unless asked.
const MAX_PATH: usize = 520;

/// What a Windows file name may hold, blanks apart.
fn is_windows_byte(byte: u8) -> bool {
    byte > b' '
        && byte != 0x7f
        && !matches!(
            byte,
            b'"' | b'<' | b'>' | b'|' | b'?' | b'*' | b',' | b';' | b'\'' | b'`' | b'=' | b'^' | b'/' | b':'
        )
}

/// `C:\…` at its colon.
pub(super) fn at_drive(reading: &Reading<'_>, colon: usize, finds: &mut Finds) -> usize {
    let Some(start) = colon.checked_sub(1).filter(|start| reading.byte(*start).is_ascii_alphabetic()) else { return 0 };
    if is_word(reading.byte_before(start)) || reading.byte_before(start) >= 0x80 && !reading.is_prose {
        return 0;
    }
    windows(reading, start, colon.saturating_add(1), finds)
}

/// `%APPDATA%\…` at its second percent sign.
pub(super) fn at_percent(reading: &Reading<'_>, percent: usize, finds: &mut Finds) -> usize {
    let name_start = reading.back(percent, 32, |byte| is_word(byte) || matches!(byte, b'(' | b')'));
    let name = reading.piece(name_start, percent).to_ascii_lowercase();
    let start = name_start.saturating_sub(1);
    if reading.byte(start) != b'%' || !words().environment.contains(&name) {
        return 0;
    }
    windows(reading, start, percent.saturating_add(1), finds)
}

/// `$env:TEMP\…` at its dollar sign.
pub(super) fn at_powershell(reading: &Reading<'_>, start: usize, finds: &mut Finds) -> usize {
    let name_start = start.saturating_add("$env:".len());
    let name_end = reading.ahead(name_start, 32, |byte| is_word(byte) || matches!(byte, b'(' | b')'));
    let name = reading.piece(name_start, name_end).to_ascii_lowercase();
    if reading.byte(name_end) != b'\\' || !words().environment.contains(&name) {
        return 0;
    }
    windows(reading, start, name_end, finds)
}

/// A Windows path whose first backslash is known.
fn windows(reading: &Reading<'_>, start: usize, backslash: usize, finds: &mut Finds) -> usize {
    let opener = reading.byte_before(start);
    let is_quoted = matches!(opener, b'"' | b'\'');
    let mut end = backslash;
    loop {
        // Libraries are listed in documents as `VBE6.DLL#Visual Basic`.
        end = reading.ahead(end, MAX_PATH, |byte| is_windows_byte(byte) && (byte != b'#' || reading.is_prose));
        let is_long = end.saturating_sub(start) >= MAX_PATH;
        if is_long || reading.byte(end) != b' ' || !goes_on(reading, start, end, is_quoted, opener) {
            break;
        }
        end = end.saturating_add(1);
    }
    finds.pay(end.saturating_sub(start));
    let spelled = before_entity(reading.piece(start, end)).trim_end_matches(['.', ')', ']', '}', '\\', ' ', '&', '!']);
    let value = if spelled.contains("\\\\") { spelled.replace("\\\\", "\\") } else { spelled.to_owned() };
    let tail = value.split_once('\\').map_or("", |(_, tail)| tail);
    // `a:\d+` is a pattern and `x:\n` an escape; a path has a name of some length, made of what names are made of.
    let is_name = tail.chars().filter(|c| c.is_alphanumeric()).count() >= 3
        && tail.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '%' | '.' | '~' | '{'))
        && !tail.contains(['[', '(', '+', '\u{fffd}']) | tail.to_ascii_lowercase().contains("(x86)");
    let is_deep_enough =
        reading.is_prose || tail.contains('\\') || tail.contains('.') || start.saturating_add(3) < backslash;
    if !is_name || !is_deep_enough || (tail.len() < 6 && !tail.contains(['.', '\\'])) {
        return 0;
    }
    finds.add(find(reading, IocKind::Path, value, start).spelled(spelled));
    end
}

/// The part before a quote or bracket written as an HTML entity.
pub(super) fn before_entity(text: &str) -> &str {
    const ENTITIES: [&str; 5] = ["&quot", "&lt", "&gt", "&#", "&nbsp"];
    let end = ENTITIES.iter().filter_map(|entity| text.find(entity)).min().unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Whether a path goes on after a blank: inside quotes that close, before another folder, or in a folder known to have
/// one. Behind a file that launches come its arguments.
fn goes_on(reading: &Reading<'_>, start: usize, blank: usize, is_quoted: bool, opener: u8) -> bool {
    let so_far = reading.piece(start, blank);
    let folder = so_far.rsplit('\\').next().unwrap_or_default().to_lowercase();
    let extension = crate::model::name::extension(&folder);
    if crate::knowledge::extensions::class(&extension).is_some_and(|class| class.is_launchable()) {
        return false;
    }
    if is_quoted {
        let close = reading.ahead(blank, MAX_PATH, |byte| byte != opener && byte != b'\n' && byte != 0);
        return reading.byte(close) == opener;
    }
    let next_end = reading.ahead(blank.saturating_add(1), 40, is_windows_byte);
    let next = reading.piece(blank.saturating_add(1), next_end).to_lowercase();
    if extension.is_empty()
        && next.find('\\').is_some_and(|end| end > 0)
        && next.starts_with(|c: char| c.is_alphanumeric() || c == '(')
    {
        return true;
    }
    let whole = format!("{folder} {next}");
    words().spaced_folders.iter().any(|known| known.starts_with(&whole))
}

/// A Unix path at one of the known roots.
pub(super) fn at_root(reading: &Reading<'_>, start: usize, finds: &mut Finds) -> usize {
    let before = reading.byte_before(start);
    if is_word(before)
        || before >= 0x80
        || matches!(before, b'/' | b'.' | b'-' | b'~' | b'%' | b'}' | b')' | b']' | b'>' | b'*' | b'@' | b'$' | b'\\')
            && before != b'>'
    {
        return 0;
    }
    let end = reading
        .ahead(start, MAX_PATH, |byte| is_word(byte) || matches!(byte, b'/' | b'.' | b'-' | b'+' | b'~' | b'@' | b'%'));
    finds.pay(end.saturating_sub(start));
    let value = reading.piece(start, end).trim_end_matches(['.', '/', '-', '@', '%']);
    let depth = value.matches('/').count();
    // Documentation names folders; a file in one is worth more.
    let is_file = depth >= 2 && value.rsplit('/').next().is_some_and(|name| name.len() >= 2);
    // On the web `/home/…`, `/users/…` and `/library/…` are pages; on a machine they are written with a capital.
    let is_page = value.starts_with("/users/")
        || value.starts_with("/library/")
        || value.starts_with("/applications/")
        || value.ends_with(".html")
        || value.ends_with(".htm")
        || value.ends_with(".php");
    if is_file && !is_page {
        finds.add(find(reading, IocKind::Path, value, start));
    }
    end
}

/// A file name at the dot of an extension that launches.
pub(super) fn at_launchable(reading: &Reading<'_>, dot: usize, end: usize, finds: &mut Finds) -> usize {
    let after = reading.byte(end);
    if is_word(after) || after == b'-' || (after == b'.' && is_word(reading.byte(end.saturating_add(1)))) {
        return 0;
    }
    let is_dll = reading.piece(dot, end).eq_ignore_ascii_case(".dll");
    if is_dll && !reading.is_prose {
        return end;
    }
    let start = name_start(reading, dot);
    finds.pay(end.saturating_sub(start));
    let before = reading.byte_before(start);
    let name = reading.piece(start, end);
    let stem = reading.piece(start, dot);
    // `*.exe` is a pattern, `a.b.exe(` a call, `\x.exe` the end of a path that had no start.
    let is_name = stem.chars().filter(|c| c.is_alphanumeric()).count() >= 2
        && !matches!(before, b'*' | b'%' | b'$' | b'\\')
        && after != b'(';
    if is_name && before != b'/' {
        let find = find(reading, IocKind::FileName, name, start).because("in text");
        finds.add(find);
    }
    end
}

/// Where the name before an extension starts: letters of any script, digits and what joins them.
fn name_start(reading: &Reading<'_>, dot: usize) -> usize {
    const MAX_NAME: usize = 120;
    let before = reading.before(dot, MAX_NAME);
    let length: usize = before
        .chars()
        .rev()
        .take_while(|c| {
            c.is_alphanumeric() && !matches!(c, '\u{3041}'..='\u{309f}')
                || matches!(c, '_' | '-' | '.' | '~' | '+')
                || crate::model::name::is_deceptive(*c) && !c.is_control()
        })
        .map(char::len_utf8)
        .sum();
    dot.saturating_sub(length)
}
