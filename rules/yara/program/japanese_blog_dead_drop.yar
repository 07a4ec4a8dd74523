rule japanese_blog_dead_drop {
    meta:
        title = "a program that names a Japanese blog or bookmark service"
        title_ja = "日本のブログ等のURLを含む実行ファイルです（指令の受け渡しに悪用例あり）"
        severity = "low"
        attack = "T1102.001"
        reference = "https://attack.mitre.org/techniques/T1102/001/"
        sample = "rule-dead-drop"
    strings:
        // Without the scheme before it: every address in every file would be a candidate.
        $host = /[\/.](ameblo\.jp|blog\.(livedoor|goo\.ne|so-net\.ne)\.(jp|com)|hatenablog\.com|hatena\.ne\.jp|fc2\.com|jugem\.jp|exblog\.jp|seesaa\.net|pixnet\.net)\// nocase ascii wide
    condition:
        uint16(0) == 0x5A4D and $host
}
