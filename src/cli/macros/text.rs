//! Macros as a person reads them: source with line numbers, a sign in the margin where a line is worth a look, and below
//! such a line what it means.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::gather::{Macros, Module, Other, Program};
use crate::formats::office::vba::{Sort, Why};
use crate::model::name::escape;
use crate::report::{Language, Paint};

/// Characters of one explanation.
const MAX_TEXT: usize = 400;

/// Writes everything shown of one input.
pub(super) fn write(out: &mut impl Write, macros: &Macros, paint: Paint, language: Language) -> io::Result<()> {
    let mut view = View { out, paint, language };
    view.input(macros)
}

struct View<'a, W> {
    out: &'a mut W,
    paint: Paint,
    language: Language,
}

impl<W: Write> View<'_, W> {
    fn input(&mut self, macros: &Macros) -> io::Result<()> {
        writeln!(self.out, "{}", self.paint.bold(AnsiColor::White, &escape(&macros.input)))?;
        if macros.is_empty() {
            let nothing = self.language.pick("  no macro code was found", "  マクロは見つかりませんでした");
            writeln!(self.out, "{nothing}")?;
        }
        for gap in &macros.unread {
            let title = self.language.pick("not read:", "読めなかったもの:");
            writeln!(self.out, "  {} {}", self.paint.color(AnsiColor::Magenta, title), escape(gap))?;
        }
        for program in &macros.programs {
            self.program(program)?;
        }
        for other in &macros.others {
            self.other(other)?;
        }
        if !macros.strings.is_empty() {
            let title = self.language.pick("strings a macro could reach", "マクロから参照できる文字列");
            writeln!(self.out, "\n  {}", self.paint.bold(AnsiColor::Cyan, title))?;
            for (path, text) in &macros.strings {
                writeln!(self.out, "    {path} {}", escape(&cut(text)))?;
            }
        }
        writeln!(self.out)
    }

    fn program(&mut self, program: &Program) -> io::Result<()> {
        writeln!(self.out, "\n  {} {}", program.path, self.paint.bold(AnsiColor::Cyan, &escape(&program.name)))?;
        if let Some(project) = &program.project {
            let title = self.language.pick("project", "プロジェクト");
            let mut said = vec![format!("{title} {}", escape(&project.name)), project.code_page.clone()];
            for (holds, english, japanese) in [
                (project.is_locked, "locked for viewing", "表示ロック"),
                (project.has_password, "password", "パスワードあり"),
                (project.is_tampered, "protection fields do not decrypt", "保護情報が改変されています"),
            ] {
                if holds {
                    said.push(self.language.pick(english, japanese).to_owned());
                }
            }
            writeln!(self.out, "    {}", said.join(" · "))?;
            let title = self.language.pick("reference", "参照");
            for (name, libid) in &project.references {
                writeln!(self.out, "    {title} {} {}", escape(name), self.paint.dim(&escape(libid)))?;
            }
        }
        for (index, module) in program.modules.iter().enumerate() {
            self.module(program, index, module)?;
        }
        self.summary(program)
    }

    fn module(&mut self, program: &Program, index: usize, module: &Module) -> io::Result<()> {
        let kind = match module.sort {
            Some(Sort::Document) => self.language.pick("document module", "文書モジュール"),
            Some(Sort::Standard) => self.language.pick("standard module", "標準モジュール"),
            Some(Sort::Class) => self.language.pick("class", "クラス"),
            Some(Sort::Form) => self.language.pick("form", "フォーム"),
            None => self.language.pick("module", "モジュール"),
        };
        let mut said = vec![kind.to_owned()];
        if !module.decoded.is_empty() {
            said.push(module.decoded.clone());
        }
        if module.is_hidden {
            said.push(self.language.pick("hidden from the editor", "エディターに表示されません").to_owned());
        }
        let name = self.paint.bold(AnsiColor::Green, &escape(&module.name));
        writeln!(self.out, "\n  {} {name} · {}", module.path, said.join(" · "))?;
        let mut marks = program.review.marks.iter().filter(|mark| mark.module == index).peekable();
        for (number, line) in (1u32..).zip(lines(&module.source)) {
            let mut here = Vec::new();
            while let Some(mark) = marks.next_if(|mark| mark.line <= number) {
                here.push(mark);
            }
            let margin = here.iter().map(|mark| sign(mark.why, mark.is_reached)).min_by_key(|(rank, ..)| *rank);
            let text = shown(line);
            match margin {
                Some((_, sign, color)) => {
                    let sign = self.paint.bold(color, &sign.to_string());
                    writeln!(self.out, "{sign} {number:>5} | {}", self.paint.color(color, &text))?;
                }
                None => writeln!(self.out, "  {} | {text}", self.paint.dim(&format!("{number:>5}")))?,
            }
            for mark in here {
                let (.., color) = sign(mark.why, mark.is_reached);
                let said = self.explain(mark.why, &mark.text);
                writeln!(self.out, "        ^ {}", self.paint.color(color, &said))?;
            }
        }
        if let Some(pcode) = &module.pcode {
            let title = self.language.pick("compiled code", "コンパイル済みコード");
            writeln!(self.out, "    {}", self.paint.bold(AnsiColor::Blue, title))?;
            for line in lines(pcode) {
                writeln!(self.out, "        | {}", shown(line))?;
            }
        }
        Ok(())
    }

    fn explain(&self, why: Why, text: &str) -> String {
        match why {
            Why::Starts(kind) => {
                let (english, japanese) = kind.words();
                match self.language {
                    Language::English => format!("{} starts {english}", escape(text)),
                    Language::Japanese => format!("{} は{japanese}始まります", escape(text)),
                }
            }
            Why::Does(deed) => {
                let (english, japanese) = deed.words();
                format!("{}: {}", self.language.pick(english, japanese), escape(&cut(text)))
            }
            Why::Makes => format!("= \"{}\"", escape(&cut(text))),
        }
    }

    /// What starts, and the ways from there to what is done.
    fn summary(&mut self, program: &Program) -> io::Result<()> {
        let review = &program.review;
        let starts: Vec<_> = review.marks.iter().filter(|mark| matches!(mark.why, Why::Starts(_))).collect();
        if !starts.is_empty() {
            let title = self.language.pick("what starts", "起動の契機");
            writeln!(self.out, "\n  {}", self.paint.bold(AnsiColor::Yellow, title))?;
        }
        for mark in starts {
            let place = place(program, mark.module, mark.line);
            writeln!(self.out, "    {} ({place})", self.explain(mark.why, &mark.text))?;
        }
        if !review.ways.is_empty() {
            let title = self.language.pick("what it leads to", "実行される動作");
            writeln!(self.out, "\n  {}", self.paint.bold(AnsiColor::Red, title))?;
        }
        for way in &review.ways {
            let steps: Vec<String> = way
                .steps
                .iter()
                .map(|step| format!("{} ({})", escape(&cut(&step.text)), place(program, step.module, step.line)))
                .collect();
            let (english, japanese) = way.does.words();
            writeln!(self.out, "    {}: {}", self.language.pick(english, japanese), steps.join(" → "))?;
        }
        if review.is_cut {
            let what = self.language.pick("reviewed up to a limit only", "上限まで解析しました");
            writeln!(self.out, "    {}", self.paint.color(AnsiColor::Magenta, what))?;
        }
        Ok(())
    }

    fn other(&mut self, other: &Other) -> io::Result<()> {
        let name = self.paint.bold(AnsiColor::Green, &escape(&other.name));
        writeln!(self.out, "\n  {} {name} · {}", other.path, other.format)?;
        for (number, line) in (1u32..).zip(lines(&other.text)) {
            writeln!(self.out, "  {} | {}", self.paint.dim(&format!("{number:>5}")), shown(line))?;
        }
        Ok(())
    }
}

fn place(program: &Program, module: usize, line: u32) -> String {
    let name = program.modules.get(module).map_or("", |module| module.name.as_str());
    format!("{} {line}", escape(name))
}

/// Rank, sign and colour of a mark: what starts, what is done on the way from there, what is done elsewhere, texts.
fn sign(why: Why, is_reached: bool) -> (u8, char, AnsiColor) {
    match (why, is_reached) {
        (Why::Starts(_), true) => (0, '!', AnsiColor::Yellow),
        (Why::Does(_), true) => (1, '*', AnsiColor::Red),
        (Why::Starts(_), false) => (2, '!', AnsiColor::Yellow),
        (Why::Does(_), false) => (3, '+', AnsiColor::Yellow),
        (Why::Makes, _) => (4, '=', AnsiColor::Cyan),
    }
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT);
    if end < text.len() { format!("{}…", text.get(..end).unwrap_or_default()) } else { text.to_owned() }
}

/// Lines as the macro editor counts them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            rest = None;
            return Some(text);
        };
        let (line, tail) = text.split_at(end);
        rest = Some(tail.strip_prefix("\r\n").or_else(|| tail.get(1..)).unwrap_or_default());
        Some(line)
    })
}

/// A line of source: indentation stays, characters that deceive are spelled out.
fn shown(line: &str) -> String {
    let line = line.replace('\t', "    ");
    let body = line.trim_start_matches(' ');
    let mut out = " ".repeat(line.len().saturating_sub(body.len()));
    for c in body.chars() {
        match c {
            ' ' | '\u{3000}' => out.push(c),
            c => out.push_str(&escape(&c.to_string())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_the_editor_does() {
        assert_eq!(lines("a\r\nb\rc\n\nd\r\n").collect::<Vec<_>>(), ["a", "b", "c", "", "d"]);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn source_cannot_drive_the_terminal() {
        assert_eq!(shown("\tx = \"\u{1b}[2J\u{202e}\""), "    x = \"\\u{1b}[2J\\u{202e}\"");
    }
}
