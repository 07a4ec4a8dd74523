//! The lines of a module's source that something was compiled of.

/// Whether source has a line for each compiled one: it ends with a line end, behind which nothing comes.
pub(super) fn is_same_length(compiled: usize, written: &[&str]) -> bool {
    let trailing = usize::from(written.last().is_some_and(|line| line.is_empty()));
    compiled == written.len().saturating_sub(trailing)
}

/// Logical lines without those of attributes. A line goes on after a blank and an underscore at its end.
pub(super) fn lines(source: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0usize;
    let mut at = 0usize;
    // A Macintosh of old ends lines with CR.
    let end = if source.contains('\n') { '\n' } else { '\r' };
    for physical in source.split_inclusive(end) {
        at = at.saturating_add(physical.len());
        let text = physical.trim_end();
        let goes_on = text == "_" || text.ends_with(" _") || text.ends_with("\t_");
        if goes_on && physical.ends_with(end) {
            continue;
        }
        push(&mut out, source.get(start..at).unwrap_or_default());
        start = at;
    }
    push(&mut out, source.get(start..).unwrap_or_default());
    out
}

fn push<'a>(out: &mut Vec<&'a str>, line: &'a str) {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let is_attribute = line.trim_start().get(..10).is_some_and(|head| head.eq_ignore_ascii_case("attribute "));
    if !is_attribute {
        out.push(line);
    }
}

/// Whether a line is more than blanks and a comment.
pub(super) fn says_something(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('\'') && !line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("rem "))
}
