//! Bytes to [`LnkView`]: header, then the parts its flags announce, in the order of MS-SHLLINK 2.

use std::ops::Range;

use super::extra::{self, Extra};
use super::place::{self, Place};
use super::{MAGIC, items};
use crate::formats::fields::{size_at, u16_at, u32_at, wide_at};
use crate::model::name::file_name;
use crate::model::{Bytes, Location, ParseError, Problem, View};

/// A shortcut as read.
#[derive(Debug, Default)]
pub struct LnkView {
    /// LinkFlags.
    pub flags: u32,
    /// FileAttributes of the target when the shortcut was made.
    pub attributes: u32,
    /// Size of the target then, modulo 2³².
    pub target_size: u32,
    /// ShowCommand: 1 normal, 3 maximised, 7 minimised.
    pub show: u32,
    /// Index of the icon in its file.
    pub icon_index: i32,
    /// The path the list of shell items leads to.
    pub list_path: Option<String>,
    /// Whether one item of that list holds a whole path.
    pub is_crammed: bool,
    /// Link information.
    pub place: Option<Place>,
    /// NAME_STRING, shown as the comment.
    pub description: Option<String>,
    /// RELATIVE_PATH.
    pub relative_path: Option<String>,
    /// WORKING_DIR.
    pub working_folder: Option<String>,
    /// COMMAND_LINE_ARGUMENTS, whole.
    pub arguments: Option<String>,
    /// ICON_LOCATION.
    pub icon: Option<String>,
    /// The data blocks.
    pub extra: Extra,
    /// Bytes after the end of the shortcut, without zeros at their end.
    pub overlay: Option<Range<usize>>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
}

const HAS_LIST: u32 = 1;
const HAS_PLACE: u32 = 1 << 1;
const HAS_DESCRIPTION: u32 = 1 << 2;
const HAS_RELATIVE_PATH: u32 = 1 << 3;
const HAS_WORKING_FOLDER: u32 = 1 << 4;
const HAS_ARGUMENTS: u32 = 1 << 5;
const HAS_ICON: u32 = 1 << 6;
const IS_UNICODE: u32 = 1 << 7;

impl View for LnkView {
    /// MS-SHLLINK 2.1 ShellLinkHeader, and what follows it.
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.starts_with(MAGIC) {
            return Err(ParseError::new("no shortcut header", 0));
        }
        let flags = u32_at(bytes, 20).ok_or_else(|| ParseError::new("header ends early", bytes.len() as u64))?;
        let field = |offset: usize| u32_at(bytes, offset).unwrap_or(0);
        let mut view = LnkView {
            flags,
            attributes: field(24),
            target_size: field(52),
            icon_index: field(56).cast_signed(),
            show: field(60),
            ..LnkView::default()
        };
        let end = view.read_parts(bytes);
        match end {
            Some(end) => view.overlay = overlay(bytes, end),
            None => view
                .problems
                .push(Problem::damaged("the shortcut ends inside one of its parts", Location::at(bytes.len()))),
        }
        Ok(view)
    }
}

impl LnkView {
    /// Every part in order. Gives the offset after the terminal block, or nothing if the file ended before it.
    fn read_parts(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 76usize;
        if self.flags & HAS_LIST != 0 {
            let size = usize::from(u16_at(bytes, at)?);
            let start = at.checked_add(2)?;
            at = start.checked_add(size)?;
            if let Some(trail) = items::path(bytes.get(start..at)?) {
                self.is_crammed = trail.is_crammed;
                self.list_path = Some(trail.path);
            }
        }
        if self.flags & HAS_PLACE != 0 {
            let size = size_at(bytes, at)?;
            let next = at.checked_add(size.max(4))?;
            self.place = Some(place::read(bytes.get(at..next)?));
            at = next;
        }
        let is_unicode = self.flags & IS_UNICODE != 0;
        let mut text = |flag: u32, flags: u32| -> Option<Option<String>> {
            if flags & flag == 0 {
                return Some(None);
            }
            let (value, next) = string_data(bytes, at, is_unicode)?;
            at = next;
            Some(Some(value))
        };
        self.description = text(HAS_DESCRIPTION, self.flags)?;
        self.relative_path = text(HAS_RELATIVE_PATH, self.flags)?;
        self.working_folder = text(HAS_WORKING_FOLDER, self.flags)?;
        self.arguments = text(HAS_ARGUMENTS, self.flags)?;
        self.icon = text(HAS_ICON, self.flags)?;
        extra::read(bytes, at, &mut self.extra, &mut self.problems)
    }

    /// Every path the shortcut names for its target, with where each stands, the one Explorer follows first.
    pub fn targets(&self) -> Vec<(&'static str, String)> {
        let mut targets: Vec<(&'static str, String)> = Vec::new();
        let found = [
            ("environment block", self.extra.environment.clone()),
            ("item list", self.list_path.clone()),
            ("newer item list", self.extra.newer_list_path.clone()),
            ("link information", self.place.as_ref().and_then(Place::path)),
            ("relative path", self.relative_path.clone()),
        ];
        for (place, path) in found {
            if let Some(path) = path.filter(|path| !path.trim().is_empty()) {
                targets.push((place, path));
            }
        }
        targets
    }

    /// File name of the target Explorer follows; empty if the shortcut names none.
    pub fn target_name(&self) -> String {
        self.targets().first().map(|(_, path)| file_name(path.trim_end_matches('\\')).to_owned()).unwrap_or_default()
    }
}

/// MS-SHLLINK 2.4 StringData: a count of characters, then as many, without a NUL.
fn string_data(bytes: &[u8], at: usize, is_unicode: bool) -> Option<(String, usize)> {
    let count = usize::from(u16_at(bytes, at)?);
    let start = at.checked_add(2)?;
    if is_unicode {
        let end = start.checked_add(count.checked_mul(2)?)?;
        let units: Vec<u16> = bytes.get(start..end)?.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect();
        Some((String::from_utf16_lossy(&units), end))
    } else {
        let end = start.checked_add(count)?;
        Some((ansi(bytes.get(start..end)?), end))
    }
}

/// Text in the code page of the machine the shortcut was made on, which the file does not name: Japanese if it reads
/// as such, Western otherwise.
pub(super) fn ansi(bytes: &[u8]) -> String {
    let (text, malformed) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes);
    if malformed {
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    }
    text.into_owned()
}

/// NUL-terminated UTF-16 at an offset of a block; none if empty.
pub(super) fn wide(bytes: &[u8], at: usize) -> Option<String> {
    wide_at(bytes, at, 32_768).map(|(text, _)| text).filter(|text| !text.is_empty())
}

fn overlay(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = bytes.get(end..)?;
    let last = rest.iter().rposition(|byte| *byte != 0)?;
    Some(end..end.saturating_add(last).saturating_add(1))
}
