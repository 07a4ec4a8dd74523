rule powershell_encoded_command {
    meta:
        title = "PowerShell is started with a hidden window or an encoded command"
        title_ja = "PowerShellを非表示またはエンコードされた命令で起動します"
        severity = "high"
        attack = "T1059.001,T1027.010"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        sample = "rule-powershell-encoded"
    strings:
        // An argument of 40 and more base64 characters that begins like UTF-16LE text: every other byte is zero.
        $encoded = /powershell(\.exe)?["']?[ \t][^\r\n]{0,120}[-\/]e(nc?|ncodedcommand|c)?[ \t]{1,8}["']?[A-Za-z0-9+\/]{2}[AB][A-Za-z0-9+\/=]{37}/ nocase ascii wide
    condition:
        $encoded
}
