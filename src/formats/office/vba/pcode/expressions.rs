//! Instructions that leave a value: operators, names, members, calls, literals, built-in functions.

use super::line::Instruction;
use super::opcodes::Op;
use super::source::{Writer, low};

impl Writer<'_> {
    /// Carries out an instruction if it is one of an expression.
    pub(super) fn expression(&mut self, instruction: &Instruction<'_>) -> bool {
        self.operator(instruction)
            || self.access(instruction)
            || self.literal(instruction)
            || self.built_in(instruction)
    }

    fn operator(&mut self, instruction: &Instruction<'_>) -> bool {
        let sign = match instruction.op {
            Op::Imp => "Imp",
            Op::Eqv => "Eqv",
            Op::Xor => "Xor",
            Op::Or => "Or",
            Op::And => "And",
            Op::Eq => "=",
            Op::Ne => "<>",
            Op::Le => "<=",
            Op::Ge => ">=",
            Op::Lt => "<",
            Op::Gt => ">",
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mod => "Mod",
            Op::IDiv => "\\",
            Op::Mul => "*",
            Op::Div => "/",
            Op::Concat => "&",
            Op::Like => "Like",
            Op::Pwr => "^",
            Op::Is => "Is",
            Op::Not => return self.wrap("Not ", ""),
            Op::UMi => return self.wrap("-", ""),
            Op::Paren => return self.wrap("(", ")"),
            Op::Sharp => return self.wrap("#", ""),
            Op::ParamByVal => return self.wrap("ByVal ", ""),
            Op::TypeOf | Op::SelectType => {
                let of = self.object(instruction.values[0]);
                let value = self.pop();
                self.push(format!("TypeOf {value} Is {of}"));
                return true;
            }
            _ => return false,
        };
        let right = self.pop();
        let mut left = self.pop();
        // The left side is the long one in chains, so it is kept and the right one put behind.
        self.pay(right.len().saturating_add(sign.len()).saturating_add(2));
        left.push(' ');
        left.push_str(sign);
        left.push(' ');
        left.push_str(&right);
        self.stack.push(left);
        true
    }

    fn wrap(&mut self, before: &str, after: &str) -> bool {
        let value = self.pop();
        self.push(format!("{before}{value}{after}"));
        true
    }

    fn access(&mut self, instruction: &Instruction<'_>) -> bool {
        let count = instruction.values[1];
        match instruction.op {
            Op::Ld | Op::LdLHS => {
                let name = self.name(instruction);
                self.push(name);
            }
            Op::LdAddressOf => {
                let name = self.name(instruction);
                self.push(format!("AddressOf {name}"));
            }
            Op::MemLd => self.member(instruction, "."),
            Op::MemAddressOf => {
                self.member(instruction, ".");
                self.wrap("AddressOf ", "");
            }
            Op::DictLd => self.member(instruction, "!"),
            Op::MemLdWith | Op::DictLdWith => {
                let sign = if instruction.op == Op::MemLdWith { "." } else { "!" };
                let name = self.name(instruction);
                self.push(format!("{sign}{name}"));
            }
            Op::ArgsLd | Op::ArgsArray => {
                let name = self.name(instruction);
                let list = self.pop_list(count);
                self.push(format!("{name}({list})"));
            }
            Op::ArgsMemLd | Op::ArgsDictLd => {
                self.member(instruction, if instruction.op == Op::ArgsMemLd { "." } else { "!" });
                let target = self.pop();
                let list = self.pop_list(count);
                self.push(format!("{target}({list})"));
            }
            Op::ArgsMemLdWith | Op::ArgsDictLdWith => {
                let sign = if instruction.op == Op::ArgsMemLdWith { "." } else { "!" };
                let name = self.name(instruction);
                let list = self.pop_list(count);
                self.push(format!("{sign}{name}({list})"));
            }
            Op::IndexLd => {
                let target = self.pop();
                let list = self.pop_list(instruction.values[0]);
                self.push(format!("{target}({list})"));
            }
            Op::Me => self.push("Me"),
            Op::MeImplicit => self.push(""),
            Op::Debug => self.push("Debug"),
            Op::ParamOmitted | Op::LitDefault | Op::Empty0 | Op::Empty1 => self.push(""),
            Op::ParamNamed => {
                let name = self.name(instruction);
                let value = self.pop();
                self.push(format!("{name}:={value}"));
            }
            Op::New => {
                let of = self.object(instruction.values[0]);
                self.push(format!("New {of}"));
            }
            _ => return false,
        }
        true
    }

    /// Puts a member behind the object on the stack.
    pub(super) fn member(&mut self, instruction: &Instruction<'_>, sign: &str) {
        let name = self.name(instruction);
        let mut object = self.pop();
        if !object.is_empty() {
            object.push_str(sign);
        }
        object.push_str(&name);
        self.stack.push(object);
    }

    fn literal(&mut self, instruction: &Instruction<'_>) -> bool {
        let words = instruction.values.map(low);
        let half = |at: usize| words.get(at).copied().unwrap_or_default();
        let double = u32::from(half(0)) | u32::from(half(1)) << 16;
        let quad = u64::from(double) | u64::from(half(2)) << 32 | u64::from(half(3)) << 48;
        let text = match instruction.op {
            Op::LitDI2 => format!("{}", half(0).cast_signed()),
            Op::LitDI4 => {
                let value = double.cast_signed();
                // A long that would be read as an integer needs its sign.
                if i16::try_from(value).is_ok() { format!("{value}&") } else { format!("{value}") }
            }
            Op::LitDI8 => format!("{}^", quad.cast_signed()),
            Op::LitHI2 => format!("&H{:X}", half(0)),
            Op::LitHI4 => format!("&H{double:X}{}", if double <= 0xffff { "&" } else { "" }),
            Op::LitHI8 => format!("&H{quad:X}^"),
            Op::LitOI2 => format!("&O{:o}", half(0)),
            Op::LitOI4 => format!("&O{double:o}{}", if double <= 0xffff { "&" } else { "" }),
            Op::LitOI8 => format!("&O{quad:o}^"),
            Op::LitR4 => format!("{}!", decimal(f64::from(f32::from_bits(double)), 7)),
            Op::LitR8 => {
                let value = f64::from_bits(quad);
                let text = decimal(value, 15);
                if text.contains(['.', 'E']) { text } else { format!("{text}#") }
            }
            Op::LitCy => currency(quad.cast_signed()),
            Op::LitDate => date(f64::from_bits(quad)),
            Op::LitSmallI2 => format!("{}", instruction.kind),
            Op::LitNothing => "Nothing".to_owned(),
            Op::LitVarSpecial => {
                match instruction.kind {
                    0 => "False",
                    1 => "True",
                    2 => "Null",
                    _ => "Empty",
                }
            }
            .to_owned(),
            Op::LitStr => {
                let text = self.decode(instruction.text.unwrap_or_default());
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            _ => return false,
        };
        self.push(text);
        true
    }

    fn built_in(&mut self, instruction: &Instruction<'_>) -> bool {
        let (name, count) = match instruction.op {
            Op::FnAbs => ("Abs", 1),
            Op::FnFix => ("Fix", 1),
            Op::FnInt => ("Int", 1),
            Op::FnSgn => ("Sgn", 1),
            Op::FnLen => ("Len", 1),
            Op::FnLenB => ("LenB", 1),
            Op::FnCurDir => ("CurDir", 1),
            Op::FnDir => ("Dir", 2),
            Op::FnError => ("Error", 1),
            Op::FnFormat => ("Format", 4),
            Op::FnFreeFile => ("FreeFile", 1),
            Op::FnInStr => ("InStr", 2),
            Op::FnInStr3 => ("InStr", 3),
            Op::FnInStr4 => ("InStr", 4),
            Op::FnInStrB => ("InStrB", 2),
            Op::FnInStrB3 => ("InStrB", 3),
            Op::FnInStrB4 => ("InStrB", 4),
            Op::FnMid => ("Mid", 3),
            Op::FnMidB => ("MidB", 3),
            Op::FnStrComp => ("StrComp", 2),
            Op::FnStrComp3 => ("StrComp", 3),
            Op::FnStringVar | Op::FnStringStr => ("String", 2),
            Op::FnLBound | Op::FnUBound => {
                let name = if instruction.op == Op::FnLBound { "LBound" } else { "UBound" };
                let list = self.pop_list(instruction.values[0].saturating_add(1));
                self.push(format!("{name}({list})"));
                return true;
            }
            Op::Coerce | Op::CoerceVar => (conversion(instruction), 1),
            _ => return false,
        };
        let list = self.pop_list(count);
        let list = list.trim_end_matches([',', ' ']);
        let call = if list.is_empty() { name.to_owned() } else { format!("{name}({list})") };
        self.push(call);
        true
    }
}

/// The function that makes a type of a value.
fn conversion(instruction: &Instruction<'_>) -> &'static str {
    match instruction.kind {
        2 => "CInt",
        3 => "CLng",
        4 => "CSng",
        5 => "CDbl",
        6 => "CCur",
        7 if instruction.op == Op::CoerceVar => "CVDate",
        7 => "CDate",
        8 => "CStr",
        10 => "CVErr",
        11 => "CBool",
        14 => "CDec",
        17 => "CByte",
        20 => "CLngLng",
        _ => "CVar",
    }
}

/// A number as the editor writes it: at most so many digits, an exponent where it is far from one.
fn decimal(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return format!("{value}");
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    if (-5..15).contains(&exponent) {
        return format!("{value}");
    }
    format!("{mantissa}E{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// A currency value: ten-thousandths.
fn currency(value: i64) -> String {
    let (whole, part) = (value / 10_000, (value % 10_000).unsigned_abs());
    let sign = if value < 0 && whole == 0 { "-" } else { "" };
    if part == 0 {
        return format!("{sign}{whole}@");
    }
    let part = format!("{part:04}");
    format!("{sign}{whole}.{}@", part.trim_end_matches('0'))
}

/// A date: days since 30 December 1899, as the editor writes it.
fn date(value: f64) -> String {
    if !value.is_finite() || value.abs() > 3_000_000.0 {
        return "#?#".to_owned();
    }
    let (days, time) = (value.trunc(), value.fract().abs());
    let seconds = (time * 86_400.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "both are small by now")]
    let (days, seconds) = (days as i64, seconds as i64);
    let mut out = String::new();
    if days != 0 {
        let (year, month, day) = civil(days.saturating_sub(25_569));
        out = format!("{month}/{day}/{year}");
    }
    if seconds != 0 || days == 0 {
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let (half, hour) = (if hour < 12 { "AM" } else { "PM" }, if hour % 12 == 0 { 12 } else { hour % 12 });
        let gap = if out.is_empty() { "" } else { " " };
        out.push_str(&format!("{gap}{hour}:{minute:02}:{second:02} {half}"));
    }
    format!("#{out}#")
}

/// Year, month and day of a day counted from 1 January 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
