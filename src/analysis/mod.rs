//! Looks that do not depend on one format.

pub mod carve;
pub mod entropy;
pub mod invisible;
pub mod iocs;
pub mod names;
pub mod padding;
pub mod text;
pub mod web_archive;

use crate::stage::Analyzer;

/// Analyzers run on every artifact, in this order.
#[rustfmt::skip]
pub const ANALYZERS: &[&dyn Analyzer] = &[
    &names::Names,
    &invisible::InvisibleCharacters,
    &entropy::Randomness,
    &iocs::Indicators,
    &carve::Carver,
    &web_archive::WebArchives,
    &padding::Padding,
];
