//! Pictures that people take for folders and documents: `rules/indicators/icons.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The colour that dominates a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tint {
    /// Red.
    Red,
    /// Yellow to orange.
    Yellow,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Violet.
    Violet,
    /// No colour covers enough of it.
    Grey,
}

#[derive(Deserialize)]
struct Table {
    distance: u32,
    icon: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    depicts: String,
    vendors: Vec<String>,
    looks: Vec<Look>,
}

#[derive(Deserialize)]
struct Look {
    tint: Tint,
    hash: String,
}

/// A picture known to be taken for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depiction {
    /// What it is taken for: `folder`, `pdf`, `word`, ….
    pub depicts: String,
    /// Companies whose own programs rightly go by it, lower case.
    pub vendors: Vec<String>,
    /// Its dominant colour.
    pub tint: Tint,
    /// Its difference hash.
    pub hash: u128,
}

static DEPICTIONS: LazyLock<(u32, Vec<Depiction>)> = LazyLock::new(|| {
    let table: Table = super::shipped("icons.toml", include_str!("../../rules/indicators/icons.toml"));
    let mut depictions = Vec::new();
    for row in table.icon {
        let vendors: Vec<String> = row.vendors.iter().map(|vendor| vendor.to_lowercase()).collect();
        for look in row.looks {
            if let Ok(hash) = u128::from_str_radix(&look.hash, 16) {
                let (depicts, vendors) = (row.depicts.clone(), vendors.clone());
                depictions.push(Depiction { depicts, vendors, tint: look.tint, hash });
            }
        }
    }
    (table.distance, depictions)
});

/// What a picture of this hash and colour would be taken for, and how many bits it differs in.
pub fn nearest(hash: u128, tint: Tint) -> Option<(&'static Depiction, u32)> {
    let (farthest, depictions) = &*DEPICTIONS;
    depictions
        .iter()
        .filter(|depiction| depiction.tint == tint)
        .map(|depiction| (depiction, (depiction.hash ^ hash).count_ones()))
        .filter(|(_, distance)| distance <= farthest)
        .min_by_key(|(_, distance)| *distance)
}
