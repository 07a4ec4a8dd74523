//! The picture Explorer shows for a program, decoded and reduced to a difference hash and a colour.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits, RgbaImage};

use super::{PeView, resources};
use crate::formats::fields::{size_at, u16_at, u32_at};
use crate::knowledge::icons::Tint;

/// One picture, reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reduced {
    /// Pixels per side.
    pub(super) side: u32,
    /// Difference hash: 64 bits whether a cell is brighter than its right neighbour, then 64 whether it is brighter
    /// than the one below.
    pub(super) hash: u128,
    /// The colour that dominates.
    pub(super) tint: Tint,
}

/// Pictures of a group looked at: sizes and depths, a dozen in large programs.
const MAX_PICTURES: usize = 24;
/// Largest picture of an icon.
const MAX_SIDE: u32 = 512;

/// Pictures of the icon Explorer shows: the first group of the tree.
pub(super) fn shown(bytes: &[u8], view: &PeView) -> Vec<Reduced> {
    let Some(group) = view.resources.iter().find(|resource| resource.kind == resources::GROUP_ICON) else {
        return Vec::new();
    };
    let Some(group) = bytes.get(group.range.clone()) else { return Vec::new() };
    let count = u16_at(group, 4).map_or(0, usize::from).min(MAX_PICTURES);
    let mut pictures: Vec<Reduced> = Vec::new();
    for index in 0..count {
        let Some(id) = u16_at(group, index.saturating_mul(14).saturating_add(18)) else { break };
        let name = super::ResourceId::Number(u32::from(id));
        let icon = view.resources.iter().find(|r| r.kind == resources::ICON && r.name == name);
        let picture = icon.and_then(|icon| decode(bytes.get(icon.range.clone())?));
        if let Some(reduced) = picture.and_then(|picture| reduce(&picture))
            && !pictures.contains(&reduced)
        {
            pictures.push(reduced);
        }
    }
    pictures
}

/// An icon's image: a PNG, or a bitmap without file header whose height counts the mask too.
fn decode(data: &[u8]) -> Option<RgbaImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(16 << 20);
    let (format, file) = if data.starts_with(b"\x89PNG") {
        (ImageFormat::Png, data.to_vec())
    } else {
        if size_at(data, 0)? < 40 {
            return None;
        }
        let (width, height) = (u32_at(data, 4)?, u32_at(data, 8)? / 2);
        if width == 0 || height == 0 || width > 256 || height > 256 || data.len() > 1 << 20 {
            return None;
        }
        // The decoder wants an icon file: a directory of one, with the image behind it. 0 stands for 256.
        let mut file = vec![0, 0, 1, 0, 1, 0, width as u8, height as u8, 0, 0, 1, 0];
        file.extend_from_slice(&u16_at(data, 14)?.to_le_bytes());
        file.extend_from_slice(&u32::try_from(data.len()).ok()?.to_le_bytes());
        file.extend_from_slice(&22u32.to_le_bytes());
        file.extend_from_slice(data);
        (ImageFormat::Ico, file)
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    reader.decode().ok().map(|picture| picture.to_rgba8())
}

/// Cells per side; nine give eight differences.
const CELLS: u64 = 9;
/// Brightness difference below which two cells count as equal, so that flat areas do not flip bits.
const FLAT: u64 = 4;

/// Reduces a picture, laid on white.
pub(super) fn reduce(picture: &RgbaImage) -> Option<Reduced> {
    let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
    if width < 16 || height < 16 {
        return None;
    }
    // Each pixel is spread over the cells it touches: in units where a cell is as wide as the picture has pixels and a
    // pixel as wide as there are cells, all overlaps are whole numbers.
    let mut sums = [[0u64; CELLS as usize]; CELLS as usize];
    for (x, y, pixel) in picture.enumerate_pixels() {
        let [red, green, blue, alpha] = pixel.0.map(u64::from);
        let on_white = |part: u64| (part * alpha + 255 * (255 - alpha)) / 255;
        let light = (on_white(red) * 299 + on_white(green) * 587 + on_white(blue) * 114) / 1000;
        for (row, cells) in sums.iter_mut().enumerate() {
            let high = overlap(u64::from(y) * CELLS, CELLS, row as u64 * height, height);
            if high == 0 {
                continue;
            }
            for (column, sum) in cells.iter_mut().enumerate() {
                let wide = overlap(u64::from(x) * CELLS, CELLS, column as u64 * width, width);
                *sum = sum.saturating_add(light * high * wide);
            }
        }
    }
    let area = (width * height).max(1);
    let is_step = |from: &u64, to: &u64| u128::from(from / area > to / area + FLAT);
    let mut hash = 0u128;
    for cells in sums.iter().take(8) {
        for (left, right) in cells.iter().zip(cells.iter().skip(1)) {
            hash = (hash << 1) | is_step(left, right);
        }
    }
    for (upper, lower) in sums.iter().zip(sums.iter().skip(1)) {
        for (top, bottom) in upper.iter().zip(lower).take(8) {
            hash = (hash << 1) | is_step(top, bottom);
        }
    }
    Some(Reduced { side: picture.width(), hash, tint: tint(picture) })
}

fn overlap(start: u64, length: u64, other: u64, other_length: u64) -> u64 {
    (start + length).min(other + other_length).saturating_sub(start.max(other))
}

/// The hue most of the coloured pixels have, if at least a twelfth of the visible ones are coloured so.
fn tint(picture: &RgbaImage) -> Tint {
    const COLOURED: u8 = 48;
    let mut visible = 0u32;
    let mut counts = [(Tint::Red, 0u32), (Tint::Yellow, 0), (Tint::Green, 0), (Tint::Blue, 0), (Tint::Violet, 0)];
    for pixel in picture.pixels() {
        let [red, green, blue, alpha] = pixel.0;
        if alpha < 128 {
            continue;
        }
        visible = visible.saturating_add(1);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        if most - least < COLOURED {
            continue;
        }
        let span = f32::from(most - least);
        let hue = if most == red {
            (f32::from(green) - f32::from(blue)) / span
        } else if most == green {
            2.0 + (f32::from(blue) - f32::from(red)) / span
        } else {
            4.0 + (f32::from(red) - f32::from(green)) / span
        } * 60.0;
        let tint = match hue.rem_euclid(360.0) {
            20.0..70.0 => Tint::Yellow,
            70.0..170.0 => Tint::Green,
            170.0..260.0 => Tint::Blue,
            260.0..335.0 => Tint::Violet,
            _ => Tint::Red,
        };
        for (known, count) in &mut counts {
            if *known == tint {
                *count = count.saturating_add(1);
            }
        }
    }
    match counts.iter().max_by_key(|(_, count)| *count) {
        Some((tint, count)) if count.saturating_mul(12) >= visible && *count > 0 => *tint,
        _ => Tint::Grey,
    }
}
