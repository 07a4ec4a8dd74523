rule xored_program {
    meta:
        title = "a Windows program hidden by a one-byte XOR"
        title_ja = "1バイトXORで隠された実行ファイルがあります"
        severity = "high"
        attack = "T1027.013"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        sample = "rule-xored-program"
    strings:
        $stub = "This program cannot be run in DOS mode" xor(0x01-0xff)
    condition:
        $stub
}
