//! Files that are pieces of one: which siblings belong together, by the names that splitting programs give: 7-Zip's and
//! HJSplit's `.001`, RAR's `.part1.rar` and `.r00`, zip's `.z01`, ARJ's `.a01`, ACE's `.c00`. One after the other they are
//! what the readers of their formats read; RAR's and ARJ's volumes keep their own headers between. Names only propose; the pieces stay artifacts of their own, and the joined file is one more, so that a wrong guess hides nothing.

use std::collections::BTreeMap;

/// A piece: what it is a piece of, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The whole's name, lower case: pieces with the same one belong together.
    pub(crate) whole: String,
    /// Position, counted from whatever the scheme counts from; [`u32::MAX`] for the last piece of a split zip, which
    /// has no number.
    pub(crate) number: u32,
    /// The number the scheme starts with.
    pub(crate) first: u32,
}

/// Pieces of one whole, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PieceSet {
    /// The whole's name.
    pub(crate) name: String,
    /// Positions in the list given.
    pub(crate) members: Vec<usize>,
}

/// Pieces of one file; more would be a way to make us look for ever.
const MAX_PIECES: usize = 1_000;

/// Reads a name as that of a piece, in every way it can be read.
pub(crate) fn pieces(name: &str) -> Vec<Piece> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    let Some((stem, extension)) = name.rsplit_once('.') else { return Vec::new() };
    if stem.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let piece = |whole: String, number, first| Piece { whole, number, first };
    match extension {
        "rar" | "exe" | "sfx" => {
            if let Some((base, number)) = part_number(stem) {
                found.push(piece(format!("{base}.rar"), number, 1));
            } else if extension == "rar" {
                found.push(piece(format!("{stem}.rar"), 0, 0));
            }
        }
        // The last piece carries the directory and the plain name.
        "zip" | "zipx" => found.push(piece(format!("{stem}.{extension}"), u32::MAX, 1)),
        "arj" | "ace" | "alz" => found.push(piece(format!("{stem}.{extension}"), 0, 0)),
        _ => {}
    }
    let letters = extension.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = extension.get(letters.len()..).unwrap_or_default();
    let number = digits.parse::<u32>().ok().filter(|_| (2..=4).contains(&digits.len()));
    if let Some(number) = number {
        match letters {
            "" if digits.len() >= 3 => {
                found.push(piece(stem.to_owned(), number, 1));
            }
            // a.rar, a.r00 … a.r99, a.s00 …
            "r" | "s" | "t" if digits.len() == 2 => {
                let hundreds = match letters {
                    "r" => 1,
                    "s" => 101,
                    _ => 201,
                };
                found.push(piece(format!("{stem}.rar"), number.saturating_add(hundreds), 0));
            }
            "z" => found.push(piece(format!("{stem}.zip"), number, 1)),
            "zx" => found.push(piece(format!("{stem}.zipx"), number, 1)),
            "a" if digits.len() == 2 => {
                found.push(piece(format!("{stem}.arj"), number, 0));
                found.push(piece(format!("{stem}.alz"), number.saturating_add(1), 0));
            }
            "c" if digits.len() == 2 => {
                found.push(piece(format!("{stem}.ace"), number.saturating_add(1), 0));
            }
            _ => {}
        }
    }
    found
}

/// `name.part03` as (`name`, 3).
fn part_number(stem: &str) -> Option<(&str, u32)> {
    let (base, part) = stem.rsplit_once('.')?;
    let digits = part.strip_prefix("part")?;
    let number = digits.parse().ok().filter(|_| digits.len() <= 5)?;
    (!base.is_empty()).then_some((base, number))
}

/// The wholes that names of siblings add up to: two pieces at least, from the first on without a gap. A number that
/// occurs twice makes the set ambiguous, and it is left alone. Pieces behind a gap are left out.
pub(crate) fn sets<'n>(names: impl Iterator<Item = &'n str>) -> Vec<PieceSet> {
    let mut wholes: BTreeMap<String, BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
    let mut firsts: BTreeMap<String, u32> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        for piece in pieces(name) {
            firsts.insert(piece.whole.clone(), piece.first);
            wholes.entry(piece.whole).or_default().entry(piece.number).or_default().push(index);
        }
    }
    let mut found = Vec::new();
    for (name, by_number) in wholes {
        // HJSplit and others count from 000 or 001.
        let counts_from = firsts.get(&name).copied().unwrap_or_default();
        let mut next = match by_number.keys().next() {
            Some(0) => 0,
            _ => counts_from,
        };
        let mut members = Vec::new();
        for (number, indices) in &by_number {
            let [only] = indices.as_slice() else {
                members.clear();
                break;
            };
            // An old zip whose pieces are not all there is still read as far as it goes, with its directory last.
            if *number != next && *number != u32::MAX || members.len() >= MAX_PIECES {
                break;
            }
            members.push(*only);
            next = next.saturating_add(1);
        }
        if members.len() >= 2 {
            found.push(PieceSet { name, members });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(names: &[&str]) -> Vec<(String, Vec<usize>)> {
        sets(names.iter().copied()).into_iter().map(|set| (set.name, set.members)).collect()
    }

    #[test]
    fn each_scheme_is_put_in_order() {
        let is = |names: &[&str], name: &str, members: &[usize]| {
            assert_eq!(joined(names), [(name.to_owned(), members.to_vec())], "{names:?}");
        };
        is(&["A.7Z.002", "a.7z.001", "b.txt"], "a.7z", &[1, 0]);
        is(&["a.zip", "a.z02", "a.z01"], "a.zip", &[2, 1, 0]);
        is(&["a.part2.rar", "a.part1.exe", "a.part3.rar"], "a.rar", &[1, 0, 2]);
        is(&["a.r00", "a.rar", "a.r01"], "a.rar", &[1, 0, 2]);
        is(&["folder/a.arj", "folder/a.a01"], "a.arj", &[0, 1]);
        is(&["x.bin.000", "x.bin.001"], "x.bin", &[0, 1]);
    }

    #[test]
    fn gaps_repeats_and_strangers_are_left_alone() {
        assert_eq!(joined(&["a.002", "a.003"]), []);
        assert_eq!(joined(&["a.001", "a.001", "a.002"]), []);
        assert_eq!(joined(&["a.zip", "b.zip", "notes.txt"]), []);
        assert_eq!(joined(&["version.1.2", "a.z01"]), []);
        assert_eq!(joined(&["a.001", "a.002", "a.004"]), [("a".to_owned(), vec![0, 1])]);
    }
}
