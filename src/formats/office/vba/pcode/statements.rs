//! Instructions that say something: assignments, calls, control flow, files, comments.

use super::line::Instruction;
use super::opcodes::Op;
use super::source::{Writer, low};

impl Writer<'_> {
    /// Carries out an instruction if it is one of a statement.
    pub(super) fn statement(&mut self, instruction: &Instruction<'_>) -> bool {
        self.plain(instruction)
            || self.assignment(instruction)
            || self.call(instruction)
            || self.flow(instruction)
            || self.file(instruction)
            || self.note(instruction)
    }

    /// Statements that are nothing but words.
    fn plain(&mut self, instruction: &Instruction<'_>) -> bool {
        let words = match instruction.op {
            Op::BoL
            | Op::BoSImplicit
            | Op::LineCont
            | Op::EndContext
            | Op::EndIf
            | Op::EndImmediate
            | Op::StartForVariable
            | Op::EndForVariable
            | Op::StartWithExpr
            | Op::LbMark
            | Op::ConstFuncExpr
            | Op::Context
            | Op::Stack
            | Op::InputDone
            | Op::CaseDone => "",
            Op::BoS => {
                // A label has its own colon.
                if !self.out.is_empty() && !self.out.ends_with(':') {
                    self.out.push(':');
                }
                (self.items, self.declaration, self.prefix) = (0, None, "");
                ""
            }
            Op::CaseElse => "Case Else",
            Op::CloseAll => "Close",
            Op::Do => "Do",
            Op::DoEvents => "DoEvents",
            Op::Else | Op::ElseBlock => "Else",
            Op::End => "End",
            Op::EndFunc => "End Function",
            Op::EndIfBlock => "End If",
            Op::EndProp => "End Property",
            Op::EndSelect => "End Select",
            Op::EndSub => "End Sub",
            Op::EndType => "End Type",
            Op::EndEnum => "End Enum",
            Op::EndWith => "End With",
            Op::ExitDo => "Exit Do",
            Op::ExitFor => "Exit For",
            Op::ExitFunc => "Exit Function",
            Op::ExitProp => "Exit Property",
            Op::ExitSub => "Exit Sub",
            Op::LbElse => "#Else",
            Op::LbEndIf => "#End If",
            Op::Loop => "Loop",
            Op::Next => "Next",
            Op::Return => "Return",
            Op::Stop => "Stop",
            Op::Wend => "Wend",
            _ => return false,
        };
        if !words.is_empty() {
            self.say(words);
        }
        true
    }

    fn assignment(&mut self, instruction: &Instruction<'_>) -> bool {
        let target = match instruction.op {
            Op::SetStmt => {
                self.prefix = "Set ";
                return true;
            }
            Op::Let => {
                self.prefix = "Let ";
                return true;
            }
            Op::St | Op::Set | Op::SetOrSt => self.name(instruction),
            Op::MemSt | Op::MemSet => {
                self.member(instruction, ".");
                self.pop()
            }
            Op::DictSt | Op::DictSet => {
                self.member(instruction, "!");
                self.pop()
            }
            Op::MemStWith | Op::MemSetWith => format!(".{}", self.name(instruction)),
            Op::DictStWith | Op::DictSetWith => format!("!{}", self.name(instruction)),
            Op::IndexSt | Op::IndexSet => {
                let target = self.pop();
                let list = self.pop_list(instruction.values[0]);
                format!("{target}({list})")
            }
            Op::ArgsSt | Op::ArgsSet => {
                let name = self.name(instruction);
                let list = self.pop_list(instruction.values[1]);
                format!("{name}({list})")
            }
            Op::ArgsMemSt | Op::ArgsMemSet | Op::ArgsDictSt | Op::ArgsDictSet => {
                let is_member = matches!(instruction.op, Op::ArgsMemSt | Op::ArgsMemSet);
                self.member(instruction, if is_member { "." } else { "!" });
                let target = self.pop();
                let list = self.pop_list(instruction.values[1]);
                format!("{target}({list})")
            }
            Op::ArgsMemStWith | Op::ArgsMemSetWith | Op::ArgsDictStWith | Op::ArgsDictSetWith => {
                let is_member = matches!(instruction.op, Op::ArgsMemStWith | Op::ArgsMemSetWith);
                let name = self.name(instruction);
                let list = self.pop_list(instruction.values[1]);
                format!("{}{name}({list})", if is_member { "." } else { "!" })
            }
            Op::LSet | Op::RSet => {
                let target = self.pop();
                let value = self.pop();
                let word = if instruction.op == Op::LSet { "LSet" } else { "RSet" };
                self.say(&format!("{word} {target} = {value}"));
                return true;
            }
            Op::Mid | Op::MidB => {
                let word = if instruction.op == Op::Mid { "Mid" } else { "MidB" };
                let arguments = self.pop_list(3);
                let value = self.pop();
                self.say(&format!("{word}({}) = {value}", arguments.trim_end_matches([',', ' '])));
                return true;
            }
            _ => return false,
        };
        let value = self.pop();
        let prefix = std::mem::take(&mut self.prefix);
        self.say(&format!("{prefix}{target} = {value}"));
        true
    }

    fn call(&mut self, instruction: &Instruction<'_>) -> bool {
        /// The kind that leaves `Call` out.
        const PLAIN: u8 = 16;
        let target = match instruction.op {
            Op::ArgsCall | Op::ArgsMemCall | Op::ArgsMemCallWith => {
                let mut bare = *instruction;
                bare.kind &= !PLAIN;
                match instruction.op {
                    Op::ArgsMemCall => {
                        self.member(&bare, ".");
                        self.pop()
                    }
                    Op::ArgsMemCallWith => format!(".{}", self.name(&bare)),
                    _ => self.name(&bare),
                }
            }
            Op::RaiseEvent | Op::ArgsMemRaiseEvent | Op::ArgsMemRaiseEventWith => {
                let name = self.name(instruction);
                let list = self.pop_list(instruction.values[1]);
                let list = if list.is_empty() { list } else { format!("({list})") };
                self.say(&format!("RaiseEvent {name}{list}"));
                return true;
            }
            _ => return false,
        };
        let count = instruction.values[1];
        let list = self.pop_list(count);
        let is_plain = instruction.kind & PLAIN != 0;
        let text = match (is_plain, count) {
            (true, 0) => target,
            (true, _) => format!("{target} {list}"),
            (false, 0) => format!("Call {target}"),
            (false, _) => format!("Call {target}({list})"),
        };
        self.say(&text);
        true
    }

    fn flow(&mut self, instruction: &Instruction<'_>) -> bool {
        let one = |writer: &mut Self, before: &str, after: &str| {
            let value = writer.pop();
            writer.say(&format!("{before}{value}{after}"));
        };
        match instruction.op {
            Op::If | Op::IfBlock => one(self, "If ", " Then"),
            Op::ElseIfBlock => one(self, "ElseIf ", " Then"),
            Op::IfTypeBlock | Op::ElseIfTypeBlock => {
                let of = self.object(instruction.values[0]);
                let word = if instruction.op == Op::IfTypeBlock { "If" } else { "ElseIf" };
                one(self, &format!("{word} TypeOf "), &format!(" Is {of} Then"));
            }
            Op::LbIf => one(self, "#If ", " Then"),
            Op::LbElseIf => one(self, "#ElseIf ", " Then"),
            Op::DoUntil => one(self, "Do Until ", ""),
            Op::DoWhile => one(self, "Do While ", ""),
            Op::LoopUntil => one(self, "Loop Until ", ""),
            Op::LoopWhile => one(self, "Loop While ", ""),
            Op::While => one(self, "While ", ""),
            Op::With => one(self, "With ", ""),
            Op::SelectCase => one(self, "Select Case ", ""),
            Op::Error => one(self, "Error ", ""),
            Op::Assert => one(self, "Debug.Assert ", ""),
            Op::For | Op::ForStep => {
                let step = if instruction.op == Op::ForStep { format!(" Step {}", self.pop()) } else { String::new() };
                let to = self.pop();
                let from = self.pop();
                one(self, "For ", &format!(" = {from} To {to}{step}"));
            }
            Op::ForEach | Op::ForEachAs => {
                let of = self.pop();
                one(self, "For Each ", &format!(" In {of}"));
            }
            Op::NextVar => {
                let before = if self.items > 0 { "" } else { "Next " };
                self.list(before);
            }
            Op::Case => self.list("Case "),
            Op::CaseTo => {
                let to = self.pop();
                let from = self.pop();
                self.stack.push(format!("{from} To {to}"));
                self.list("Case ");
            }
            Op::CaseGt | Op::CaseLt | Op::CaseGe | Op::CaseLe | Op::CaseNe | Op::CaseEq => {
                let sign = match instruction.op {
                    Op::CaseGt => ">",
                    Op::CaseLt => "<",
                    Op::CaseGe => ">=",
                    Op::CaseLe => "<=",
                    Op::CaseNe => "<>",
                    _ => "=",
                };
                let value = self.pop();
                self.stack.push(format!("Is {sign} {value}"));
                self.list("Case ");
            }
            Op::GoTo | Op::GoSub => {
                let word = if instruction.op == Op::GoTo { "GoTo" } else { "GoSub" };
                let label = self.name(instruction);
                self.say(&format!("{word} {label}"));
            }
            Op::OnError => match instruction.kind {
                1 => self.say("On Error Resume Next"),
                2 => self.say("On Error GoTo 0"),
                _ => {
                    let label = self.identifier(low(instruction.values[0]));
                    self.say(&format!("On Error GoTo {label}"));
                }
            },
            Op::Resume => match instruction.kind {
                1 => self.say("Resume Next"),
                0 if low(instruction.values[0]) != 0xffff => {
                    let label = self.identifier(low(instruction.values[0]));
                    self.say(&format!("Resume {label}"));
                }
                _ => self.say("Resume"),
            },
            Op::OnGoto | Op::OnGosub => {
                let labels = instruction.text.unwrap_or_default();
                let labels: Vec<String> = labels
                    .chunks_exact(2)
                    .map(|pair| {
                        let fields = super::bytes::Fields::new(pair, self.scope.code.instructions.order);
                        self.identifier(fields.u16(0).unwrap_or(u16::MAX)).into_owned()
                    })
                    .collect();
                let word = if instruction.op == Op::OnGoto { "GoTo" } else { "GoSub" };
                one(self, "On ", &format!(" {word} {}", labels.join(", ")));
            }
            Op::Label => {
                let label = self.name(instruction);
                self.say(&format!("{label}:"));
            }
            Op::LineNum => {
                let label = self.name(instruction);
                self.say(&label);
            }
            _ => return false,
        }
        true
    }

    /// Says the value on the stack as one item of a list, after the word that begins it.
    pub(super) fn list(&mut self, word: &str) {
        let value = self.pop();
        if self.items > 0 {
            self.out.push(',');
            self.say(&value);
        } else {
            self.say(&format!("{word}{value}"));
        }
        self.items = self.items.saturating_add(1);
    }

    fn note(&mut self, instruction: &Instruction<'_>) -> bool {
        let before = match instruction.op {
            Op::QuoteRem => "'",
            Op::Rem => "Rem",
            // A line that the editor could not make sense of, or did not want to: the other branch of an `#If`.
            Op::Reparse => "",
            _ => return false,
        };
        if instruction.op == Op::Reparse || !self.skips_comments {
            let text = self.decode(instruction.text.unwrap_or_default());
            self.say(&format!("{before}{text}"));
        }
        true
    }
}
