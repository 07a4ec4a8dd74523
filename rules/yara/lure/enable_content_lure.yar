rule enable_content_lure {
    meta:
        title = "text that asks the reader to enable macros"
        title_ja = "マクロの有効化を促す文面です"
        severity = "low"
        attack = "T1204.002"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        sample = "rule-enable-content"
    strings:
        $ja_content = "コンテンツの有効化"
        $ja_edit = "編集を有効にする"
        $ja_templates = "Templates" 
        $ja_copy = "コピー"
        $en_content = "enable content" nocase
        $en_edit = "enable editing" nocase
        $protected_ja = "保護"
        $protected_en = "protected document" nocase
    condition:
        filesize < 200KB and (
            ($ja_content and $ja_edit and $protected_ja) or ($en_content and $en_edit and $protected_en)
            or ($ja_templates and $ja_copy and $ja_content)
        )
}
