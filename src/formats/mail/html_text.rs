//! The text a reader sees of an HTML body, near enough to look for words in: tags become blanks or line ends, scripts
//! and styles vanish, the usual entities are decoded. It is no HTML parser; `document/html` is.

/// Visible text of HTML, in one pass.
pub fn html_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (text, special) = rest.split_at(at);
        push_collapsed(&mut out, text);
        if special.starts_with('&') {
            let (decoded, after) = entity(special);
            out.push_str(&decoded);
            rest = after;
            continue;
        }
        if !opens_tag(special) {
            out.push('<');
            rest = special.get(1..).unwrap_or("");
            continue;
        }
        let (tag, after) = tag(special);
        rest = after;
        match tag.as_str() {
            "script" | "style" => rest = past_element(after, &tag),
            "br" | "p" | "/p" | "div" | "/div" | "tr" | "/tr" | "li" | "/li" | "table" | "/table" | "h1" | "/h1"
            | "h2" | "/h2" | "h3" | "/h3" | "blockquote" | "hr"
                if !out.ends_with('\n') =>
            {
                out.push('\n');
            }
            "td" | "/td" | "th" if !out.ends_with([' ', '\n']) => out.push(' '),
            _ => {}
        }
    }
    push_collapsed(&mut out, rest);
    out
}

/// Line ends of the source are blanks in HTML.
fn push_collapsed(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\r' | '\n' | '\t' | ' ' => {
                if !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
}

/// Whether a "<" begins a tag or a comment; a lone one is text.
fn opens_tag(text: &str) -> bool {
    text.chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// The lower-case name of the tag at the start, and what follows its `>`.
fn tag(text: &str) -> (String, &str) {
    if let Some(comment) = text.strip_prefix("<!--") {
        let after = comment.find("-->").map_or("", |end| comment.get(end.saturating_add(3)..).unwrap_or(""));
        return (String::new(), after);
    }
    let inner = text.strip_prefix('<').unwrap_or(text);
    let Some(end) = inner.find('>') else { return (String::new(), "") };
    let (inside, after) = inner.split_at(end);
    let name: String = inside
        .chars()
        .enumerate()
        .take_while(|(index, c)| c.is_ascii_alphanumeric() || (*index == 0 && *c == '/'))
        .map(|(_, c)| c)
        .collect();
    (name.to_ascii_lowercase(), after.get(1..).unwrap_or(""))
}

/// What follows the end tag of a script or style.
fn past_element<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let after = rest.get(at.saturating_add(2)..).unwrap_or("");
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.find('>').map_or("", |end| after.get(end.saturating_add(1)..).unwrap_or(""));
        }
        rest = after;
    }
    ""
}

/// The character reference at the start, and what follows it.
fn entity(text: &str) -> (String, &str) {
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';');
    let decoded = end.and_then(|end| {
        let name = text.get(1..end)?;
        let c = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "yen" => '¥',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        };
        Some((c, text.get(end.saturating_add(1)..)?))
    });
    match decoded {
        Some((c, after)) => (c.to_string(), after),
        None => ("&".to_owned(), text.get(1..).unwrap_or("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_reader_sees() {
        let html = "<html><style>p{color:red}</style><body><p>PW:&nbsp;<b>a&lt;b&#33;</b></p>\r\n<div>次の<br>行</div><!-- x -->";
        assert_eq!(html_text(html).trim(), "PW: a<b!\n次の\n行");
    }

    #[test]
    fn survives_broken_markup() {
        assert_eq!(html_text("a < b & c <"), "a < b & c <");
        assert_eq!(html_text("<script>never ends"), "");
        assert_eq!(html_text("&#x110000; &#; &bogus;"), "&#x110000; &#; &bogus;");
    }
}
