rule base64_program {
    meta:
        title = "a Windows program in base64 inside text"
        title_ja = "テキスト内にbase64で埋め込まれた実行ファイルがあります"
        severity = "high"
        attack = "T1027.013,T1140"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        sample = "rule-base64-program"
    strings:
        // "MZ" and the DOS stub's sentence, each at the three alignments base64 can have.
        $head = /TV(qQAAMAAAAEAAAA|oAAAAAAAAAAAAA|pQAAIAAAAEAA8A|qAAAEAAAAEABAA|roAAAA)/
        $stub = "This program cannot be run in DOS mode" base64 base64wide
        $stub_variant = "This program must be run under Win32" base64 base64wide
    condition:
        detected_type != "eml" and detected_type != "mbox" and (#head > 0 and (any of ($stub*)) or (any of ($stub*)))
}
