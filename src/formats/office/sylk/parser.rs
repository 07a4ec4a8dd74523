//! Records of SYLK: a line each, a type, then fields separated by semicolons, two of which stand for one.

use std::collections::HashMap;

use crate::formats::office::xlm::Visibility;
use crate::formats::office::xlm::formula::{Expr, shifted};
use crate::formats::office::xlm::is_auto_name;
use crate::formats::office::xlm::parse::{Style, parse};
use crate::formats::office::xlm::program::{Cell, Name, Program, SheetKind, Value};
use crate::formats::office::xlm::text::address;
use crate::model::{Location, Problem};

/// What a SYLK file holds.
#[derive(Debug, Default)]
pub(super) struct Sylk {
    /// Its macros; of a file without any, nothing but the sheet.
    pub(super) program: Program,
    /// DDE links in formulas, as service, topic and line.
    pub(super) links: Vec<(String, String, u64)>,
}

/// DDE links kept.
const MAX_LINKS: usize = 100;

/// Reads a file.
pub(super) fn read(text: &str) -> Sylk {
    let mut sylk = Sylk::default();
    let is_macro = text.lines().any(|line| {
        let line = line.trim();
        let is_option = line.strip_prefix("O;").is_some_and(|rest| fields(rest).any(|field| field == "E"));
        is_option || name_of(line).is_some_and(|name| is_auto_name(&name))
    });
    let kind = if is_macro { SheetKind::Macro } else { SheetKind::Work };
    let sheet = sylk.program.sheet("SYLK", kind, Visibility::Visible, Location::whole());
    let mut at = (0u32, 0u32);
    let mut formulas: HashMap<(u32, u32), Expr> = HashMap::new();
    for (line, number) in text.lines().zip(1u64..) {
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix("C;") {
            read_cell(&Line { fields: rest, number, sheet, is_macro }, &mut at, &mut formulas, &mut sylk);
        } else if let Some(rest) = line.strip_prefix("F;") {
            // Formats move the place that later cells count from.
            for field in fields(rest) {
                place(&field, &mut at);
            }
        } else if let Some(name) = name_of(line) {
            let formula = fields(line).find_map(|field| field.strip_prefix('E').map(str::to_owned));
            let formula = formula.and_then(|formula| parse(&formula, Style::R1C1 { row: 0, column: 0 }).ok());
            sylk.program.name(Name { name, is_hidden: false, formula });
        }
    }
    sylk
}

/// The name that a record of names defines.
fn name_of(line: &str) -> Option<String> {
    let rest = line.strip_prefix("NN;")?;
    fields(rest).find_map(|field| field.strip_prefix('N').map(str::to_owned))
}

/// Fields of a record, with what stands for semicolons and for other characters put right.
fn fields(rest: &str) -> impl Iterator<Item = String> {
    let mut left = Some(rest);
    std::iter::from_fn(move || {
        let mut rest = left.take()?;
        let mut field = String::new();
        loop {
            match rest.split_once(';') {
                Some((before, behind)) => {
                    field.push_str(before);
                    match behind.strip_prefix(';') {
                        Some(behind) => {
                            field.push(';');
                            rest = behind;
                        }
                        None => {
                            left = Some(behind);
                            break;
                        }
                    }
                }
                None => {
                    field.push_str(rest);
                    break;
                }
            }
        }
        Some(unescaped(field))
    })
}

/// An escape and two characters are a byte: its halves, in the rows of blanks and of digits. `N` and more are letters with
/// accents, which stay as they are.
fn unescaped(field: String) -> String {
    if !field.contains('\u{1b}') {
        return field;
    }
    let mut out = String::new();
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
            continue;
        }
        let mut ahead = chars.clone();
        let halves = (ahead.next().map(u32::from), ahead.next().map(u32::from));
        if let (Some(high @ 0x20..=0x2F), Some(low @ 0x30..=0x3F)) = halves {
            out.extend(char::from_u32((high & 0xF) << 4 | (low & 0xF)));
            chars = ahead;
        }
    }
    out
}

/// Takes over a row or column.
fn place(field: &str, at: &mut (u32, u32)) {
    let number = |text: &str| text.trim().parse::<u32>().ok().and_then(|number| number.checked_sub(1));
    if let Some(row) = field.strip_prefix('Y').and_then(number) {
        at.0 = row;
    } else if let Some(column) = field.strip_prefix('X').and_then(number) {
        at.1 = column;
    }
}

struct Line<'a> {
    fields: &'a str,
    number: u64,
    sheet: usize,
    is_macro: bool,
}

/// A cell: place, value (K), formula (E), or the cell whose formula it shares (S with R and C).
fn read_cell(line: &Line<'_>, at: &mut (u32, u32), formulas: &mut HashMap<(u32, u32), Expr>, sylk: &mut Sylk) {
    let (mut value, mut formula, mut shares, mut from) = (Value::Empty, None, false, (None, None));
    for field in fields(line.fields) {
        let rest = field.get(1..).unwrap_or_default();
        match field.as_bytes().first() {
            Some(b'Y' | b'X') => place(&field, at),
            Some(b'K') => value = value_of(rest),
            Some(b'E' | b'M') if !rest.is_empty() => formula = Some(rest.to_owned()),
            Some(b'S') if rest.is_empty() => shares = true,
            Some(b'R') => from.0 = rest.trim().parse::<u32>().ok().and_then(|row| row.checked_sub(1)),
            Some(b'C') => from.1 = rest.trim().parse::<u32>().ok().and_then(|column| column.checked_sub(1)),
            _ => {}
        }
    }
    let (row, column) = *at;
    let mut cell = Cell::constant(value);
    if let Some(text) = formula {
        if let Some((service, topic)) = link(&text).filter(|_| sylk.links.len() < MAX_LINKS) {
            sylk.links.push((service, topic, line.number));
        }
        if line.is_macro {
            match parse(&text, Style::R1C1 { row, column }) {
                Ok(formula) => {
                    formulas.insert(*at, formula.clone());
                    cell.formula = Some(formula);
                }
                Err(why) => {
                    let what = format!("formula of cell {} is not followed: {why}", address(row, column));
                    sylk.program.problem(Problem::unsupported(what, Location::line(line.number)));
                    cell.unread = Some(text.into());
                }
            }
        }
    } else if shares && let (Some(row), Some(column)) = from {
        cell.formula = formulas.get(&(row, column)).map(|formula| shifted(formula, (row, column), *at));
    }
    if line.is_macro {
        sylk.program.cell(line.sheet, row, column, cell);
    }
}

fn value_of(text: &str) -> Value {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('"') {
        return Value::Text(inside.strip_suffix('"').unwrap_or(inside).into());
    }
    match text {
        "TRUE" => Value::Bool(true),
        "FALSE" => Value::Bool(false),
        error if error.starts_with('#') => Value::Error("#VALUE!"),
        number => number.parse().map_or(Value::Empty, Value::Number),
    }
}

/// Service and topic of a DDE link in a formula: `service|'topic'!item`, outside texts.
fn link(formula: &str) -> Option<(String, String)> {
    let mut is_text = false;
    let bar = formula.char_indices().find(|(_, c)| {
        is_text ^= *c == '"';
        *c == '|' && !is_text
    });
    let (before, topic) = formula.split_at_checked(bar?.0)?;
    let service = before.trim_end_matches('\'');
    let start = service.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | ':' | '/' | '-')));
    let service = service.get(start.map_or(0, |start| start.saturating_add(1))..)?;
    let topic = topic.get(1..)?;
    let topic = match topic.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next()?,
        None => topic.split('!').next()?,
    };
    (!service.is_empty()).then(|| (service.to_owned(), topic.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::xlm::text::shown;

    #[test]
    fn macros_values_and_shared_formulas() {
        let text = "ID;PWXL;N;E\r\nO;L;E\r\nNN;NAuto_Open;ER1C1\r\nC;Y1;X1;K0;EEXEC(\"a;;b\")\r\nC;Y2;EGOTO(R[1]C)\r\n\
                    C;X2;K\"x\u{1b} :y\"\r\nF;Y5;X1\r\nC;S;R2;C1\r\nE\r\n";
        let sylk = read(text);
        let sheet = &sylk.program.sheets[0];
        assert_eq!(sheet.kind, SheetKind::Macro);
        let formula = |column, row| shown(sheet.cells[&(column, row)].formula.as_ref().unwrap());
        assert_eq!(formula(0, 0), "EXEC(\"a;b\")");
        assert_eq!(formula(0, 1), "GOTO(A3)");
        assert_eq!(formula(0, 4), "GOTO(A6)");
        assert_eq!(sheet.cells[&(1, 1)].value, Value::Text("x\ny".into()));
        assert_eq!(sylk.program.names[0].name, "Auto_Open");
        assert_eq!(shown(sylk.program.names[0].formula.as_ref().unwrap()), "$A$1");
    }

    #[test]
    fn links_are_found_outside_texts() {
        let links = |formula: &str| read(&format!("ID;P\nC;Y1;X1;E{formula}\n")).links;
        assert_eq!(links("cmd|'/c calc'!A0")[0], ("cmd".to_owned(), "/c calc".to_owned(), 2));
        assert_eq!(links("1+MSEXCEL|'\\..\\cmd.exe /c x'!''")[0].0, "MSEXCEL");
        assert!(links("\"a|b!c\"").is_empty());
    }
}
