//! A module's compiled code made readable: its instructions line by line, and the source they were made of.

use std::fmt;

use super::line::{Instruction, Instructions};
use super::module::{Code, Reading};
use super::opcodes::{Op, Operand};
use super::operands::{Scope, suffix};
use super::project::{Damage, Names};
use super::source::{MAX_WORK, Writer, low};
use crate::formats::office::vba::codepage::CodePage;

/// Instructions listed of one module.
const MAX_INSTRUCTIONS: usize = 400_000;

/// Disassembled code.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Its lines, in order.
    pub lines: Vec<ListedLine>,
    /// Whether a limit ended it early.
    pub is_cut: bool,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedLine {
    /// Counted from 1, attributes of the source left out.
    pub number: u32,
    /// What each instruction is, with its operands.
    pub instructions: Vec<String>,
    /// The source it was made of.
    pub source: String,
    /// Whether all of it made sense.
    pub is_whole: bool,
}

impl Listing {
    /// Reads the bytes before a module's source. None where there is no compiled code; an error where it cannot be read.
    pub(in crate::formats::office::vba) fn read(
        cache: &[u8],
        names: &Names,
        code_page: CodePage,
    ) -> Result<Option<Self>, Damage> {
        let code = match Code::find(cache, names) {
            Reading::Empty => return Ok(None),
            Reading::Damaged(damage) => return Err(damage),
            Reading::Code(code) => code,
        };
        let scope = Scope { code, names };
        let mut writer = Writer::new(scope, code_page, MAX_WORK);
        let mut listing = Listing::default();
        let mut left = MAX_INSTRUCTIONS;
        for (number, line) in (1u32..).zip(code.lines()) {
            let mut instructions = Vec::new();
            for instruction in Instructions::new(code.body(line), code.numbering) {
                left = left.saturating_sub(1);
                instructions.push(shown(&scope, code_page, &instruction));
            }
            let text = writer.line(line);
            let source = format!("{:indent$}{}", "", text.text, indent = usize::from(line.indent));
            listing.lines.push(ListedLine { number, instructions, source, is_whole: text.is_whole });
            if left == 0 || writer.is_spent() {
                listing.is_cut = true;
                break;
            }
        }
        listing.is_cut |= listing.lines.len() < usize::from(code.line_count);
        Ok(Some(listing))
    }

    /// The source that the code was made of.
    pub fn decompiled(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(line.source.trim_end());
            text.push('\n');
        }
        text
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            write!(f, "{line}")?;
        }
        if self.is_cut {
            writeln!(f, "… more lines than are read")?;
        }
        Ok(())
    }
}

impl fmt::Display for ListedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.number, self.source.trim_end())?;
        for instruction in &self.instructions {
            writeln!(f, "\t{instruction}")?;
        }
        Ok(())
    }
}

/// Whether the bytes before a module's source hold lines of compiled code.
pub(in crate::formats::office::vba) fn has_code(cache: &[u8], names: &Names) -> bool {
    matches!(Code::find(cache, names), Reading::Code(_))
}

/// An instruction with its operands, in words.
fn shown(scope: &Scope<'_>, code_page: CodePage, instruction: &Instruction<'_>) -> String {
    let mut out = instruction.mnemonic.to_owned();
    if instruction.kind != 0 && !matches!(instruction.operands.first(), Some(Operand::Name)) {
        out.push_str(&format!(" ({})", instruction.kind));
    }
    for (operand, value) in instruction.operands.iter().zip(instruction.values) {
        let place = usize::try_from(value).unwrap_or(usize::MAX);
        let text = match operand {
            Operand::Name => {
                let name = scope.name(low(value));
                match instruction.op {
                    Op::OnError if instruction.kind == 1 => "Resume Next".to_owned(),
                    Op::OnError if instruction.kind == 2 => "GoTo 0".to_owned(),
                    _ if instruction.kind == 32 => format!("[{name}]"),
                    _ => format!("{name}{}", suffix(instruction.kind & 0x0f)),
                }
            }
            Operand::Word => format!("0x{value:04X}"),
            Operand::Object => scope.object_name(low(value)).map_or(format!("type_{value:04X}"), Into::into),
            Operand::Function => {
                scope.function(place).map_or(format!("func_{value:08X}"), |function| scope.name(function.name).into())
            }
            Operand::Variable => {
                scope.variable(place).map_or(format!("var_{value:08X}"), |variable| scope.name(variable.name).into())
            }
            Operand::Record => {
                scope.record(place).map_or(format!("rec_{value:08X}"), |(name, _)| scope.name(name).into())
            }
            Operand::Type => {
                scope.described(place).map_or(format!("type_{value:08X}"), |of| scope.type_name(of.base).into())
            }
            Operand::Context => format!("context_{value:08X}"),
        };
        out.push(' ');
        out.push_str(&text);
    }
    if let Some(text) = instruction.text {
        match instruction.op {
            Op::LitStr | Op::QuoteRem | Op::Rem | Op::Reparse => {
                out.push_str(&format!(" 0x{:04X} \"{}\"", text.len(), code_page.decode(text).0));
            }
            _ => {
                out.push_str(&format!(" 0x{:04X}", text.len()));
                for byte in text.iter().take(64) {
                    out.push_str(&format!(" {byte:02X}"));
                }
            }
        }
    }
    out
}
