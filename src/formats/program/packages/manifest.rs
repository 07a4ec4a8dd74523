//! Manifests that are text.

/// The value of a main attribute of a JAR manifest; long lines go on in the next, after a blank (JAR File
/// Specification, "Notes on Manifest").
pub(super) fn main_attribute(text: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n").replace("\n ", "");
    let main = text.split("\n\n").next().unwrap_or_default();
    let value = main.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    (!value.is_empty()).then_some(value)
}

/// The values of an attribute of XML or a key of JSON, in order: what stands in quotes after the name and an equals sign
/// or colon. The manifests of packages are short and regular; their values are shown, not obeyed.
pub(super) fn values(text: &[u8], name: &str) -> Vec<String> {
    const MAX_VALUES: usize = 32;
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    for (at, _) in text.match_indices(name) {
        if found.len() >= MAX_VALUES {
            break;
        }
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            continue;
        }
        let after = text.get(at.saturating_add(name.len())..).unwrap_or_default();
        let after = after.strip_prefix('"').unwrap_or(after).trim_start();
        let Some(after) = after.strip_prefix(['=', ':']).map(str::trim_start) else { continue };
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let value = after.get(1..).and_then(|rest| rest.split(quote).next()).unwrap_or_default();
        found.push(value.chars().take(256).collect());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_jar_manifest_go_on() {
        let text =
            b"Manifest-Version: 1.0\r\nMain-Class: com.example.view\r\n er.Main\r\n\r\nName: a\r\nMain-Class: no\r\n";
        assert_eq!(main_attribute(text, "main-class").as_deref(), Some("com.example.viewer.Main"));
        assert_eq!(main_attribute(b"Name: a\n", "Main-Class"), None);
    }

    #[test]
    fn values_of_xml_and_json() {
        let xml = b"<Identity Name='a.b' Publisher=\"CN=Example\"/><Application Executable = 'x.exe' DisplayName='n'/>";
        assert_eq!(values(xml, "Name"), ["a.b"]);
        assert_eq!(values(xml, "Publisher"), ["CN=Example"]);
        assert_eq!(values(xml, "Executable"), ["x.exe"]);
        assert_eq!(values(br#"{"scriptPath": "run.ps1"}"#, "scriptPath"), ["run.ps1"]);
    }
}
