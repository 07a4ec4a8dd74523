//! Instructions that declare: variables, constants, types, procedures, options.

use super::line::Instruction;
use super::opcodes::Op;
use super::operands::{Function, Parameter, Type};
use super::source::{Declaration, Writer, low};

impl Writer<'_> {
    /// Carries out an instruction if it declares something.
    pub(super) fn declare(&mut self, instruction: &Instruction<'_>) -> bool {
        self.declares = true;
        match instruction.op {
            Op::Dim | Op::DimImplicit => self.begin(instruction),
            Op::VarDefn => self.variable(instruction),
            Op::Redim | Op::RedimAs | Op::MemRedim | Op::MemRedimAs | Op::MemRedimWith | Op::MemRedimAsWith => {
                self.redim(instruction);
            }
            Op::NewRedim => {}
            Op::Type => {
                let word = if instruction.kind & 0x02 != 0 { "Enum" } else { "Type" };
                let (name, is_public) = self.scope.record(at(instruction.values[0])).unwrap_or((u16::MAX, true));
                let name = self.identifier(name);
                let access = if is_public { "" } else { "Private " };
                self.say(&format!("{access}{word} {name}"));
            }
            Op::FuncDefn | Op::FuncDefnSave | Op::EventDecl => self.procedure(instruction),
            Op::Option => {
                let what = match instruction.kind {
                    0 => "Base 0",
                    1 => "Base 1",
                    2 => "Compare Text",
                    3 => "Compare Binary",
                    4 => "Explicit",
                    5 => "Private Module",
                    _ => "Compare Database",
                };
                self.say(&format!("Option {what}"));
            }
            Op::OptionBase => self.push(""),
            Op::Implements => {
                let name = self.object(instruction.values[1]);
                self.say(&format!("Implements {name}"));
            }
            Op::DefType => self.default_types(instruction),
            Op::LbConst => {
                let name = self.name(instruction);
                let value = self.pop();
                self.say(&format!("#Const {name} = {value}"));
            }
            _ => return false,
        }
        true
    }

    fn begin(&mut self, instruction: &Instruction<'_>) {
        let kind = instruction.kind;
        let is_const = kind & 0x01 != 0;
        self.declaration = Some(Declaration { is_const, count: 0 });
        if instruction.op == Op::DimImplicit {
            return;
        }
        let access = match kind {
            kind if kind & 0x04 != 0 => "Global",
            kind if kind & 0x08 != 0 => "Public",
            kind if kind & 0x10 != 0 => "Private",
            kind if kind & 0x20 != 0 => "Static",
            _ if is_const => "",
            _ => "Dim",
        };
        if !access.is_empty() {
            self.say(access);
        }
        if is_const {
            self.say("Const");
        }
    }

    fn variable(&mut self, instruction: &Instruction<'_>) {
        let declaration = self.declaration.unwrap_or(Declaration { is_const: false, count: 0 });
        if declaration.count > 0 {
            self.out.push(',');
        }
        self.declaration = Some(Declaration { count: declaration.count.saturating_add(1), ..declaration });
        let Some(variable) = self.scope.variable(at(instruction.values[0])) else {
            self.has_unknown = true;
            self.stack.clear();
            self.say("?");
            return;
        };
        if instruction.kind & 0x20 != 0 {
            self.say("WithEvents");
        }
        let mut text = self.identifier(variable.name).into_owned();
        // A constant's type follows from its value.
        if !declaration.is_const {
            text.push_str(variable.suffix);
        }
        let operands = std::mem::take(&mut self.stack);
        let (mut value, mut length) = (String::new(), String::new());
        if declaration.is_const || declaration.is_member_value(&operands) {
            value = operands.join(", ");
        } else {
            let mut operands = operands;
            if instruction.kind & 0x10 != 0 && operands.len() % 2 == 1 {
                length = operands.pop().unwrap_or_default();
            }
            let is_array = variable.of.is_some_and(|of| of.is_array);
            if !operands.is_empty() || is_array {
                text.push_str(&bounds(&operands));
            }
        }
        if let Some(of) = variable.of {
            let name = self.type_name(of.base);
            text.push_str(if variable.is_new { " As New " } else { " As " });
            text.push_str(&name);
        }
        if !length.is_empty() {
            text.push_str(&format!(" * {length}"));
        }
        if !value.is_empty() {
            text.push_str(&format!(" = {value}"));
        }
        self.say(&text);
    }

    fn redim(&mut self, instruction: &Instruction<'_>) {
        const PRESERVE: u8 = 16;
        let mut bare = *instruction;
        bare.kind &= !PRESERVE;
        let target = match instruction.op {
            Op::MemRedim | Op::MemRedimAs => {
                self.member(&bare, ".");
                self.pop()
            }
            Op::MemRedimWith | Op::MemRedimAsWith => format!(".{}", self.name(&bare)),
            _ => self.name(&bare),
        };
        let count = usize::from(low(instruction.values[1]));
        let first = self.stack.len().saturating_sub(count.saturating_mul(2));
        let dimensions = self.stack.split_off(first);
        let mut text = format!("{target}{}", bounds(&dimensions));
        if matches!(instruction.op, Op::RedimAs | Op::MemRedimAs | Op::MemRedimAsWith) {
            match self.scope.described(at(instruction.values[2])) {
                Some(of) => {
                    let name = self.type_name(of.base);
                    text.push_str(&format!(" As {name}"));
                }
                None => self.has_unknown = true,
            }
        }
        if self.items > 0 {
            self.out.push(',');
        } else {
            self.say(if instruction.kind & PRESERVE != 0 { "ReDim Preserve" } else { "ReDim" });
        }
        self.items = self.items.saturating_add(1);
        self.say(&text);
    }

    fn procedure(&mut self, instruction: &Instruction<'_>) {
        let Some(function) = self.scope.function(at(instruction.values[0])) else {
            self.has_unknown = true;
            self.stack.clear();
            self.say("Sub ?()");
            return;
        };
        let mut text = self.head(instruction, &function);
        // The last value was pushed first.
        let mut defaults = std::mem::take(&mut self.stack).into_iter().rev();
        text.push('(');
        let last = function.parameters.len().saturating_sub(1);
        for (index, parameter) in function.parameters.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            let is_param_array = index == last && function.has_param_array;
            self.parameter(parameter, is_param_array, &mut defaults, &mut text);
        }
        text.push(')');
        if let Some(of) = function.of {
            self.of_type(of, &mut text);
        }
        if defaults.next().is_some() {
            self.is_whole = false;
        }
        self.say(&text);
    }

    fn head(&mut self, instruction: &Instruction<'_>, function: &Function) -> String {
        let mut text = String::new();
        let kind = instruction.kind;
        if kind & 0x04 != 0 {
            text.push_str("Public ");
        } else if function.is_private {
            text.push_str("Private ");
        }
        if function.is_friend {
            text.push_str("Friend ");
        }
        if function.flags & 0x0080 != 0 {
            text.push_str("Static ");
        }
        if function.declare.is_some() {
            text.push_str("Declare ");
            if function.is_pointer_safe {
                text.push_str("PtrSafe ");
            }
        }
        text.push_str(match (instruction.op, function.flags >> 12) {
            (Op::EventDecl, _) => "Event ",
            (_, flags) if flags & 1 != 0 && matches!(kind, 2 | 6) => "Function ",
            (_, flags) if flags & 1 != 0 => "Sub ",
            (_, flags) if flags & 2 != 0 => "Property Get ",
            (_, flags) if flags & 4 != 0 => "Property Let ",
            (_, flags) if flags & 8 != 0 => "Property Set ",
            _ => "Sub ",
        });
        text.push_str(&self.identifier(function.name));
        if let Some((library, imported)) = function.declare {
            let library = self.identifier(library);
            text.push_str(&format!(" Lib \"{library}\" "));
            let imported = self.decode(self.scope.imported(imported));
            let own = self.scope.names.get(function.name);
            if !imported.is_empty() && own.is_some_and(|own| own != imported) {
                text.push_str(&format!("Alias \"{imported}\" "));
            }
        }
        text
    }

    fn parameter(
        &mut self,
        parameter: &Parameter,
        is_param_array: bool,
        defaults: &mut impl Iterator<Item = String>,
        text: &mut String,
    ) {
        if parameter.is_optional() {
            text.push_str("Optional ");
        }
        if is_param_array {
            text.push_str("ParamArray ");
        }
        if parameter.is_by_value() {
            text.push_str("ByVal ");
        } else if parameter.is_by_reference() {
            text.push_str("ByRef ");
        }
        text.push_str(&self.identifier(parameter.name));
        let is_array = parameter.of.is_some_and(|of| of.is_array) || is_param_array;
        if is_array {
            text.push_str("()");
        }
        if let Some(of) = parameter.of {
            self.of_type(Type { is_array: false, ..of }, text);
        }
        if parameter.has_default() {
            match defaults.next() {
                Some(value) => text.push_str(&format!(" = {value}")),
                None => self.is_whole = false,
            }
        }
    }

    fn of_type(&mut self, of: Type, text: &mut String) {
        let name = self.type_name(of.base);
        text.push_str(&format!(" As {name}{}", if of.is_array { "()" } else { "" }));
    }

    /// `DefInt A-Z`: one bit a letter.
    fn default_types(&mut self, instruction: &Instruction<'_>) {
        let word = match instruction.kind {
            2 => "DefInt",
            3 => "DefLng",
            4 => "DefSng",
            5 => "DefDbl",
            6 => "DefCur",
            7 => "DefDate",
            8 => "DefStr",
            9 => "DefObj",
            11 => "DefBool",
            14 => "DefDec",
            17 => "DefByte",
            _ => "DefVar",
        };
        let bits = u32::from(low(instruction.values[0])) | u32::from(low(instruction.values[1])) << 16;
        let has = |letter: u8| bits >> letter & 1 != 0;
        let mut ranges: Vec<String> = Vec::new();
        let mut letter = 0u8;
        while letter < 26 {
            let start = letter;
            while letter < 26 && has(letter) {
                letter = letter.saturating_add(1);
            }
            let name = |letter: u8| char::from(b'A'.saturating_add(letter));
            match letter.saturating_sub(start) {
                0 => letter = letter.saturating_add(1),
                1 => ranges.push(name(start).to_string()),
                _ => ranges.push(format!("{}-{}", name(start), name(letter.saturating_sub(1)))),
            }
        }
        self.say(&format!("{word} {}", ranges.join(", ")));
    }
}

impl Declaration {
    /// Whether operands are the value of a member of an enumeration, not bounds: those come in pairs.
    fn is_member_value(self, operands: &[String]) -> bool {
        operands.len() == 1
    }
}

/// Bounds in pairs; one that the line leaves out is empty.
fn bounds(operands: &[String]) -> String {
    let pairs: Vec<String> = operands
        .chunks(2)
        .map(|pair| match pair {
            [low, high] if low.is_empty() => high.clone(),
            [low, high] => format!("{low} To {high}"),
            other => other.concat(),
        })
        .collect();
    format!("({})", pairs.join(", "))
}

/// A record's place.
fn at(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
