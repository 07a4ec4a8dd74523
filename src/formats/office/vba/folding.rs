//! Statements in order, with every value that is known without running code: which names are used, with which
//! arguments, and which texts come of it. Constants, concatenation, library functions and straight-line assignments are
//! followed; loops, branches and calls of the module's own functions are not run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::functions::{self, MAX_TEXT};
use super::lexer::{Lexed, TokenKind};
use super::value::{Folded, Value};

/// A name used in code, with what it was given.
#[derive(Debug)]
pub(super) struct Use {
    /// Token of the name.
    pub(super) token: usize,
    /// What stands before it.
    pub(super) receiver: Receiver,
    /// Texts of its arguments, where known.
    pub(super) arguments: Vec<Option<String>>,
    /// Whether it names a class, after `New` or `As`.
    pub(super) is_new: bool,
    /// Whether it is assigned to.
    pub(super) is_target: bool,
}

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    /// Nothing: a call or a variable.
    None,
    /// A dot after another name, whose token this is.
    Name(usize),
    /// A dot after something else, or the object of a `With`.
    Other,
}

/// A text that came of folding and that the source does not hold as one literal.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) line: u32,
    pub(super) text: Folded,
}

/// Known values by lower-case name.
pub(super) type Known = BTreeMap<String, Value>;

/// Values known from outside a procedure: its module's, then the project's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outer<'a> {
    pub(super) module: &'a Known,
    pub(super) project: &'a Known,
}

impl<'a> Outer<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.module.get(name).or_else(|| self.project.get(name))
    }
}

/// Bytes that folding may write per project: `x = x & y` over a large payload stays linear, anything worse ends here.
#[derive(Debug)]
pub(super) struct Work(usize);

impl Work {
    pub(super) fn new() -> Self {
        Work(32 << 20)
    }

    fn pay(&mut self, bytes: usize) -> bool {
        match self.0.checked_sub(bytes.saturating_add(16)) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                // What costs too much ends here, lest it be tried again and again.
                self.0 = 0;
                false
            }
        }
    }

    /// Whether folding was cut short.
    pub(super) fn is_spent(&self) -> bool {
        self.0 < 1_024
    }
}

/// Expressions inside expressions; VBA itself refuses far fewer.
const MAX_DEPTH: usize = 48;
/// Texts kept per procedure.
const MAX_MADE: usize = 4_096;

/// Walks the statements of one procedure.
pub(super) struct Folder<'a> {
    lexed: &'a Lexed,
    outer: Outer<'a>,
    work: &'a mut Work,
    known: HashMap<String, Value>,
    /// Names with a local value or lost value: outer values of the same name do not count.
    local: BTreeSet<String>,
    loops: usize,
    depth: usize,
    uses: Vec<Use>,
    made: Vec<Made>,
    at: usize,
    end: usize,
}

impl<'a> Folder<'a> {
    /// A walk with values known from outside the procedure.
    pub(super) fn new(lexed: &'a Lexed, outer: Outer<'a>, locals: &BTreeSet<String>, work: &'a mut Work) -> Self {
        Folder {
            lexed,
            outer,
            work,
            known: HashMap::new(),
            local: locals.clone(),
            loops: 0,
            depth: 0,
            uses: Vec::new(),
            made: Vec::new(),
            at: 0,
            end: 0,
        }
    }

    /// One statement.
    pub(super) fn statement(&mut self, range: &Range<usize>) {
        self.at = range.start;
        self.end = range.end;
        if self.lexed.kind(self.at) == TokenKind::Number {
            self.at = self.at.saturating_add(1);
        }
        match self.word() {
            "for" | "do" | "while" => self.loops = self.loops.saturating_add(1),
            "next" | "loop" | "wend" => self.loops = self.loops.saturating_sub(1),
            _ => {}
        }
        if matches!(self.word(), "public" | "private" | "global" | "static" | "friend") {
            self.at = self.at.saturating_add(1);
        }
        match self.word() {
            "const" => {
                self.at = self.at.saturating_add(1);
                while self.constant() {}
            }
            "let" | "set" => {
                self.at = self.at.saturating_add(1);
                self.assignment();
            }
            _ => self.assignment(),
        }
        // Whatever of the statement is left: arguments without parentheses, words of statements.
        let mut last = usize::MAX;
        while self.at < self.end && self.at != last {
            last = self.at;
            self.loose();
        }
    }

    /// Known values and texts at the procedure's end.
    pub(super) fn finish(mut self) -> (Vec<Use>, Vec<Made>, HashMap<String, Value>) {
        let line = self.lexed.line(self.end.saturating_sub(1));
        let mut left: Vec<(&String, &Value)> = self.known.iter().collect();
        left.sort_by_key(|(name, _)| *name);
        let texts: Vec<Folded> = left
            .into_iter()
            .filter_map(|(_, value)| match value {
                Value::Text(text) if text.is_made() => Some(text.clone()),
                _ => None,
            })
            .collect();
        for text in texts {
            self.note(&text, line);
        }
        (self.uses, self.made, self.known)
    }

    fn word(&self) -> &'a str {
        if self.at < self.end && self.lexed.kind(self.at) == TokenKind::Word { self.lexed.lower(self.at) } else { "" }
    }

    fn is(&self, symbol: &str) -> bool {
        self.at < self.end && self.lexed.is(self.at, symbol)
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn note(&mut self, text: &Folded, line: u32) {
        if text.is_made() && self.made.len() < MAX_MADE && self.work.pay(text.text.len()) {
            self.made.push(Made { line, text: text.clone() });
        }
    }

    /// `Const name [As type] = value`, one of a comma-separated list.
    fn constant(&mut self) -> bool {
        let name = self.word();
        if name.is_empty() {
            return false;
        }
        self.advance();
        while self.at < self.end && !self.is("=") && !self.is(",") {
            self.advance();
        }
        if self.is("=") {
            self.advance();
            let value = self.expression(0);
            self.set(name, value);
        }
        let goes_on = self.is(",");
        self.advance();
        goes_on
    }

    fn set(&mut self, name: &str, value: Value) {
        self.local.insert(name.to_owned());
        if let Some(Value::Text(old)) = self.known.remove(name) {
            // An overwritten text was used before; an extended one is noted when it is complete.
            let is_extended = matches!(&value, Value::Text(new) if new.text.starts_with(&old.text));
            if !is_extended {
                let line = self.lexed.line(self.at.saturating_sub(1));
                self.note(&old, line);
            }
        }
        if value != Value::Unknown {
            self.known.insert(name.to_owned(), value);
        }
    }

    /// `name = value`, or any other start of a statement.
    fn assignment(&mut self) {
        let name = self.word();
        if name.is_empty() || !self.lexed.is(self.at.saturating_add(1), "=") {
            self.head();
            return;
        }
        self.uses.push(Use {
            token: self.at,
            receiver: Receiver::None,
            arguments: Vec::new(),
            is_new: false,
            is_target: true,
        });
        self.advance();
        self.advance();
        // `x = x & …` extends in place: copying the text each time would be quadratic.
        let extends = self.word() == name
            && (self.lexed.is(self.at.saturating_add(1), "&") || self.lexed.is(self.at.saturating_add(1), "+"));
        let old = if extends { self.known.remove(name) } else { None };
        if let Some(Value::Text(mut text)) = old {
            self.advance();
            self.advance();
            let more = self.expression(0);
            let more = if self.loops == 0 { more.into_text() } else { None };
            match more {
                Some(more)
                    if text.text.len().saturating_add(more.text.len()) <= MAX_TEXT
                        && self.work.pay(more.text.len()) =>
                {
                    text.append(&more);
                    self.local.insert(name.to_owned());
                    self.known.insert(name.to_owned(), Value::Text(text));
                }
                _ => self.note(&text, self.lexed.line(self.at.saturating_sub(1))),
            }
            return;
        }
        let value = self.expression(0);
        let value = if extends && self.loops > 0 { Value::Unknown } else { value };
        self.set(name, value);
    }

    /// The first expression of a statement that assigns nothing to a plain name: a call, a member, a keyword.
    fn head(&mut self) {
        if self.word() == "call" {
            self.advance();
        }
        let first = self.uses.len();
        if matches!(self.lexed.kind(self.at), TokenKind::Word) || self.is(".") {
            self.chain();
        }
        // What follows a call without parentheses are its arguments.
        if self.at < self.end && !self.is("=") {
            let target = self.uses.len().checked_sub(1).filter(|last| *last >= first);
            let arguments = self.arguments(false);
            if let Some(named) = target.and_then(|index| self.uses.get_mut(index))
                && named.arguments.is_empty()
            {
                named.arguments = arguments;
            }
        } else if self.is("=") {
            self.advance();
            let value = self.expression(0);
            let line = self.lexed.line(self.at.saturating_sub(1));
            if let Value::Text(text) = value {
                self.note(&text, line);
                let target = self.uses.get_mut(first..).and_then(|uses| uses.last_mut());
                if let Some(named) = target
                    && named.arguments.is_empty()
                {
                    named.arguments.push(Some(text.text));
                }
            }
        }
    }

    /// One more expression somewhere in a statement.
    fn loose(&mut self) {
        let line = self.lexed.line(self.at);
        let before = self.at;
        let value = self.expression(0);
        if let Value::Text(text) = value {
            self.note(&text, line);
        }
        if self.at == before {
            self.advance();
        }
    }

    /// Arguments, up to the closing parenthesis or the end of the statement.
    fn arguments(&mut self, in_parentheses: bool) -> Vec<Option<String>> {
        self.values(in_parentheses)
            .into_iter()
            .map(|value| match value {
                Value::Text(text) => Some(text.text),
                _ => None,
            })
            .collect()
    }

    fn values(&mut self, in_parentheses: bool) -> Vec<Value> {
        const MAX_ARGUMENTS: usize = 65_536;
        let mut values = Vec::new();
        let mut is_empty = true;
        while self.at < self.end {
            if in_parentheses && self.is(")") {
                self.advance();
                break;
            }
            if self.is(",") || self.is(";") {
                if is_empty {
                    values.push(Value::Unknown);
                }
                is_empty = true;
                self.advance();
                continue;
            }
            // `name:=value`
            if self.lexed.is(self.at.saturating_add(1), ":") && self.lexed.is(self.at.saturating_add(2), "=") {
                self.at = self.at.saturating_add(3);
            }
            let before = self.at;
            let line = self.lexed.line(self.at);
            let value = self.expression(0);
            if let Value::Text(text) = &value {
                let text = text.clone();
                self.note(&text, line);
            }
            if self.at == before {
                self.advance();
            } else if values.len() < MAX_ARGUMENTS {
                values.push(value);
                is_empty = false;
            }
        }
        values
    }

    /// An expression, by the precedence of MS-VBAL 5.6.9.
    fn expression(&mut self, floor: u8) -> Value {
        if self.depth >= MAX_DEPTH {
            self.advance();
            return Value::Unknown;
        }
        self.depth = self.depth.saturating_add(1);
        let mut left = self.operand();
        loop {
            let operator = if self.at < self.end { self.lexed.lower(self.at) } else { "" };
            let Some(power) = power(operator).filter(|power| *power >= floor) else { break };
            self.advance();
            // `<>`, `<=` and `>=` are two symbols.
            if matches!(operator, "<" | ">") && (self.is(">") || self.is("=")) {
                self.advance();
            }
            let right = self.expression(power.saturating_add(1));
            left = self.join(operator, left, right);
        }
        self.depth = self.depth.saturating_sub(1);
        left
    }

    fn join(&mut self, operator: &str, left: Value, right: Value) -> Value {
        let is_text = matches!(left, Value::Text(_)) || matches!(right, Value::Text(_));
        if operator == "&" || (operator == "+" && is_text) {
            return match (left.into_text(), right.into_text()) {
                (Some(mut left), Some(right)) => {
                    let fits = left.text.len().saturating_add(right.text.len()) <= MAX_TEXT;
                    if fits && self.work.pay(right.text.len()) {
                        left.append(&right);
                        Value::Text(left)
                    } else {
                        Value::Unknown
                    }
                }
                (left, right) => {
                    // One side stays unknown; what the other has come to is still worth a look.
                    let line = self.lexed.line(self.at.saturating_sub(1));
                    for side in [left, right].into_iter().flatten() {
                        self.note(&side, line);
                    }
                    Value::Unknown
                }
            };
        }
        let (Some(a), Some(b)) = (left.number(), right.number()) else { return Value::Unknown };
        let whole = || Some((left.integer()?, right.integer()?));
        let number = match operator {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" if b != 0.0 => a / b,
            "^" => a.powf(b),
            "\\" => match whole().and_then(|(a, b)| a.checked_div(b)) {
                Some(result) => result as f64,
                None => return Value::Unknown,
            },
            "mod" => match whole().and_then(|(a, b)| a.checked_rem(b)) {
                Some(result) => result as f64,
                None => return Value::Unknown,
            },
            "xor" | "and" | "or" => match whole() {
                Some((a, b)) => {
                    (match operator {
                        "xor" => a ^ b,
                        "and" => a & b,
                        _ => a | b,
                    }) as f64
                }
                None => return Value::Unknown,
            },
            _ => return Value::Unknown,
        };
        if number.is_finite() { Value::Number(number) } else { Value::Unknown }
    }

    fn operand(&mut self) -> Value {
        if self.at >= self.end {
            return Value::Unknown;
        }
        match self.lexed.kind(self.at) {
            TokenKind::Text => {
                let text = self.lexed.literal(self.at);
                self.advance();
                if self.work.pay(text.len()) { Value::Text(Folded::literal(text)) } else { Value::Unknown }
            }
            TokenKind::Number => {
                let number = number(self.lexed.lower(self.at));
                self.advance();
                number.map_or(Value::Unknown, Value::Number)
            }
            TokenKind::Date => {
                self.advance();
                Value::Unknown
            }
            TokenKind::Word => match self.word() {
                "not" | "addressof" | "typeof" | "byval" | "byref" | "call" => {
                    self.advance();
                    let _ = self.expression(6);
                    Value::Unknown
                }
                "new" => {
                    self.advance();
                    let first = self.uses.len();
                    self.chain();
                    if let Some(last) = self.uses.get_mut(first..).and_then(|uses| uses.last_mut()) {
                        last.is_new = true;
                    }
                    Value::Unknown
                }
                "as" => {
                    // A type, or an object of it: `As New WshShell`.
                    self.advance();
                    if self.word() == "new" {
                        self.advance();
                    }
                    let first = self.uses.len();
                    self.chain();
                    if let Some(last) = self.uses.get_mut(first..).and_then(|uses| uses.last_mut()) {
                        last.is_new = true;
                    }
                    Value::Unknown
                }
                _ => self.chain(),
            },
            TokenKind::Symbol if self.is("(") => {
                self.advance();
                let value = self.expression(0);
                if self.is(")") {
                    self.advance();
                }
                value
            }
            TokenKind::Symbol if self.is("-") || self.is("+") => {
                let is_minus = self.is("-");
                self.advance();
                match self.expression(6) {
                    Value::Number(number) if is_minus => Value::Number(-number),
                    value => value,
                }
            }
            TokenKind::Symbol if self.is(".") || self.is("!") => self.chain(),
            // A file number.
            TokenKind::Symbol if self.is("#") => {
                self.advance();
                Value::Unknown
            }
            TokenKind::Symbol | TokenKind::LineEnd => Value::Unknown,
        }
    }

    /// `a.b(c)!d`: names joined by dots, with arguments.
    fn chain(&mut self) -> Value {
        let mut receiver = Receiver::None;
        if self.is(".") || self.is("!") {
            self.advance();
            receiver = Receiver::Other;
        }
        let mut value = Value::Unknown;
        while self.at < self.end && self.lexed.kind(self.at) == TokenKind::Word {
            let token = self.at;
            let name = self.lexed.lower(token);
            self.advance();
            let values = if self.is("(") {
                self.advance();
                if self.depth >= MAX_DEPTH {
                    None
                } else {
                    self.depth = self.depth.saturating_add(1);
                    let values = self.values(true);
                    self.depth = self.depth.saturating_sub(1);
                    Some(values)
                }
            } else {
                None
            };
            let texts = values.as_deref().unwrap_or_default().iter().map(|value| match value {
                Value::Text(text) => Some(text.text.clone()),
                _ => None,
            });
            let arguments = texts.collect();
            self.uses.push(Use { token, receiver, arguments, is_new: false, is_target: false });
            value = self.value_of(name, receiver, values);
            if !(self.is(".") || self.is("!")) {
                break;
            }
            self.advance();
            receiver =
                if self.lexed.is(token.saturating_add(1), "(") { Receiver::Other } else { Receiver::Name(token) };
        }
        value
    }

    /// What a name stands for.
    fn value_of(&mut self, name: &str, receiver: Receiver, arguments: Option<Vec<Value>>) -> Value {
        let is_bare = match receiver {
            Receiver::None => true,
            Receiver::Name(token) => {
                LIBRARY.contains(&self.lexed.lower(token)) || (arguments.is_none() && self.outer.get(name).is_some())
            }
            Receiver::Other => false,
        };
        if !is_bare {
            return Value::Unknown;
        }
        let held = self.known.get(name).or_else(|| self.outer.get(name).filter(|_| !self.local.contains(name)));
        match (held, arguments) {
            (Some(Value::List(list)), Some(arguments)) => {
                let index = arguments.first().and_then(Value::count);
                index.and_then(|index| list.get(index)).cloned().unwrap_or(Value::Unknown)
            }
            (Some(value), None) => {
                let size = match value {
                    Value::Text(text) => text.text.len(),
                    Value::List(list) => list.len().saturating_mul(32),
                    Value::Number(_) | Value::Unknown => 8,
                };
                let value = value.clone();
                if self.work.pay(size) { value } else { Value::Unknown }
            }
            (None, Some(arguments)) if functions::is_known(name) && !self.local.contains(name) => {
                let size = arguments
                    .iter()
                    .map(|value| match value {
                        Value::Text(text) => text.text.len(),
                        Value::List(list) => list.len().saturating_mul(64),
                        Value::Number(_) | Value::Unknown => 8,
                    })
                    .fold(0usize, usize::saturating_add);
                if !self.work.pay(size.saturating_mul(2)) {
                    return Value::Unknown;
                }
                let value = functions::call(name, arguments);
                // `String(60000, "a")` makes much of little.
                let made = match &value {
                    Value::Text(text) => text.text.len(),
                    Value::List(list) => list.len().saturating_mul(64),
                    Value::Number(_) | Value::Unknown => 0,
                };
                if self.work.pay(made) { value } else { Value::Unknown }
            }
            (None, None) => functions::constant(name).unwrap_or(Value::Unknown),
            _ => Value::Unknown,
        }
    }
}

/// Modules of the VBA library that may stand before a function's name.
const LIBRARY: [&str; 8] = ["vba", "strings", "conversion", "interaction", "information", "math", "filesystem", "me"];

fn power(operator: &str) -> Option<u8> {
    Some(match operator {
        "xor" | "or" | "and" | "eqv" | "imp" => 1,
        "=" | "<" | ">" | "like" | "is" => 2,
        "&" => 3,
        "+" | "-" => 4,
        "mod" => 5,
        "\\" | "*" | "/" => 6,
        "^" => 7,
        _ => return None,
    })
}

/// A number literal: decimal, `&H` or `&O`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_end_matches('&');
    if let Some(hex) = text.strip_prefix("&h") {
        let value = i64::from_str_radix(hex, 16).ok()?;
        // Four digits are an Integer: &HFFFF is -1.
        return Some(if hex.len() == 4 && value > 0x7fff { (value - 0x1_0000) as f64 } else { value as f64 });
    }
    if let Some(octal) = text.strip_prefix("&o") {
        return i64::from_str_radix(octal, 8).ok().map(|value| value as f64);
    }
    text.replace('d', "e").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::syntax::Code;
    use super::*;

    type Uses = Vec<(String, Vec<Option<String>>)>;

    fn fold(body: &str) -> (Vec<String>, Uses) {
        let code = Code::new("M", &format!("Sub A()\n{body}\nEnd Sub\n"));
        let outer = Known::new();
        let mut work = Work::new();
        let procedure = &code.procedures[0];
        let mut folder =
            Folder::new(&code.lexed, Outer { module: &outer, project: &outer }, &procedure.locals, &mut work);
        for statement in &procedure.statements {
            folder.statement(statement);
        }
        let (uses, made, _) = folder.finish();
        let uses = uses.into_iter().map(|used| (code.lexed.lower(used.token).to_owned(), used.arguments)).collect();
        (made.into_iter().map(|made| made.text.text).collect(), uses)
    }

    fn argument(body: &str, name: &str) -> Option<String> {
        let (_, uses) = fold(body);
        uses.into_iter().find(|(used, _)| used == name)?.1.into_iter().next()?
    }

    #[test]
    fn pieces_come_together() {
        for (body, wanted) in [
            ("Shell \"cm\" & \"d.e\" & \"xe\"", "cmd.exe"),
            ("Shell Chr(99) & Chr$(&H6D) & ChrW(100), 0", "cmd"),
            ("Call Shell(StrReverse(\"exe.dmc\"), vbHide)", "cmd.exe"),
            ("x = Shell(Replace(\"c##md\", \"#\", \"\"))", "cmd"),
            ("a = \"c\"\nb = a & \"m\"\nb = b + \"d\"\nShell b", "cmd"),
            ("Const c = \"cm\", d = \"d\"\nShell c & d", "cmd"),
            ("v = Array(\"c\", \"m\", \"d\")\nShell Join(v, \"\")", "cmd"),
            ("v = Split(\"x-cmd-y\", \"-\")\nShell v(1)", "cmd"),
            ("Shell Chr(Asc(\"b\") + 1) & Chr(108 Xor 1) & VBA.Chr(50 * 2)", "cmd"),
            ("Shell Environ(\"TEMP\") & \"\\a.exe\"", "%TEMP%\\a.exe"),
            ("If x Then Shell \"c\" & _\n  \"md\"", "cmd"),
            ("Shell Mid(\"xxcmdxx\", 3, 3)", "cmd"),
            ("Shell LCase(\"CM\" & \"D\")", "cmd"),
            ("Shell pathname:=\"c\" & \"md\", windowstyle:=0", "cmd"),
        ] {
            assert_eq!(argument(body, "shell").as_deref(), Some(wanted), "{body}");
        }
    }

    #[test]
    fn what_depends_on_running_stays_unknown() {
        for body in
            ["Shell f(\"a\")", "For i = 1 To 3\ns = s & \"a\"\nNext\nShell s", "Shell a & \"b\"", "Shell 1 / 0 & \"\""]
        {
            assert_eq!(argument(body, "shell"), None, "{body}");
        }
    }

    #[test]
    fn pieces_beside_an_unknown_are_kept() {
        let (made, _) = fold("u = \"htt\" & \"p://\" & host & \"/a\"");
        assert_eq!(made, ["http://"]);
        let (made, _) = fold("u = \"plain\"\nMsgBox \"also plain\"");
        assert!(made.is_empty());
    }

    #[test]
    fn long_text_built_in_steps_is_linear() {
        let body: String = (0..20_000).map(|n| format!("s = s & \"chunk{n}\"\n")).collect();
        let (made, _) = fold(&format!("s = \"\"\n{body}"));
        assert!(made.iter().any(|text| text.len() > 100_000));
    }

    #[test]
    fn depth_and_noise_end() {
        fold(&"(".repeat(50_000));
        fold(&"f(".repeat(50_000));
        fold(&"- ".repeat(50_000));
        fold(&"New ".repeat(50_000));
        fold("= = & . ! , ) # \" ");
        fold(&format!("x = \"a\"\n{}", "x = x & x & x\n".repeat(200)));
    }
}
