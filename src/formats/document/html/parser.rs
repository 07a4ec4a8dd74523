//! A page to what a reader sees and what acts, by the tokenizer of WHATWG HTML §13.2.5. No tree is built: nothing here
//! depends on how elements nest, and a tree can be made to cost far more than the page.

use std::cell::RefCell;
use std::mem::take;

use bytes::Bytes;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};

use super::attributes::bounded;
use crate::formats::text::plain::TextView;
use crate::model::{ParseError, View};

/// Entries kept of each list.
const MAX_ENTRIES: usize = 20_000;
/// Text of one link kept.
const MAX_LABEL: usize = 1_000;

/// What a page shows and does.
#[derive(Debug, Default)]
pub(crate) struct HtmlView {
    /// Visible text, line ends where blocks end.
    pub(crate) text: String,
    /// Its title.
    pub(crate) title: String,
    /// Links of all sorts.
    pub(crate) links: Vec<HtmlLink>,
    /// Script elements, handlers and script links.
    pub(crate) scripts: Vec<Script>,
    /// Forms.
    pub(crate) forms: Vec<Form>,
    /// Line of the first password field.
    pub(crate) password_field: Option<u64>,
    /// Pages inside attributes (`srcdoc`) and conditional comments.
    pub(crate) inner_pages: Vec<String>,
    /// Lines of remote pictures no larger than one pixel.
    pub(crate) pixels: Vec<(String, u64)>,
    /// Names of all elements met that only some pages have (`svg`, `foreignobject`, `hta:application`), lower case.
    pub(crate) rare_elements: Vec<String>,
    /// Whether tags had more attributes than were read, or lists more entries than are kept.
    pub(crate) is_cut: bool,
}

/// How a link is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// On a click.
    Href,
    /// At once: a picture, a frame, a script.
    Source,
    /// When a form is sent.
    Action,
    /// By itself after a time.
    Refresh,
}

impl LinkKind {
    /// The attribute it comes from, as indicators name it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            LinkKind::Href => "href",
            LinkKind::Source => "src",
            LinkKind::Action => "action",
            LinkKind::Refresh => "refresh",
        }
    }
}

/// A link.
#[derive(Debug)]
pub(crate) struct HtmlLink {
    /// How it is followed.
    pub(crate) kind: LinkKind,
    /// The element it is on.
    pub(crate) element: String,
    /// Where it leads, as written, entities decoded.
    pub(crate) target: String,
    /// What the reader sees of it.
    pub(crate) label: String,
    /// Line, from 1.
    pub(crate) line: u64,
}

/// Script of a page.
#[derive(Debug)]
pub(crate) struct Script {
    /// `script`, or the handler's name: `onclick`.
    pub(crate) place: String,
    /// `type` or `language`, lower case.
    pub(crate) language: String,
    /// The code.
    pub(crate) code: String,
    /// Line, from 1.
    pub(crate) line: u64,
}

/// A form.
#[derive(Debug)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: String,
    /// Whether it has a password field.
    pub(crate) has_password: bool,
}

impl View for HtmlView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        match TextView::parse(bytes) {
            Ok(view) => Ok(HtmlView::of(&view.text)),
            Err(_) => Ok(HtmlView::of(&String::from_utf8_lossy(bytes))),
        }
    }
}

impl HtmlView {
    /// Reads a page that is at hand as text.
    pub(crate) fn of(page: &str) -> HtmlView {
        let (page, is_cut) = bounded(page);
        let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(&page));
        // The sink never asks for a script to be run, so one call takes the whole page.
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        let mut reading = tokenizer.sink.reading.take();
        reading.end_link();
        reading.end_script();
        let mut view = reading.view;
        view.is_cut |= is_cut;
        view
    }

    /// All code of the page.
    pub(crate) fn code(&self) -> String {
        let mut code = String::new();
        for script in &self.scripts {
            code.push_str(&script.code);
            code.push('\n');
        }
        code
    }
}

#[derive(Default)]
struct Sink {
    reading: RefCell<Reading>,
}

/// What the tokenizer is inside of.
#[derive(Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Page,
    Script,
    Style,
    Title,
    /// Text fields: shown, but not as the page's words.
    Field,
}

#[derive(Default)]
struct Reading {
    view: HtmlView,
    inside: Inside,
    /// The link whose label is being read.
    open: Option<HtmlLink>,
    script: Option<Script>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut reading = self.reading.borrow_mut();
        match token {
            Token::TagToken(tag) => return reading.tag(tag, line),
            Token::CharacterTokens(text) => reading.characters(&text),
            Token::CommentToken(comment) => reading.comment(&comment),
            Token::DoctypeToken(_) | Token::NullCharacterToken | Token::ParseError(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

impl Reading {
    fn tag(&mut self, tag: Tag, line: u64) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        if tag.kind == TagKind::EndTag {
            self.end(&name);
            return TokenSinkResult::Continue;
        }
        if ends_line(&name) {
            self.line_end();
        }
        self.attributes(&tag, &name, line);
        match name.as_str() {
            "script" => {
                self.end_script();
                let language = attribute(&tag, "type").or_else(|| attribute(&tag, "language")).unwrap_or_default();
                self.script = Some(Script {
                    place: "script".to_owned(),
                    language: language.trim().to_lowercase(),
                    code: String::new(),
                    line,
                });
                // Foreign content closes it in the tag itself.
                if tag.self_closing && self.view.rare_elements.iter().any(|element| element == "svg") {
                    self.end_script();
                    return TokenSinkResult::Continue;
                }
                self.inside = Inside::Script;
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
            "style" | "xmp" | "noembed" | "noframes" => {
                self.inside = Inside::Style;
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            // In an SVG a title may hold elements; what it holds is a title all the same.
            "title" => {
                self.inside = Inside::Title;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "textarea" => {
                self.inside = Inside::Field;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, name: &str) {
        match name {
            "script" => self.end_script(),
            "a" | "area" => self.end_link(),
            "style" | "xmp" | "noembed" | "noframes" | "title" | "textarea" => self.inside = Inside::Page,
            name if ends_line(name) => self.line_end(),
            "td" | "th" => self.view.text.push(' '),
            _ => {}
        }
    }

    fn attributes(&mut self, tag: &Tag, name: &str, line: u64) {
        if matches!(
            name,
            "svg" | "foreignobject" | "hta:application" | "object" | "embed" | "iframe" | "applet" | "frame"
        ) && !self.view.rare_elements.iter().any(|element| element == name)
        {
            self.view.rare_elements.push(name.to_owned());
        }
        if matches!(name, "a" | "area") {
            self.end_link();
        }
        for attribute in &tag.attrs {
            let key = attribute.name.local.to_ascii_lowercase();
            let value = attribute.value.to_string();
            match &*key {
                "href" | "xlink:href" if matches!(name, "a" | "area") => {
                    self.open = Some(HtmlLink {
                        kind: LinkKind::Href,
                        element: name.to_owned(),
                        target: value,
                        label: String::new(),
                        line,
                    });
                }
                "href" | "xlink:href" if name == "base" => self.link(LinkKind::Href, name, value, line),
                "href" | "xlink:href" | "src" | "data" | "background" | "poster" | "codebase" | "srcset" | "dynsrc"
                | "lowsrc" | "classid" => self.link(LinkKind::Source, name, value, line),
                "action" | "formaction" => self.link(LinkKind::Action, name, value, line),
                "srcdoc" => self.inner_page(value),
                key if key.starts_with("on") && key.len() > 3 => self.script(key, value, line),
                _ => {}
            }
        }
        match name {
            "meta"
                if attribute(tag, "http-equiv").is_some_and(|value| value.trim().eq_ignore_ascii_case("refresh")) =>
            {
                if let Some(target) = attribute(tag, "content").as_deref().and_then(refresh_target) {
                    self.link(LinkKind::Refresh, name, target, line);
                }
            }
            "form" if self.has_room(self.view.forms.len()) => {
                let action = attribute(tag, "action").unwrap_or_default();
                self.view.forms.push(Form { action, has_password: false });
            }
            "input" if attribute(tag, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password")) => {
                self.view.password_field.get_or_insert(line);
                if let Some(form) = self.view.forms.last_mut() {
                    form.has_password = true;
                }
            }
            "img" => {
                let is_tiny =
                    |key| attribute(tag, key).is_some_and(|size| matches!(size.trim(), "0" | "1" | "1px" | "0px"));
                if let Some(source) = attribute(tag, "src").filter(|source| source.trim_start().starts_with("http"))
                    && is_tiny("width")
                    && is_tiny("height")
                    && self.has_room(self.view.pixels.len())
                {
                    self.view.pixels.push((source, line));
                }
                if let Some(alternative) = attribute(tag, "alt") {
                    self.label(&alternative);
                }
            }
            _ => {}
        }
    }

    fn has_room(&mut self, length: usize) -> bool {
        self.view.is_cut |= length >= MAX_ENTRIES;
        length < MAX_ENTRIES
    }

    fn link(&mut self, kind: LinkKind, element: &str, target: String, line: u64) {
        if self.has_room(self.view.links.len()) {
            let label = String::new();
            self.view.links.push(HtmlLink { kind, element: element.to_owned(), target, label, line });
        }
    }

    fn end_link(&mut self) {
        if let Some(link) = take(&mut self.open)
            && self.has_room(self.view.links.len())
        {
            if let Some((scheme, code)) = link.target.trim_start().split_once(':')
                && matches!(scheme.to_ascii_lowercase().as_str(), "javascript" | "vbscript")
            {
                self.script("href", code.to_owned(), link.line);
            }
            self.view.links.push(link);
        }
    }

    fn script(&mut self, place: &str, code: String, line: u64) {
        if self.has_room(self.view.scripts.len()) {
            self.view.scripts.push(Script { place: place.to_owned(), language: String::new(), code, line });
        }
    }

    fn end_script(&mut self) {
        if let Some(script) = take(&mut self.script)
            && self.has_room(self.view.scripts.len())
        {
            self.view.scripts.push(script);
        }
        if self.inside == Inside::Script {
            self.inside = Inside::Page;
        }
    }

    fn inner_page(&mut self, page: String) {
        if !page.trim().is_empty() && self.has_room(self.view.inner_pages.len()) {
            self.view.inner_pages.push(page);
        }
    }

    /// Downlevel-hidden conditional comments, which old programs take for content: `[if mso]>…<![endif]`.
    fn comment(&mut self, comment: &str) {
        if let Some(rest) = comment.strip_prefix("[if ")
            && let Some((_, page)) = rest.split_once("]>")
        {
            self.inner_page(page.trim_end_matches("<![endif]").to_owned());
        }
    }

    fn characters(&mut self, text: &str) {
        match self.inside {
            Inside::Script => {
                if let Some(script) = &mut self.script {
                    script.code.push_str(text);
                }
            }
            Inside::Title => self.view.title.push_str(text),
            Inside::Style | Inside::Field => {}
            Inside::Page => {
                push_collapsed(&mut self.view.text, text);
                self.label(text);
            }
        }
    }

    fn label(&mut self, text: &str) {
        if let Some(link) = &mut self.open
            && link.label.len() < MAX_LABEL
        {
            push_collapsed(&mut link.label, text);
        }
    }

    fn line_end(&mut self) {
        if !self.view.text.ends_with('\n') {
            self.view.text.push('\n');
        }
    }
}

/// Blanks and line ends of the source are one blank on the page.
fn push_collapsed(out: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_whitespace() && c != '\u{3000}' {
            if !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs
        .iter()
        .find(|attribute| (*attribute.name.local).eq_ignore_ascii_case(name))
        .map(|attribute| attribute.value.to_string())
}

/// The address in `5; url=https://example.com/`.
fn refresh_target(content: &str) -> Option<String> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let rest = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?,
        _ => rest,
    };
    let target = rest.trim().trim_matches(['"', '\'']);
    (!target.is_empty()).then(|| target.to_owned())
}

fn ends_line(name: &str) -> bool {
    matches!(
        name,
        "br" | "p"
            | "div"
            | "tr"
            | "li"
            | "ul"
            | "ol"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "blockquote"
            | "section"
            | "article"
            | "pre"
            | "form"
            | "body"
            | "head"
            | "dt"
            | "dd"
            | "option"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_seen_and_what_acts() {
        let view = HtmlView::of(
            "<title>T</title><p>Hello&nbsp;<b>world</b></p><style>p{}</style><a href='https://example.com/a'>click \
             <i>here</i></a><script>var a = '<b>';</script><img src=https://example.com/p.gif width=1 height=1>\
             <form action=/f><input type=Password></form><meta http-equiv=Refresh content='0; URL=\"https://example.org/\"'>\
             <p onclick='go()'>x<!--[if mso]><a href='https://example.net/'>m</a><![endif]-->",
        );
        assert_eq!(view.title, "T");
        assert!(view.text.contains("Hello world"), "{:?}", view.text);
        let link = view.links.iter().find(|link| link.kind == LinkKind::Href).unwrap();
        assert_eq!((link.target.as_str(), link.label.as_str()), ("https://example.com/a", "click here"));
        assert_eq!(view.scripts.first().unwrap().code, "var a = '<b>';");
        assert_eq!(view.scripts.last().unwrap().place, "onclick");
        assert_eq!(view.pixels.len(), 1);
        assert!(view.forms.first().unwrap().has_password);
        assert!(view.links.iter().any(|link| link.kind == LinkKind::Refresh && link.target == "https://example.org/"));
        assert_eq!(view.inner_pages, ["<a href='https://example.net/'>m</a>"]);
    }

    #[test]
    fn an_unfinished_page_keeps_what_it_has() {
        let view = HtmlView::of("<a href='https://example.com/'>x<script>run(");
        assert_eq!((view.links.len(), view.scripts.len()), (1, 1));
        let _ = HtmlView::of("<a href='https://example.com/");
        let _ = HtmlView::of(&"<a<".repeat(10_000));
    }
}
