//! Installers and help files written by other programs.

use super::{Workshop, assert_whole, payloads, scan};

/// `msibuild` of msitools writes the database, `gcab` the cabinet in it.
#[test]
fn packages_of_msibuild_come_apart() {
    let shop = Workshop::new();
    let payloads = payloads();
    for (name, bytes) in &payloads {
        shop.put(name, bytes);
    }
    let table = "Action\tType\tSource\tTarget\r\ns72\ti2\tS72\tS255\r\nCustomAction\tAction\r\nGo\t34\tSystemFolder\tpowershell.exe -c rem\r\n";
    shop.put("CustomAction.idt", table.as_bytes());
    let sequence = "Action\tCondition\tSequence\r\ns72\tS255\tI2\r\nInstallExecuteSequence\tAction\r\nGo\t\t4000\r\n";
    shop.put("InstallExecuteSequence.idt", sequence.as_bytes());
    let binary = "Name\tData\r\ns72\tv0\r\nBinary\tName\r\n";
    shop.put("Binary.idt", binary.as_bytes());
    let import = |table: &str| shop.run("msibuild", &["a.msi", "-i", table]);
    if !(import("CustomAction.idt") && import("InstallExecuteSequence.idt") && import("Binary.idt")) {
        return;
    }
    for (name, _) in &payloads {
        assert!(shop.run("msibuild", &["a.msi", "-a", &format!("Binary.{name}"), name]));
    }
    let report = scan("a.msi", shop.get("a.msi"), &[]);
    let root = &report.artifacts[0];
    assert_eq!(root.format, "msi");
    for (name, bytes) in &payloads {
        let digest = sekisho::model::Digests::of(bytes).sha256;
        let found = report.artifacts.iter().find(|artifact| artifact.sha256 == digest);
        assert_eq!(found.map(|artifact| artifact.name.as_str()), Some(format!("Binary.{name}").as_str()));
    }
    let command = report.findings.iter().find(|finding| finding.id == "installer-runs-command").expect("said");
    assert!(command.observed.contains("powershell.exe -c rem"), "{}", command.observed);
}

/// `makensis`, with each method, solid and not.
#[test]
fn installers_of_makensis_come_apart() {
    for method in ["zlib", "bzip2", "lzma", "/SOLID zlib", "/SOLID bzip2", "/SOLID lzma"] {
        let shop = Workshop::new();
        let payloads = payloads();
        for (name, bytes) in &payloads {
            shop.put(name, bytes);
        }
        let files: String = payloads.iter().map(|(name, _)| format!("File {name}\n")).collect();
        let script = format!(
            "Name a\nOutFile a.exe\nSetCompressor {method}\nSection\nSetOutPath $INSTDIR\\sub\n{files}\
             ExecWait 'powershell.exe -c rem'\nSectionEnd\n"
        );
        shop.put("a.nsi", script.as_bytes());
        if !shop.run("makensis", &["-V1", "a.nsi"]) {
            return;
        }
        let report = scan("a.exe", shop.get("a.exe"), &[]);
        assert_whole(&report, &payloads);
        let command = report.findings.iter().find(|finding| finding.id == "self-extractor-runs-command");
        assert_eq!(command.map(|finding| finding.observed.as_str()), Some("powershell.exe -c rem"), "{method}");
    }
}
