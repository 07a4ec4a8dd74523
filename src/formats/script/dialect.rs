//! How a language writes comments, so that words in them do not count.

/// Comment syntax.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    /// Starts a comment up to the line's end, wherever it stands outside quotes.
    line: &'static [&'static str],
    /// Starts a comment at a line's beginning only (lower case).
    first: &'static [&'static str],
    /// Starts and ends a comment over lines.
    block: Option<(&'static str, &'static str)>,
    /// Quotes that keep the above from counting.
    quotes: &'static [char],
}

impl Dialect {
    pub(super) const JAVASCRIPT: Dialect =
        Dialect { line: &["//"], first: &[], block: Some(("/*", "*/")), quotes: &['"', '\'', '`'] };
    pub(super) const BASIC: Dialect = Dialect { line: &["'"], first: &["rem "], block: None, quotes: &['"'] };
    pub(super) const POWERSHELL: Dialect =
        Dialect { line: &["#"], first: &[], block: Some(("<#", "#>")), quotes: &['"', '\''] };
    pub(super) const BATCH: Dialect = Dialect { line: &[], first: &["rem ", "@rem ", "::"], block: None, quotes: &[] };
    pub(super) const SHELL: Dialect = Dialect { line: &[" #"], first: &["#"], block: None, quotes: &['"', '\''] };
    pub(super) const REGISTRY: Dialect = Dialect { line: &[], first: &[";"], block: None, quotes: &[] };
    pub(super) const MARKUP: Dialect = Dialect { line: &[], first: &[], block: Some(("<!--", "-->")), quotes: &[] };

    /// The code without its comments. One pass; a comment becomes a blank.
    pub(super) fn code(self, text: &str) -> String {
        let mut out = String::new();
        let mut quote: Option<char> = None;
        let mut at_start = true;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if quote.is_none() {
                if at_start {
                    let line = rest.trim_start_matches([' ', '\t']);
                    let is_comment = self
                        .first
                        .iter()
                        .any(|word| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
                    if is_comment {
                        rest = line.find('\n').and_then(|end| line.get(end..)).unwrap_or_default();
                        at_start = false;
                        continue;
                    }
                }
                if let Some((open, close)) = self.block
                    && let Some(inner) = rest.strip_prefix(open)
                {
                    rest = inner
                        .find(close)
                        .and_then(|end| inner.get(end.saturating_add(close.len())..))
                        .unwrap_or_default();
                    out.push(' ');
                    continue;
                }
                if self.line.iter().any(|word| rest.starts_with(word)) {
                    rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
                    continue;
                }
            }
            if self.quotes.contains(&c) {
                match quote {
                    Some(open) if open == c => quote = None,
                    None => quote = Some(c),
                    Some(_) => {}
                }
            }
            // A quote that stays open does not swallow the rest of the file.
            if c == '\n' {
                quote = None;
            }
            at_start = c == '\n';
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        assert_eq!(Dialect::JAVASCRIPT.code("a('//x'); // b\n/* c */d").trim(), "a('//x'); \n d");
        assert_eq!(Dialect::BASIC.code("rem x\nDim a ' b\nc = \"it's\"").trim(), "Dim a \nc = \"it's\"");
        assert_eq!(Dialect::BATCH.code("@rem HARMLESS\n:: x\necho a").trim(), "echo a");
        assert_eq!(Dialect::POWERSHELL.code("<# x #>a # b").trim(), "a");
    }
}
