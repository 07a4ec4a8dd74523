//! Statements that read and write files, print, and draw.

use super::line::Instruction;
use super::opcodes::Op;
use super::source::{Writer, low};

impl Writer<'_> {
    /// Carries out an instruction if it is one of these.
    pub(super) fn file(&mut self, instruction: &Instruction<'_>) -> bool {
        match instruction.op {
            Op::Open => {
                let length = self.pop();
                let number = self.pop();
                let path = self.pop();
                let length = if length.is_empty() { length } else { format!(" Len = {length}") };
                self.say(&format!("Open {path} For {} As {number}{length}", mode(low(instruction.values[0]))));
            }
            Op::Close | Op::Erase => {
                let word = if instruction.op == Op::Close { "Close" } else { "Erase" };
                let list = self.pop_list(instruction.values[0]);
                self.say(&format!("{word} {list}"));
            }
            Op::GetRec | Op::PutRec => {
                let word = if instruction.op == Op::GetRec { "Get" } else { "Put" };
                let list = self.pop_list(3);
                self.say(&format!("{word} {list}"));
            }
            Op::Lock | Op::Unlock => {
                let word = if instruction.op == Op::Lock { "Lock" } else { "Unlock" };
                let list = self.pop_list(3);
                self.say(&format!("{word} {}", list.trim_end_matches([',', ' '])));
            }
            Op::Seek => {
                let list = self.pop_list(2);
                self.say(&format!("Seek {list}"));
            }
            Op::Name => {
                let to = self.pop();
                let from = self.pop();
                self.say(&format!("Name {from} As {to}"));
            }
            Op::Input => {
                let number = self.channel();
                self.say(&format!("Input {number}"));
                self.items = 1;
            }
            Op::InputItem => self.list(""),
            Op::LineInput => {
                let target = self.pop();
                let number = self.channel();
                self.say(&format!("Line Input {number}, {target}"));
            }
            Op::PrintChan | Op::WriteChan => {
                let number = self.channel();
                let word = if instruction.op == Op::PrintChan { "Print" } else { "Write" };
                self.say(&format!("{word} {number},"));
            }
            Op::PrintObj => {
                let object = self.pop();
                self.say(&if object.is_empty() { "Print".to_owned() } else { format!("{object}.Print") });
            }
            Op::PrintItemNL => {
                let item = self.pop();
                self.say(&item);
            }
            Op::PrintItemComma | Op::PrintItemSemi => {
                let sign = if instruction.op == Op::PrintItemComma { ',' } else { ';' };
                let item = self.pop();
                self.say(&format!("{item}{sign}"));
            }
            Op::PrintComma => self.say(","),
            Op::PrintSemi => self.say(";"),
            Op::PrintSpc | Op::PrintTab => {
                let count = self.pop();
                self.say(&format!("{}({count})", if instruction.op == Op::PrintSpc { "Spc" } else { "Tab" }));
            }
            Op::PrintTabComma => self.say("Tab,"),
            Op::PrintNL | Op::PrintEoS => {}
            Op::Circle | Op::Line | Op::PSet | Op::Scale => {
                // Drawing on forms; the shape of the operands is of no interest.
                let operands = std::mem::take(&mut self.stack).join(", ");
                self.say(&format!("{} {operands}", instruction.mnemonic));
            }
            _ => return false,
        }
        true
    }

    /// A file's number; its sign is left out where the statement cannot do without.
    fn channel(&mut self) -> String {
        let number = self.pop();
        if number.starts_with('#') { number } else { format!("#{number}") }
    }
}

/// What a file is opened for: mode, access, lock.
fn mode(bits: u16) -> String {
    let mut out = match bits & 0xff {
        bits if bits & 0x01 != 0 => "Input",
        bits if bits & 0x02 != 0 => "Output",
        bits if bits & 0x04 != 0 => "Random",
        bits if bits & 0x08 != 0 => "Append",
        bits if bits & 0x20 != 0 => "Binary",
        _ => "?",
    }
    .to_owned();
    out.push_str(match (bits >> 8) & 0x0f {
        1 => " Access Read",
        2 => " Access Write",
        3 => " Access Read Write",
        _ => "",
    });
    out.push_str(match bits >> 12 {
        1 => " Lock Read Write",
        2 => " Lock Write",
        3 => " Lock Read",
        4.. => " Shared",
        _ => "",
    });
    out
}
