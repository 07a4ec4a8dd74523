//! Places whose content runs by itself: `rules/indicators/autostart.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    places: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("autostart.toml", include_str!("../../rules/indicators/autostart.toml")));

/// The first such place in a path, whatever its separators and case; none if it aims at none.
pub fn aims_at(path: &str) -> Option<&'static str> {
    let path = path.replace('\\', "/").to_lowercase();
    TABLE.places.iter().map(String::as_str).find(|place| path.contains(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_startup_folder_however_it_is_written() {
        let path = "..\\..\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\a.lnk";
        assert!(aims_at(path).is_some());
        assert_eq!(aims_at("docs/startup.txt"), None);
    }
}
