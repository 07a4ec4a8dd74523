rule nsis_installer {
    meta:
        title = "an NSIS installer"
        title_ja = "NSISインストーラーです"
        severity = "low"
        attack = "T1027.009"
        reference = "https://nsis.sourceforge.io/Main_Page"
        sample = "rule-nsis"
    strings:
        // firstheader: flags, 0xDEADBEEF, "NullsoftInst".
        $header = { EF BE AD DE 4E 75 6C 6C 73 6F 66 74 49 6E 73 74 }
    condition:
        $header
}
