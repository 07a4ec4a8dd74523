rule autoit_compiled_script {
    meta:
        title = "a compiled AutoIt script"
        title_ja = "コンパイル済みAutoItスクリプトです"
        severity = "medium"
        attack = "T1059.010"
        reference = "https://attack.mitre.org/techniques/T1059/010/"
        sample = "rule-autoit"
    strings:
        $guid = { A3 48 4B BE 98 6C 4A A9 99 4C 53 0A 86 D6 48 7D }
        $tag = "AU3!EA0"
    condition:
        $guid and $tag
}
