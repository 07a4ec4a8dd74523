rule certutil_decodes_file {
    meta:
        title = "certutil is told to decode or fetch a file"
        title_ja = "certutilでファイルを復号・取得する命令です"
        severity = "high"
        attack = "T1140,T1105"
        reference = "https://attack.mitre.org/techniques/T1140/"
        sample = "rule-certutil"
    strings:
        $decode = /certutil(\.exe)?["']?[ \t]{1,8}[-\/](f[ \t]{1,4}[-\/])?decode(hex)?[ \t]/ nocase ascii wide
        // An address by ":/": with more of it the compiler would look for addresses first, and every file has some.
        $fetch = /certutil(\.exe)?["']?[ \t]{1,8}[-\/](urlcache|verifyctl)[ \t].{0,40}:\// nocase ascii wide
    condition:
        any of them
}
