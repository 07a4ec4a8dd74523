//! Services and topics of dynamic data exchange: `rules/indicators/dde.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    launchers: Vec<String>,
    offices: Vec<String>,
    commands: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("dde.toml", include_str!("../../rules/indicators/dde.toml")));

/// Whether a service runs what it is given: a shell by name, or a program by path.
pub fn is_launcher(service: &str) -> bool {
    let service = service.trim().to_lowercase();
    let name = service.rsplit(['/', '\\']).next().unwrap_or(&service);
    let stem = name.strip_suffix(".exe").unwrap_or(name);
    name != service || stem != name || TABLE.launchers.iter().any(|known| known == stem)
}

/// Whether a service is an office program that documents honestly link to.
pub fn is_office(service: &str) -> bool {
    let service = service.trim().to_lowercase();
    TABLE.offices.contains(&service)
}

/// Whether a topic or item reads like a command line.
pub fn is_command(topic: &str) -> bool {
    let topic = topic.to_lowercase();
    TABLE.commands.iter().any(|sign| topic.contains(sign.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_shells_from_market_data() {
        assert!(is_launcher("cmd"));
        assert!(is_launcher(r"C:\Windows\System32\anything.exe"));
        assert!(!is_launcher("RSS"));
        assert!(is_office("Excel.Sheet.12"));
        assert!(is_command("/c calc"));
        assert!(!is_command("'9984.T'"));
    }
}
