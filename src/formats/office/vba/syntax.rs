//! Tokens to procedures: where each begins and ends, what is declared in it, and the statements in between. No syntax
//! tree: a line that makes no sense costs itself only.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Lexed, TokenKind};

/// One module's code.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// Its name, lower case.
    pub(super) module: String,
    pub(super) lexed: Lexed,
    pub(super) procedures: Vec<Procedure>,
    /// Statements outside procedures.
    pub(super) outside: Vec<Range<usize>>,
    pub(super) declares: Vec<Declare>,
    /// Names declared outside procedures, lower case.
    pub(super) globals: BTreeSet<String>,
}

/// A procedure.
#[derive(Debug, Default)]
pub(super) struct Procedure {
    /// Its name as written.
    pub(super) name: String,
    /// Line of its head.
    pub(super) line: u32,
    /// Its statements, as ranges of tokens.
    pub(super) statements: Vec<Range<usize>>,
    /// Parameters and local names, lower case: they hide procedures of the same name.
    pub(super) locals: BTreeSet<String>,
    /// Its parameters, lower case, in order.
    pub(super) parameters: Vec<String>,
    /// Whether it gives a value.
    pub(super) is_function: bool,
}

/// A library function made known with `Declare`, MS-VBAL 5.2.3.5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declare {
    /// The name code uses, lower case.
    pub(super) name: String,
    /// The function's name in the library, lower case.
    pub(super) function: String,
    /// The library, as written.
    pub(super) library: String,
    pub(super) line: u32,
}

const MODIFIERS: [&str; 5] = ["public", "private", "friend", "static", "global"];

impl Code {
    /// Reads a module.
    pub(super) fn new(module: &str, source: &str) -> Self {
        let lexed = Lexed::new(source);
        let statements = statements(&lexed);
        let mut code = Code { module: module.to_lowercase(), lexed, ..Code::default() };
        let mut open: Option<Procedure> = None;
        for statement in statements {
            let head = code.after_modifiers(&statement);
            let (first, second) = (code.lexed.lower(head), code.lexed.lower(head.saturating_add(1)));
            if code.lexed.kind(head) == TokenKind::Word {
                if first == "attribute" {
                    continue;
                }
                if first == "declare" {
                    let declare = code.declare(head, statement.end);
                    code.declares.extend(declare);
                    continue;
                }
                if first == "end" && matches!(second, "sub" | "function" | "property") {
                    code.procedures.extend(open.take());
                    continue;
                }
                if let Some(procedure) = code.head(head, statement.end) {
                    code.procedures.extend(open.replace(procedure));
                    continue;
                }
            }
            let names = code.declared(&statement, head);
            match &mut open {
                Some(procedure) => {
                    procedure.locals.extend(names);
                    procedure.statements.push(statement);
                }
                None => {
                    code.globals.extend(names);
                    code.outside.push(statement);
                }
            }
        }
        code.procedures.extend(open);
        code
    }

    fn after_modifiers(&self, statement: &Range<usize>) -> usize {
        let mut head = statement.start;
        // A line number is a label.
        if self.lexed.kind(head) == TokenKind::Number {
            head = head.saturating_add(1);
        }
        while head < statement.end && MODIFIERS.contains(&self.lexed.lower(head)) {
            head = head.saturating_add(1);
        }
        head
    }

    /// `Sub name(`, `Function name(`, `Property Get name(`, MS-VBAL 5.3.1.
    fn head(&self, at: usize, end: usize) -> Option<Procedure> {
        let name = match self.lexed.lower(at) {
            "sub" | "function" => at.checked_add(1)?,
            "property" if matches!(self.lexed.lower(at.checked_add(1)?), "get" | "let" | "set") => at.checked_add(2)?,
            _ => return None,
        };
        if name >= end || self.lexed.kind(name) != TokenKind::Word {
            return None;
        }
        let mut procedure =
            Procedure { name: self.lexed.spelling(name).to_owned(), line: self.lexed.line(at), ..Procedure::default() };
        procedure.is_function = self.lexed.is_word(at, "function") || self.lexed.is_word(at.saturating_add(1), "get");
        let mut depth = 0usize;
        let mut expects = false;
        for index in name.saturating_add(1)..end {
            match self.lexed.lower(index) {
                "(" => {
                    depth = depth.saturating_add(1);
                    expects = depth == 1;
                }
                ")" => depth = depth.saturating_sub(1),
                "," => expects = depth == 1,
                "byval" | "byref" | "optional" | "paramarray" => {}
                word if expects && self.lexed.kind(index) == TokenKind::Word => {
                    procedure.locals.insert(word.to_owned());
                    procedure.parameters.push(word.to_owned());
                    expects = false;
                }
                _ => {}
            }
        }
        Some(procedure)
    }

    fn declare(&self, at: usize, end: usize) -> Option<Declare> {
        let mut at = at.checked_add(1)?;
        while matches!(self.lexed.lower(at), "ptrsafe" | "sub" | "function") && at < end {
            at = at.checked_add(1)?;
        }
        let name = self.lexed.lower(at).to_owned();
        let text_after = |word: &str| {
            (at..end)
                .find(|index| self.lexed.is_word(*index, word))
                .map(|index| self.lexed.literal(index.saturating_add(1)))
        };
        let function = text_after("alias").unwrap_or_else(|| name.clone()).to_lowercase();
        let library = text_after("lib").unwrap_or_default();
        Some(Declare { name, function, library, line: self.lexed.line(at) })
    }

    /// Names a `Dim`, `Static`, `Const` or (outside procedures) `Public` statement declares.
    fn declared(&self, statement: &Range<usize>, head: usize) -> Vec<String> {
        let is_declaration = match self.lexed.lower(head) {
            "dim" | "const" | "redim" => true,
            _ => head > statement.start,
        };
        if !is_declaration {
            return Vec::new();
        }
        let from =
            if matches!(self.lexed.lower(head), "dim" | "const" | "redim") { head.saturating_add(1) } else { head };
        let mut names = Vec::new();
        let (mut depth, mut expects) = (0usize, true);
        for index in from..statement.end {
            match self.lexed.lower(index) {
                "(" => depth = depth.saturating_add(1),
                ")" => depth = depth.saturating_sub(1),
                "," => expects = depth == 0,
                "withevents" | "preserve" => {}
                word if expects && self.lexed.kind(index) == TokenKind::Word => {
                    names.push(word.to_owned());
                    expects = false;
                }
                _ => {}
            }
        }
        names
    }
}

/// Statements, as ranges of tokens: lines, and what `:`, `Then` and `Else` separate on one.
fn statements(lexed: &Lexed) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0usize;
    for index in 0..lexed.tokens.len() {
        let next = index.saturating_add(1);
        let cut = match lexed.kind(index) {
            TokenKind::LineEnd => Some((index, next)),
            // `:=` names an argument.
            TokenKind::Symbol if lexed.lower(index) == ":" && !lexed.is(next, "=") => Some((index, next)),
            TokenKind::Word if matches!(lexed.lower(index), "then" | "else") => Some((next, next)),
            _ => None,
        };
        if let Some((end, next)) = cut {
            if end > start {
                out.push(start..end);
            }
            start = next;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "Attribute VB_Name = \"M\"
Private Declare PtrSafe Function Get1 Lib \"urlmon\" Alias \"URLDownloadToFileA\" (ByVal a As Long) As Long
Const A = \"x\", B = 2
Public Sub Main(ByVal x As String, Optional y)
  Dim i As Long, t(10, 2) As String
  If x = \"\" Then Shell y Else Beep: Foo a:=1
End Sub
Property Get Value() As Long
  Value = 1
End Property
Sub Unfinished()
  Bar
";

    #[test]
    fn finds_procedures_and_what_they_declare() {
        let code = Code::new("M", SOURCE);
        let names: Vec<&str> = code.procedures.iter().map(|procedure| procedure.name.as_str()).collect();
        assert_eq!(names, ["Main", "Value", "Unfinished"]);
        let main = &code.procedures[0];
        assert_eq!(main.locals.iter().map(String::as_str).collect::<Vec<_>>(), ["i", "t", "x", "y"]);
        assert_eq!((main.line, main.statements.len()), (4, 5));
        assert_eq!(code.globals.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(
            code.declares,
            [Declare { name: "get1".into(), function: "urldownloadtofilea".into(), library: "urlmon".into(), line: 2 }]
        );
    }
}
