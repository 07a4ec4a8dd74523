//! What operands point at: names, types, variables, parameters, procedures and library functions, from the tables of a
//! module. The layout of the records is not published; it was read off documents whose source is known.

use std::borrow::Cow;

use super::module::Code;
use super::project::Names;

/// Parameters of one procedure; VBA allows 60.
const MAX_PARAMETERS: usize = 256;
/// Where the number of optional parameters is minus one (in six bits), the last takes all that is left, as in OLE.
const PARAM_ARRAY: u8 = 0x3f;
/// No identifier; where a value is loaded, `Me`.
pub(super) const NO_NAME: u16 = 0xffff;
/// What a function gives, listed as a parameter.
const RESULT: u16 = 0xfffe;
/// Parts of a qualified name: `Library.Class`.
const MAX_PARTS: u16 = 8;

/// The tables instructions are read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) code: Code<'a>,
    pub(super) names: &'a Names,
}

/// A type as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) base: Base,
    pub(super) is_array: bool,
}

/// What a type is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// A type of the language, by its number (those of OLE); 0x80 on top: a number as wide as a pointer.
    Simple(u8),
    /// An entry of the object table.
    Object(u16),
    /// Not understood.
    Unknown,
}

/// A variable, constant or member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    pub(super) name: u16,
    pub(super) is_new: bool,
    /// The character that says its type, where no `As` does.
    pub(super) suffix: &'static str,
    /// The type, where the line names one.
    pub(super) of: Option<Type>,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: u16,
    pub(super) of: Option<Type>,
    pub(super) options: u16,
}

impl Parameter {
    pub(super) fn is_by_value(&self) -> bool {
        self.options & 0x0004 != 0
    }

    pub(super) fn is_by_reference(&self) -> bool {
        self.options & 0x0002 != 0
    }

    pub(super) fn is_optional(&self) -> bool {
        self.options & 0x0200 != 0
    }

    /// Whether the line has a value for it where none is given.
    pub(super) fn has_default(&self) -> bool {
        self.options & 0x0400 != 0
    }
}

/// A procedure's head.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: u16,
    pub(super) flags: u16,
    pub(super) is_private: bool,
    pub(super) is_friend: bool,
    pub(super) is_pointer_safe: bool,
    pub(super) has_param_array: bool,
    pub(super) parameters: Vec<Parameter>,
    /// What it gives, where the line says so.
    pub(super) of: Option<Type>,
    /// Library of a `Declare`, and where the function's name there stands.
    pub(super) declare: Option<(u16, usize)>,
}

impl<'a> Scope<'a> {
    /// An identifier's name; `id_0212` where nobody knows it.
    pub(super) fn name(&self, identifier: u16) -> Cow<'a, str> {
        match self.names.get(identifier) {
            Some(name) => Cow::Borrowed(name),
            None if identifier == NO_NAME => Cow::Borrowed("Me"),
            None => Cow::Owned(format!("id_{identifier:04X}")),
        }
    }

    /// A type's name as source has it.
    pub(super) fn type_name(&self, base: Base) -> Cow<'a, str> {
        match base {
            Base::Simple(number) => {
                simple_type(number).map_or_else(|| Cow::Owned(format!("type_{number:02X}")), Cow::Borrowed)
            }
            Base::Object(word) => self.object_name(word).unwrap_or_else(|| Cow::Owned(format!("type_{word:04X}"))),
            Base::Unknown => Cow::Borrowed("type_?"),
        }
    }

    /// The name of an entry of the object table: one identifier, or several joined by points.
    pub(super) fn object_name(&self, word: u16) -> Option<Cow<'a, str>> {
        let at = usize::from(word >> 2).checked_mul(10)?;
        let flags = self.code.objects.u16(at.checked_add(2)?)?;
        let name = self.code.objects.u16(at.checked_add(6)?)?;
        if flags & 1 == 0 {
            return self.names.get(name).map(Cow::Borrowed);
        }
        let at = usize::from(name);
        let count = self.code.qualified.u16(at)?;
        if count == 0 || count > MAX_PARTS {
            return None;
        }
        let mut out = String::new();
        for part in 1..=usize::from(count) {
            let identifier = self.code.qualified.u16(at.checked_add(part.checked_mul(2)?)?)?;
            if part > 1 {
                out.push('.');
            }
            out.push_str(&self.name(identifier));
        }
        Some(Cow::Owned(out))
    }

    /// A type as a record states it: a number with 0xFFFF above, or where its description lies.
    fn type_at(&self, at: usize) -> Option<Type> {
        let stated = self.code.records.u32(at)?;
        let [low, ..] = stated.to_le_bytes();
        if stated >> 16 == 0xffff {
            return Some(Type { base: Base::Simple(low & 0x9f), is_array: false });
        }
        self.described(usize::try_from(stated).ok()?)
    }

    /// A type's description: 29 an entry of the object table, 27 an array of what stands behind.
    pub(super) fn described(&self, at: usize) -> Option<Type> {
        const ARRAY: u16 = 27;
        const OBJECT: u16 = 29;
        let records = self.code.records;
        let number = |at: usize| Some(records.u16(at)? & 0x1f);
        let base = |at: usize| match number(at)? {
            OBJECT => records.u16(at.checked_add(2)?).map(Base::Object),
            _ => records.u8(at).map(|number| Base::Simple(number & 0x9f)),
        };
        match number(at)? {
            ARRAY => Some(Type { base: base(at.checked_add(6)?)?, is_array: true }),
            _ => Some(Type { base: base(at)?, is_array: false }),
        }
    }

    /// A place in a record: later in 64-bit code, whose pointers are wider.
    fn later(&self, at: usize, narrow: usize, wide: usize) -> Option<usize> {
        at.checked_add(if self.code.is_wide() { wide } else { narrow })
    }

    pub(super) fn variable(&self, at: usize) -> Option<Variable> {
        let records = self.code.records;
        let (first, second) = (records.u8(at)?, records.u8(at.checked_add(1)?)?);
        let name = records.u16(at.checked_add(2)?)?;
        let stated = self.type_at(self.later(at, 12, 16)?).unwrap_or(Type { base: Base::Unknown, is_array: false });
        let of = (first & 0x20 != 0).then_some(stated);
        let suffix = match (of, stated.base) {
            (None, Base::Simple(number)) => suffix(number),
            _ => "",
        };
        Some(Variable { name, is_new: second & 0x20 != 0, suffix, of })
    }

    fn parameter(&self, at: usize) -> Option<(Parameter, usize)> {
        let records = self.code.records;
        let flags = records.u16(at)?;
        let name = records.u16(at.checked_add(2)?)?;
        let of = if flags & 0x20 != 0 {
            let place = self.later(at, 12, 16)?;
            Some(self.type_at(place).unwrap_or(Type { base: Base::Unknown, is_array: false }))
        } else {
            None
        };
        let next = records.size(self.later(at, 20, 24)?)?;
        let options = records.u16(self.later(at, 24, 28)?)?;
        Some((Parameter { name, of, options }, next))
    }

    pub(super) fn function(&self, at: usize) -> Option<Function> {
        let records = self.code.records;
        let flags = records.u16(at)?;
        let name = records.u16(at.checked_add(2)?)?;
        // VBA 5 has one field less.
        let back = if self.code.numbering == super::opcodes::Numbering::Vba5 { 4 } else { 0 };
        let field = |narrow: usize, wide: usize| self.later(at, narrow, wide)?.checked_sub(back);
        let mut next = records.size(field(40, 56)?)?;
        let result = field(44, 60)?;
        let declare = records.u16(field(48, 64)?)?;
        let options = records.u8(field(58, 80)?)?;
        let optional = records.u8(field(60, 82)?)?;
        let access = records.u8(field(61, 83)?)?;
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut left = MAX_PARAMETERS;
        while !matches!(next, 0 | 0xffff_ffff) && left > 0 {
            let Some((parameter, following)) = self.parameter(next) else { break };
            // What a function gives may be listed as a parameter without a name.
            if parameter.name < RESULT {
                parameters.push(parameter);
            }
            next = following;
            left = left.saturating_sub(1);
        }
        let is_declare = options & 0x90 == 0 && declare != 0xffff;
        let declare = is_declare.then(|| {
            let at = usize::from(declare);
            Some((self.code.declares.u16(at.checked_add(2)?)?, self.code.declares.size(at.checked_add(4)?)?))
        });
        Some(Function {
            name,
            flags,
            is_private: if back == 0 { access & 0x02 == 0 } else { flags & 0x0008 == 0 },
            is_friend: back == 0 && access & 0x04 != 0,
            is_pointer_safe: back == 0 && access & 0x20 != 0,
            has_param_array: optional == PARAM_ARRAY,
            parameters,
            of: (flags & 0x20 != 0)
                .then(|| self.type_at(result).unwrap_or(Type { base: Base::Unknown, is_array: false })),
            declare: declare.flatten(),
        })
    }

    /// The name a `Declare` imports: text up to a NUL among the records of library functions.
    pub(super) fn imported(&self, at: usize) -> &'a [u8] {
        const MAX_NAME: usize = 256;
        let rest = self.code.declares.bytes.get(at..).unwrap_or_default();
        let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
        name.get(..MAX_NAME).unwrap_or(name)
    }

    /// A user-defined type's name, and whether it is public.
    pub(super) fn record(&self, at: usize) -> Option<(u16, bool)> {
        let records = self.code.records;
        Some((records.u16(at.checked_add(2)?)?, records.u16(at.checked_add(18)?)? & 1 != 0))
    }
}

/// The language's types by number.
pub(super) fn simple_type(number: u8) -> Option<&'static str> {
    Some(match number {
        2 => "Integer",
        3 => "Long",
        4 => "Single",
        5 => "Double",
        6 => "Currency",
        7 => "Date",
        8 => "String",
        9 => "Object",
        10 => "Error",
        11 => "Boolean",
        12 => "Variant",
        0x83 | 0x94 => "LongPtr",
        14 => "Decimal",
        17 => "Byte",
        20 => "LongLong",
        _ => return None,
    })
}

/// The character that says a type behind a name.
pub(super) fn suffix(kind: u8) -> &'static str {
    match kind {
        2 => "%",
        3 => "&",
        4 => "!",
        5 => "#",
        6 => "@",
        8 => "$",
        20 => "^",
        _ => "",
    }
}
