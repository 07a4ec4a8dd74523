//! One line of compiled code, instruction by instruction.

use super::bytes::{Cursor, Fields};
use super::opcodes::{Numbering, Op, Operand};

/// An instruction with its operands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instruction<'a> {
    pub(super) op: Op,
    pub(super) mnemonic: &'static str,
    pub(super) operands: &'static [Operand],
    /// Six bits that change what it means: a type, a kind.
    pub(super) kind: u8,
    /// Operands in order.
    pub(super) values: [u32; 4],
    /// The text that follows, where one does.
    pub(super) text: Option<&'a [u8]>,
}

/// Instructions of a line. It ends where a number means nothing or the bytes end early; [`Instructions::is_cut`] then
/// says so.
#[derive(Debug)]
pub(super) struct Instructions<'a> {
    cursor: Cursor<'a>,
    numbering: Numbering,
    pub(super) is_cut: bool,
}

impl<'a> Instructions<'a> {
    pub(super) fn new(body: Fields<'a>, numbering: Numbering) -> Self {
        Instructions { cursor: Cursor { fields: body, at: 0 }, numbering, is_cut: false }
    }

    fn read(&mut self) -> Option<Instruction<'a>> {
        let cursor = &mut self.cursor;
        let word = cursor.u16()?;
        let kind = u8::try_from(word >> 10).unwrap_or_default();
        let (op, mnemonic, operands, has_text) = self.numbering.instruction(word & 0x03ff)?;
        let mut values = [0u32; 4];
        for (value, operand) in values.iter_mut().zip(operands.iter()) {
            *value = match operand {
                Operand::Name | Operand::Word | Operand::Object => u32::from(cursor.u16()?),
                _ => cursor.u32()?,
            };
        }
        if *op == Op::Context && self.numbering == Numbering::Wide {
            cursor.skip(4)?;
        }
        // A variable that takes more than a type has one more field.
        if *op == Op::VarDefn
            && kind & 0x10 != 0
            && let Some(extra) = values.get_mut(1)
        {
            *extra = u32::from(cursor.u16()?);
        }
        let text = if *has_text {
            let length = usize::from(cursor.u16()?);
            let text = cursor.bytes(length)?;
            // Texts are filled up to whole words; the last may lack the filler.
            let _ = cursor.skip(length & 1);
            Some(text)
        } else {
            None
        };
        Some(Instruction { op: *op, mnemonic, operands, kind, values, text })
    }
}

impl<'a> Iterator for Instructions<'a> {
    type Item = Instruction<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_cut || self.cursor.at >= self.cursor.fields.bytes.len() {
            return None;
        }
        let read = self.read();
        self.is_cut = read.is_none();
        read
    }
}
