//! The HTML or text that a message's RTF was made from (MS-OXRTFEX), and the visible text of RTF that was written as
//! RTF. One pass over the tokens with a stack of groups.

use std::collections::HashMap;

use super::property::label;
use crate::formats::mail::charset::{Place, decode};

/// What an RTF body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The text; HTML source where [`Said::is_html`].
    pub(crate) text: String,
    /// Whether the RTF wraps HTML.
    pub(crate) is_html: bool,
    /// Whether it holds or fetches something beyond text.
    pub(crate) has_objects: bool,
}

/// Groups inside groups; Word gives up long before.
const MAX_DEPTH: usize = 1_000;
/// Fonts remembered.
const MAX_FONTS: usize = 2_000;

/// Destinations whose text is not shown.
const HIDDEN: [&str; 16] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "objdata",
    "header",
    "footer",
    "headerl",
    "headerr",
    "footerl",
    "footerr",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
];
/// Control words of what reaches beyond text.
const OBJECTS: [&str; 7] = ["object", "objdata", "objemb", "objlink", "objautlink", "objupdate", "template"];

#[derive(Debug, Clone, Copy)]
struct Group {
    is_hidden: bool,
    is_font_table: bool,
    /// Inside `\htmltag`: HTML source.
    is_tag: bool,
    /// Inside `\htmlrtf`: formatting that stands for HTML, left out.
    is_stand_in: bool,
    /// Characters that follow `\u` for programs that cannot show it.
    fallback: usize,
    font: i64,
}

struct Reader {
    out: String,
    /// Bytes not decoded yet.
    pending: Vec<u8>,
    group: Group,
    stack: Vec<Group>,
    code_page: u32,
    fonts: HashMap<i64, u32>,
    default_font: Option<i64>,
    is_html: bool,
    is_wrapped: bool,
    has_objects: bool,
    /// Right after `{` or `{\*`.
    at_start: bool,
    is_optional: bool,
    skip: usize,
}

/// Reads RTF; none if it is none.
pub(crate) fn said(rtf: &[u8]) -> Option<Said> {
    if !rtf.trim_ascii_start().starts_with(b"{\\rt") {
        return None;
    }
    let group = Group {
        is_hidden: false,
        is_font_table: false,
        is_tag: false,
        is_stand_in: false,
        fallback: 1,
        font: i64::MIN,
    };
    let mut reader = Reader {
        out: String::new(),
        pending: Vec::new(),
        group,
        stack: Vec::new(),
        code_page: 1252,
        fonts: HashMap::new(),
        default_font: None,
        is_html: false,
        is_wrapped: false,
        has_objects: false,
        at_start: false,
        is_optional: false,
        skip: 0,
    };
    reader.read(rtf);
    reader.flush();
    Some(Said { text: reader.out, is_html: reader.is_html, has_objects: reader.has_objects })
}

impl Reader {
    fn read(&mut self, mut rest: &[u8]) {
        while let Some((first, after)) = rest.split_first() {
            match first {
                b'{' => {
                    rest = after;
                    self.flush();
                    if self.stack.len() < MAX_DEPTH {
                        self.stack.push(self.group);
                    }
                    (self.at_start, self.is_optional, self.skip) = (true, false, 0);
                }
                b'}' => {
                    rest = after;
                    self.flush();
                    match self.stack.pop() {
                        Some(outer) => self.group = outer,
                        None => return,
                    }
                    (self.at_start, self.skip) = (false, 0);
                }
                b'\\' => rest = self.control(after),
                b'\r' | b'\n' | 0 => rest = after,
                byte => {
                    rest = after;
                    self.at_start = false;
                    self.byte(*byte);
                }
            }
        }
    }

    /// A control symbol or word, after its backslash; gives what follows.
    fn control<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some((first, after)) = rest.split_first() else { return rest };
        if !first.is_ascii_alphabetic() {
            match first {
                b'*' => {
                    self.is_optional = true;
                    return after;
                }
                b'\'' => {
                    let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                    if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                        self.at_start = false;
                        self.byte(byte);
                        return after.get(2..).unwrap_or_default();
                    }
                }
                b'~' => self.wide('\u{A0}'),
                b'_' => self.wide('\u{2011}'),
                b'{' | b'}' | b'\\' => self.byte(*first),
                b'\r' | b'\n' => self.wide('\n'),
                _ => {}
            }
            self.at_start = false;
            return after;
        }
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count().min(64);
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after.iter().skip(sign).take_while(|byte| byte.is_ascii_digit()).count().min(10);
        let (number, after) = match digits {
            0 => (None, after),
            _ => {
                let (number, after) = after.split_at_checked(sign.saturating_add(digits)).unwrap_or((after, &[]));
                (std::str::from_utf8(number).ok().and_then(|number| number.parse::<i64>().ok()), after)
            }
        };
        let after = after.strip_prefix(b" ").unwrap_or(after);
        let word = std::str::from_utf8(word).unwrap_or_default();
        if word == "bin" {
            let count = usize::try_from(number.unwrap_or_default()).unwrap_or_default();
            return after.get(count..).unwrap_or_default();
        }
        self.word(word, number);
        self.at_start = false;
        after
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        self.has_objects |= OBJECTS.contains(&word);
        let opens = self.at_start;
        let is_optional = opens && std::mem::take(&mut self.is_optional);
        match word {
            "fromhtml" if number != Some(0) && !self.is_wrapped => (self.is_html, self.is_wrapped) = (true, true),
            "fromtext" if !self.is_wrapped => self.is_wrapped = true,
            "ansicpg" => self.code_page = number.and_then(|page| u32::try_from(page).ok()).unwrap_or(self.code_page),
            "deff" => self.default_font = number,
            "fonttbl" => (self.group.is_font_table, self.group.is_hidden) = (true, true),
            "f" => {
                self.flush();
                self.group.font = number.unwrap_or_default();
            }
            "fcharset" if self.group.is_font_table && self.fonts.len() < MAX_FONTS => {
                if let Some(page) = number.and_then(page_of_charset) {
                    self.fonts.insert(self.group.font, page);
                }
            }
            "plain" => {
                self.flush();
                self.group.font = i64::MIN;
            }
            "htmltag" => (self.group.is_tag, self.group.is_hidden) = (self.is_html, !self.is_html),
            "htmlrtf" => {
                self.flush();
                self.group.is_stand_in = self.is_html && number != Some(0);
            }
            "mhtmltag" => self.group.is_hidden = true,
            "uc" => self.group.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(16),
            "u" => {
                let unit = u16::try_from(number.unwrap_or_default().rem_euclid(0x1_0000)).unwrap_or(0xFFFD);
                self.unit(unit);
                self.skip = self.group.fallback;
            }
            "par" | "line" | "sect" | "page" | "row" => self.wide('\n'),
            "tab" | "cell" => self.wide('\t'),
            "lquote" => self.wide('\u{2018}'),
            "rquote" => self.wide('\u{2019}'),
            "ldblquote" => self.wide('\u{201C}'),
            "rdblquote" => self.wide('\u{201D}'),
            "bullet" => self.wide('\u{2022}'),
            "endash" => self.wide('\u{2013}'),
            "emdash" => self.wide('\u{2014}'),
            // Field instructions hold link targets, which a reader of RTF follows.
            "fldinst" => {}
            _ if HIDDEN.contains(&word) || is_optional => self.group.is_hidden = true,
            _ => {}
        }
    }

    fn is_shown(&self) -> bool {
        !self.group.is_hidden && (self.group.is_tag || !self.group.is_stand_in)
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else if self.is_shown() {
            self.pending.push(byte);
        }
    }

    fn wide(&mut self, c: char) {
        self.flush();
        if self.is_shown() {
            if c == '\n' {
                self.out.push('\r');
            }
            self.out.push(c);
        }
    }

    /// A UTF-16 unit of `\u`; the two of a pair stand in two words.
    fn unit(&mut self, unit: u16) {
        self.flush();
        if !self.is_shown() {
            return;
        }
        const MARK: char = '\u{FFFC}';
        match (unit, self.high()) {
            (0xD800..=0xDBFF, _) => {
                self.out.push(MARK);
                self.out.push_str(&format!("{unit:04x}"));
            }
            (0xDC00..=0xDFFF, Some(high)) => {
                self.out.truncate(self.out.len().saturating_sub(7));
                self.out.extend(char::decode_utf16([high, unit]).map(|c| c.unwrap_or('\u{FFFD}')));
            }
            _ => self.out.extend(char::decode_utf16([unit]).map(|c| c.unwrap_or('\u{FFFD}'))),
        }
    }

    /// The first half of a pair that was just written.
    fn high(&self) -> Option<u16> {
        let tail = self.out.get(self.out.len().checked_sub(7)?..)?;
        u16::from_str_radix(tail.strip_prefix('\u{FFFC}')?, 16).ok()
    }

    /// Decodes what waits, in the code page of the font it is set in.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let font = if self.group.font == i64::MIN { self.default_font } else { Some(self.group.font) };
        // HTML source has no font.
        let page = font.filter(|_| !self.group.is_tag).and_then(|font| self.fonts.get(&font)).copied();
        let text = decode(label(page.unwrap_or(self.code_page)), &self.pending, Place::Body).text;
        self.out.push_str(&text);
        self.pending.clear();
    }
}

/// The code page of a font's charset, MS-OXRTFEX 2.1.3.2.
fn page_of_charset(charset: i64) -> Option<u32> {
    Some(match charset {
        0 => 1252,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        said(rtf.as_bytes()).unwrap().text
    }

    #[test]
    fn html_comes_out_of_its_rtf() {
        let rtf = "{\\rtf1\\ansi\\ansicpg932\\fromhtml1 {\\fonttbl{\\f0\\fcharset128 MS;}}{\\colortbl;}\r\n\
                   {\\*\\htmltag19 <html>}{\\*\\htmltag50 <body>}\\htmlrtf {\\f0 \\htmlrtf0 \
                   {\\*\\htmltag84 <a href=\"http://example.com/?a=1&amp;b\">}\\htmlrtf {\\ul \\htmlrtf0 \
                   \\'8d\\'71\\'8b\\'f3 \\u9992?\\'5c\\{x\\}{\\*\\htmltag92 </a>}\\htmlrtf }\\htmlrtf0 \
                   {\\*\\mhtmltag84 <a href=\"cid:1\">}\\par{\\*\\htmltag58 </body>}}}";
        let said = said(rtf.as_bytes()).unwrap();
        assert!(said.is_html && !said.has_objects);
        assert_eq!(
            said.text,
            "<html><body><a href=\"http://example.com/?a=1&amp;b\">航空 \u{2708}\\{x}</a>\r\n</body>"
        );
    }

    #[test]
    fn text_comes_out_of_rtf() {
        assert_eq!(text("{\\rtf1\\ansi\\fromtext{\\fonttbl{\\f0 A;}}one\\par two\\tab x}"), "one\r\ntwo\tx");
        assert_eq!(text("{\\rtf1\\ansi{\\info{\\author me}}{\\b bold} {\\*\\unknown gone}text}"), "bold text");
        assert_eq!(
            text("{\\rtf1 {\\field{\\*\\fldinst HYPERLINK \"http://example.com\"}{\\fldrslt here}}}"),
            "HYPERLINK \"http://example.com\"here"
        );
        assert_eq!(text("{\\rtf1 \\u-10179 ?\\u-8704 ?}"), "\u{1F600}");
        assert!(said(b"{\\rtf1{\\object\\objemb{\\*\\objdata 00}}}").unwrap().has_objects);
        assert!(said(b"plain").is_none());
    }

    #[test]
    fn nothing_cut_or_deep_stops_it() {
        let rtf = b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag19 <x>}\\u-10179?\\'8d\\bin4 abcd}}";
        for cut in 0..rtf.len() {
            let _ = said(&rtf[..cut]);
        }
        let _ = said(&[b"{\\rtf1".as_slice(), &b"{".repeat(100_000), &b"}".repeat(100_000)].concat());
    }
}
