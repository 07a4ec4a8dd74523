//! Where rules come from.

/// One rule file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RuleSource {
    /// Its path as shown in errors; also its namespace.
    pub name: String,
    /// Its text.
    pub text: String,
}

macro_rules! shipped {
    ($($path:literal),* $(,)?) => {
        /// Files under `rules/yara/` that are part of the program. A test compares the list with the folder.
        const SHIPPED: &[(&str, &str)] = &[
            $(($path, include_str!(concat!("../../rules/yara/", $path))),)*
        ];
    };
}

shipped! {
    "marker/eicar_test_file.yar",
    "marker/harmless_sample.yar",
    "dropper/base64_program.yar",
    "dropper/certutil_decodes_file.yar",
    "dropper/mshta_runs_remote_script.yar",
    "dropper/powershell_download_cradle.yar",
    "dropper/powershell_encoded_command.yar",
    "dropper/xored_program.yar",
    "exploit/equation_editor_font_overflow.yar",
    "exploit/msdt_protocol_call.yar",
    "exploit/url_moniker_in_rtf.yar",
    "lure/enable_content_lure.yar",
    "lure/run_dialog_lure.yar",
    "packer/autoit_compiled_script.yar",
    "packer/nsis_installer.yar",
    "packer/sfx_runs_program.yar",
    "program/japanese_blog_dead_drop.yar",
    "program/process_injection_imports.yar",
    "script/html_blob_download.yar",
    "script/wmi_process_create.yar",
}

/// The rule files that are part of the program.
pub fn shipped_sources() -> Vec<RuleSource> {
    SHIPPED.iter().map(|(name, text)| RuleSource { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_file_is_part_of_the_program() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/yara");
        let mut found = Vec::new();
        for topic in std::fs::read_dir(&root).unwrap() {
            for file in std::fs::read_dir(topic.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
        found.sort();
        let mut listed: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }
}
