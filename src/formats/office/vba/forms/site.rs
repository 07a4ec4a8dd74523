//! What the stream `f` says of a form and its controls (MS-OFORMS 2.2.10).

use super::block::Block;
use super::layout::{
    BOOLEANS, FONT, FORM, MOUSE_ICON, PICTURE, Property, SITE, SITE_CLASS, SITE_FLAGS, SITE_ID, SITE_SIZE,
};
use crate::formats::fields::{clsid_at, size_at, u16_at};

/// Controls of one form.
const MAX_SITES: usize = 5000;
/// Classes of controls from elsewhere.
const MAX_CLASSES: usize = 1000;
/// `FORM_FLAG_DONTSAVECLASSTABLE`, 2.2.10.4.
const WITHOUT_CLASSES: u32 = 0x8000;
/// Class of StdFont, 2.4.7.
const STD_FONT: [u8; 16] =
    [0x03, 0x52, 0xE3, 0x0B, 0x91, 0x8F, 0xCE, 0x11, 0x9D, 0xE3, 0x00, 0xAA, 0x00, 0x4B, 0xB8, 0x51];
/// The flag of a control whose record is in the stream `o`, 2.2.10.12.4.
const IS_STREAMED: u32 = 0x10;

/// The stream, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// The form's own caption.
    pub(super) caption: Option<String>,
    /// Its controls.
    pub(super) sites: Vec<Site>,
    /// Whether all the stream states was found.
    pub(super) is_whole: bool,
}

/// A control.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) id: u32,
    pub(super) class: u16,
    /// Bytes of its record in the stream `o`.
    pub(super) size: usize,
    pub(super) name: String,
    /// Its other texts.
    pub(super) texts: Vec<(Property, String)>,
}

impl Sites {
    /// Reads the stream.
    pub(super) fn read(stream: &[u8]) -> Sites {
        let mut sites = Sites::default();
        let Some(form) = Block::read(stream, &FORM) else { return sites };
        sites.caption = form.text(Property::Caption).map(str::to_owned);
        sites.is_whole = sites.read_all(stream, &form).is_some();
        sites
    }

    fn read_all(&mut self, stream: &[u8], form: &Block) -> Option<()> {
        let mut at = form.end;
        for bit in [MOUSE_ICON, FONT, PICTURE] {
            if form.number(bit).is_some() {
                at = if bit == FONT { after_font(stream, at)? } else { after_picture(stream, at)? };
            }
        }
        if form.number(BOOLEANS).unwrap_or_default() & WITHOUT_CLASSES == 0 {
            // SiteClassInfo, 2.2.10.10.
            let classes = usize::from(u16_at(stream, at)?).min(MAX_CLASSES);
            at = at.saturating_add(2);
            for _ in 0..classes {
                at = at.checked_add(4)?.checked_add(usize::from(u16_at(stream, at.checked_add(2)?)?))?;
            }
        }
        let count = size_at(stream, at)?;
        at = at.saturating_add(8);
        let depths = at;
        // FormObjectDepthTypeCount, 2.2.10.7.
        let mut left = count;
        while left > 0 {
            let kinds = usize::from(*stream.get(at.checked_add(1)?)?);
            let (several, size) = if kinds & 0x80 != 0 { (kinds & 0x7F, 3) } else { (1, 2) };
            at = at.checked_add(size)?;
            // None at a time would never end.
            left = left.saturating_sub(several.max(1));
        }
        at = depths.checked_add(at.checked_sub(depths)?.next_multiple_of(4))?;
        for _ in 0..count.min(MAX_SITES) {
            let block = Block::read(stream.get(at..)?, &SITE).filter(|block| block.end > 4)?;
            at = at.checked_add(block.end)?;
            let is_whole = block.is_whole;
            self.sites.push(Site::of(block));
            if !is_whole {
                return None;
            }
        }
        (count <= MAX_SITES).then_some(())
    }
}

impl Site {
    fn of(block: Block) -> Site {
        // Streamed is what a control is by default, 2.2.10.12.3.
        let is_streamed = block.number(SITE_FLAGS).is_none_or(|flags| flags & IS_STREAMED != 0);
        let size = block.number(SITE_SIZE).unwrap_or_default() as usize;
        Site {
            id: block.number(SITE_ID).unwrap_or_default(),
            class: block.number(SITE_CLASS).and_then(|class| u16::try_from(class).ok()).unwrap_or(0x7FFF),
            size: if is_streamed { size } else { 0 },
            name: block.text(Property::Name).unwrap_or_default().to_owned(),
            texts: block.texts.into_iter().filter(|(property, _)| *property != Property::Name).collect(),
        }
    }
}

/// GuidAndFont, 2.4.7: a font of the system, or one with properties of text.
fn after_font(stream: &[u8], at: usize) -> Option<usize> {
    let class = clsid_at(stream, at)?;
    let at = at.checked_add(16)?;
    if class == STD_FONT {
        // Version, character set, flags, weight, height, and a name with its length.
        let name = usize::from(*stream.get(at.checked_add(10)?)?);
        return at.checked_add(11)?.checked_add(name);
    }
    at.checked_add(4)?.checked_add(usize::from(u16_at(stream, at.checked_add(2)?)?))
}

/// GuidAndPicture, 2.4.8.
fn after_picture(stream: &[u8], at: usize) -> Option<usize> {
    let size = size_at(stream, at.checked_add(20)?)?;
    at.checked_add(24)?.checked_add(size).filter(|end| *end <= stream.len())
}
