//! Class ids that documents name, and what each class does: `rules/indicators/clsids.toml`.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

/// A class id in its stored form: the first three fields little-endian (MS-DTYP 2.3.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clsid(pub [u8; 16]);

impl Clsid {
    /// No class.
    pub const NONE: Clsid = Clsid([0; 16]);

    /// Whether it names a class at all.
    pub fn is_none(self) -> bool {
        self == Clsid::NONE
    }

    /// Reads `0002CE02-0000-0000-C000-000000000046`, with or without braces.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('{').trim_end_matches('}');
        let mut bytes = [0u8; 16];
        let mut digits = text.chars().filter(|c| *c != '-');
        for byte in &mut bytes {
            let (high, low) = (digits.next()?.to_digit(16)?, digits.next()?.to_digit(16)?);
            *byte = u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?;
        }
        digits.next().is_none().then_some(Clsid(swap(bytes)))
    }
}

/// Swaps between the written and the stored order of the first three fields.
fn swap(bytes: [u8; 16]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

impl fmt::Display for Clsid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in swap(self.0).iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{byte:02X}")?;
        }
        Ok(())
    }
}

/// What a class does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassKind {
    /// An equation editor.
    Equation,
    /// A file packed into a document.
    Package,
    /// A link that is followed.
    Link,
    /// A browser window.
    Browser,
    /// Runs scripts or programs.
    Script,
    /// The retired Flash player.
    Flash,
    /// Ordinary form controls.
    Forms,
    /// Known for memory corruption.
    Exploited,
    /// A document type.
    Program,
}

/// A known class.
#[derive(Debug, Deserialize)]
pub struct KnownClass {
    id: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub kind: ClassKind,
    /// Names by which programs ask for it (ProgIDs).
    #[serde(default)]
    pub names: Vec<String>,
    /// What its presence was used for.
    #[serde(default)]
    pub cve: Vec<String>,
}

impl KnownClass {
    /// Its id.
    pub fn clsid(&self) -> Clsid {
        Clsid::from_text(&self.id).unwrap_or(Clsid::NONE)
    }
}

#[derive(Deserialize)]
struct Table {
    class: Vec<KnownClass>,
}

static CLASSES: LazyLock<HashMap<Clsid, KnownClass>> = LazyLock::new(|| {
    let table: Table = super::shipped("clsids.toml", include_str!("../../rules/indicators/clsids.toml"));
    table.class.into_iter().filter_map(|class| Some((Clsid::from_text(&class.id)?, class))).collect()
});

/// What is known of a class.
pub fn class(id: Clsid) -> Option<&'static KnownClass> {
    CLASSES.get(&id)
}

static BY_NAME: LazyLock<HashMap<String, Clsid>> = LazyLock::new(|| {
    let names = CLASSES.iter().flat_map(|(id, known)| known.names.iter().map(move |name| (name.to_lowercase(), *id)));
    names.collect()
});

/// What is known of a class by its name, in any case.
pub fn class_of_name(name: &str) -> Option<&'static KnownClass> {
    class(*BY_NAME.get(&name.trim().to_lowercase())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let table: Table = super::super::shipped("clsids.toml", include_str!("../../rules/indicators/clsids.toml"));
        assert_eq!(table.class.len(), CLASSES.len());
        assert_eq!(table.class.iter().map(|class| class.names.len()).sum::<usize>(), BY_NAME.len());
    }

    #[test]
    fn text_and_stored_form_agree() {
        let text = "0002CE02-0000-0000-C000-000000000046";
        let id = Clsid::from_text(text).unwrap();
        assert_eq!(id.0[..4], [0x02, 0xCE, 0x02, 0x00]);
        assert_eq!(id.to_string(), text);
        assert_eq!(Clsid::from_text("{0002CE02-0000-0000-C000-000000000046}"), Some(id));
        assert_eq!(Clsid::from_text("0002CE02"), None);
        assert_eq!(class(id).unwrap().kind, ClassKind::Equation);
        assert_eq!(class_of_name("eQuatiON.3").unwrap().clsid(), id);
        assert!(class_of_name("Equation.33").is_none());
    }
}
