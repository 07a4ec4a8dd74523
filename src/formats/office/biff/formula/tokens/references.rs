//! References and names: of this sheet, of others, of other workbooks, and those remembered with their result.

use super::super::operands::{Counting, area, area_size, cell, cell_size};
use super::{Machine, SHORT};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::biff::version::Version;
use crate::formats::office::xlm::formula::{Area, Expr, Reference};

impl Machine<'_> {
    /// PtgElf* of BIFF8 (2.5.198.47 ff.), natural-language references, and PtgList of BIFF12 (2.5.98.52).
    pub(super) fn extended(&mut self) -> Result<usize, String> {
        let kind = self.byte(0)?;
        match kind {
            0x19 => {
                let table = format!("Table{}[]", self.u32(5)?);
                self.push(Expr::Name(None, table.into()), 0, 13)
            }
            // Labels in rows and columns: a location.
            0x02 | 0x03 | 0x06 | 0x07 | 0x0A | 0x0B | 0x0D | 0x0F => {
                let area =
                    cell(self.body().get(1..).unwrap_or_default(), Counting::Plain, self.context).ok_or(SHORT)?;
                self.push(Expr::Reference(Reference { sheet: None, area }), 0, 5)
            }
            0x01 | 0x10 | 0x1D => self.push(Expr::Error("#NAME?"), 0, 5),
            _ => Err(format!("extended token {kind:#04x} is not known")),
        }
    }

    /// PtgName, 2.5.198.76.
    pub(super) fn name(&mut self) -> Result<usize, String> {
        let (number, size) = match self.context.version {
            Version::Biff12 | Version::Biff8 => (self.u32(0)?, 4),
            Version::Biff5 => (u32::from(self.u16(0)?), 14),
            Version::Biff4 | Version::Biff3 => (u32::from(self.u16(0)?), 10),
            Version::Biff2 => (u32::from(self.u16(0)?), 7),
        };
        let name = self.context.name(number);
        self.push(Expr::Name(None, name), 0, size)
    }

    /// PtgRef, PtgArea, their relative forms and those of deleted cells: 2.5.198.84, 2.5.198.27 ff.
    pub(super) fn reference(&mut self, base: u8) -> Result<usize, String> {
        let version = self.context.version;
        let counting = if matches!(base, 0x2C | 0x2D) { Counting::Relative } else { Counting::Plain };
        let is_area = matches!(base, 0x25 | 0x2B | 0x2D);
        let size = if is_area { area_size(version) } else { cell_size(version) };
        let target = if matches!(base, 0x2A | 0x2B) {
            Area::Lost
        } else if is_area {
            area(self.body(), counting, self.context).ok_or(SHORT)?
        } else {
            cell(self.body(), counting, self.context).ok_or(SHORT)?
        };
        self.push(Expr::Reference(Reference { sheet: None, area: target }), 0, size)
    }

    /// PtgMem*, 2.5.198.70 ff.: the result of the tokens that follow, remembered. Those are read instead.
    pub(super) fn remembered(&mut self, base: u8) -> Result<usize, String> {
        if base == 0x26 {
            // PtgExtraMem, 2.5.198.61.
            let used = match self.context.version {
                Version::Biff12 => {
                    let count = u32_at(self.extra, 0).unwrap_or_default();
                    usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(16).saturating_add(4)
                }
                Version::Biff8 => {
                    usize::from(u16_at(self.extra, 0).unwrap_or_default()).saturating_mul(8).saturating_add(2)
                }
                _ => usize::from(u16_at(self.extra, 0).unwrap_or_default()).saturating_mul(6).saturating_add(2),
            };
            self.extra = self.extra.get(used..).unwrap_or_default();
        }
        let is_old = self.context.version == Version::Biff2;
        Ok(match (base, is_old) {
            (0x29 | 0x2E | 0x2F, true) => 1,
            (0x29 | 0x2E | 0x2F, false) => 2,
            (_, true) => 4,
            (_, false) => 6,
        })
    }

    /// PtgNameX, PtgRef3d, PtgArea3d and those of deleted cells: 2.5.198.77, 2.5.198.85, 2.5.198.28.
    pub(super) fn elsewhere(&mut self, base: u8) -> Result<usize, String> {
        let version = self.context.version;
        if version < Version::Biff5 {
            return Err(format!("token {base:#04x} is not known"));
        }
        let is_area = matches!(base, 0x3B | 0x3D);
        if version == Version::Biff5 {
            return self.elsewhere_in_5(base, is_area);
        }
        let number = self.u16(0)?;
        if base == 0x39 {
            let (sheet, name) = self.context.name_elsewhere(number, self.u32(2)?);
            return self.push(Expr::Name(sheet, name), 0, 6);
        }
        let body = self.body().get(2..).unwrap_or_default();
        let target = match base {
            0x3A => cell(body, Counting::Plain, self.context).ok_or(SHORT)?,
            0x3B => area(body, Counting::Plain, self.context).ok_or(SHORT)?,
            _ => Area::Lost,
        };
        let size = if is_area { area_size(version) } else { cell_size(version) };
        let sheet = self.context.sheet(number);
        self.push(Expr::Reference(Reference { sheet, area: target }), 0, size.saturating_add(2))
    }

    /// The same in BIFF5: a number into EXTERNSHEET, negative for own sheets, then the sheets' own numbers.
    fn elsewhere_in_5(&mut self, base: u8, is_area: bool) -> Result<usize, String> {
        let number = i16::from_le_bytes(self.u16(0)?.to_le_bytes());
        if base == 0x39 {
            let (sheet, name) = if number < 0 {
                (None, self.context.name(u32::from(self.u16(10)?)))
            } else {
                let index = u16::try_from(number).unwrap_or_default().saturating_sub(1);
                self.context.name_elsewhere(index, u32::from(self.u16(10)?))
            };
            return self.push(Expr::Name(sheet, name), 0, 24);
        }
        let body = self.body().get(14..).unwrap_or_default();
        let target = match base {
            0x3A => cell(body, Counting::Plain, self.context).ok_or(SHORT)?,
            0x3B => area(body, Counting::Plain, self.context).ok_or(SHORT)?,
            _ => Area::Lost,
        };
        let tab = |value: u16| i32::from(i16::from_le_bytes(value.to_le_bytes()));
        let sheet = if number < 0 {
            self.context.own_sheets(tab(self.u16(10)?), tab(self.u16(12)?))
        } else {
            self.context.sheet(u16::try_from(number).unwrap_or_default().saturating_sub(1))
        };
        let size = if is_area { 20 } else { 17 };
        self.push(Expr::Reference(Reference { sheet, area: target }), 0, size)
    }
}
