//! A module's compiled code, as its stream keeps it before the source (the performance cache of MS-OVBA 2.3.4.3, whose
//! layout is not published): the tables that instructions point into, and the line table.

use super::bytes::{Cursor, Fields, Order};
use super::opcodes::Numbering;
use super::project::{Damage, Names};

/// Mark of the line table.
const LINES: u16 = 0xcafe;

/// The compiled code of one module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code<'a> {
    /// Records of library functions (`Declare`).
    pub(super) declares: Fields<'a>,
    /// Records of procedures, parameters, variables and types.
    pub(super) records: Fields<'a>,
    /// Types of other modules and libraries, ten bytes each.
    pub(super) objects: Fields<'a>,
    /// Their names of more than one part: a count, then identifiers.
    pub(super) qualified: Fields<'a>,
    /// Instructions.
    pub(super) instructions: Fields<'a>,
    pub(super) numbering: Numbering,
    lines: Fields<'a>,
    /// Lines the table states.
    pub(super) line_count: u16,
}

/// A line of the table: where its instructions lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) length: usize,
    /// Columns it is moved in.
    pub(super) indent: u8,
}

/// What a cache holds.
#[derive(Debug)]
pub(super) enum Reading<'a> {
    /// No cache at all, or one without code.
    Empty,
    /// A cache that is there and could not be read.
    Damaged(Damage),
    Code(Code<'a>),
}

impl<'a> Code<'a> {
    /// Finds the tables in the bytes before a module's source.
    pub(super) fn find(cache: &'a [u8], names: &Names) -> Reading<'a> {
        if cache.len() < 0x19 {
            return Reading::Empty;
        }
        // The kind of system stands at 2: 1 Windows, 3 Windows in 64 bits, 14 Macintosh, in its own order.
        let kind = Fields::new(cache, Order::Little).u16(2).unwrap_or_default();
        let (order, kind) = if kind > 0xff { (Order::Big, kind.swap_bytes()) } else { (Order::Little, kind) };
        let fields = Fields::new(cache, order);
        let is_wide = kind == 3 || (kind != 1 && names.last_reserved == 0x106);
        // What the version says is not taken on trust: whichever layout leads to a line table is the right one.
        let later = || Self::of_vba6(fields, is_wide);
        let first = || Self::of_vba5(fields);
        let found = if names.is_vba5() { first().or_else(later) } else { later().or_else(first) };
        match found {
            Some(code) if code.line_count == 0 => Reading::Empty,
            Some(code) => Reading::Code(code),
            None => Reading::Damaged(Damage { what: "the line table of compiled code was not found", offset: 0x19 }),
        }
    }

    /// VBA 6 and 7.
    fn of_vba6(fields: Fields<'a>, is_wide: bool) -> Option<Self> {
        let records = fields.size(0x11)?.checked_add(if is_wide { 12 } else { 10 })?;
        let numbering = if is_wide { Numbering::Wide } else { Numbering::Narrow };
        Self::of(fields, 0x3f, records, fields.size(0x05)?, fields.size(0x19)?, numbering)
    }

    /// VBA 5: three tables of stated size come before the offsets.
    fn of_vba5(fields: Fields<'a>) -> Option<Self> {
        let mut cursor = Cursor { fields, at: 11 };
        let declares = cursor.at;
        skip_table(&mut cursor)?;
        cursor.skip(64)?;
        cursor.counted(16, false)?;
        skip_table(&mut cursor)?;
        cursor.skip(6)?;
        skip_table(&mut cursor)?;
        let objects = fields.size(cursor.at)?;
        let records = fields.size(cursor.at.checked_add(8)?)?.checked_add(10)?;
        let lines = fields.size(cursor.at.checked_add(77)?)?;
        Self::of(fields, declares, records, objects, lines, Numbering::Vba5)
    }

    fn of(
        fields: Fields<'a>,
        declares: usize,
        records: usize,
        objects: usize,
        lines: usize,
        numbering: Numbering,
    ) -> Option<Self> {
        let table = lines.checked_add(0x3c)?;
        if fields.u16(table)? != LINES {
            return None;
        }
        let line_count = fields.u16(table.checked_add(4)?)?;
        let start = table.checked_add(6)?;
        let size = usize::from(line_count).checked_mul(12)?;
        let objects_at = objects.checked_add(0x8a)?;
        let object_table = fields.table(objects_at);
        // The names stand behind the objects, after the mark of every table.
        let qualified = objects_at.checked_add(8)?.checked_add(object_table.bytes.len())?;
        Some(Code {
            declares: fields.table(declares),
            records: fields.table(records),
            objects: object_table,
            qualified: fields.table(qualified),
            instructions: fields.part(start.checked_add(size)?.checked_add(10)?, usize::MAX),
            numbering,
            lines: fields.part(start, size),
            line_count,
        })
    }

    /// Lines that the bytes hold, in order.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line> + 'a {
        let lines = self.lines;
        (0..usize::from(self.line_count)).map_while(move |number| {
            let at = number.checked_mul(12)?;
            Some(Line {
                start: lines.size(at.checked_add(8)?)?,
                length: usize::from(lines.u16(at.checked_add(4)?)?),
                indent: lines.u8(at.checked_add(3)?)?,
            })
        })
    }

    /// A line's instructions; none where it is empty or leads out of the code.
    pub(super) fn body(&self, line: Line) -> Fields<'a> {
        self.instructions.part(line.start, line.length)
    }

    pub(super) fn is_wide(&self) -> bool {
        self.numbering == Numbering::Wide
    }
}

fn skip_table(cursor: &mut Cursor<'_>) -> Option<()> {
    let length = usize::try_from(cursor.u32()?).ok()?;
    cursor.skip(length)
}
