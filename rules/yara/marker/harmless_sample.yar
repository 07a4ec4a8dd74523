rule harmless_sample {
    meta:
        title = "one of this project's own inert samples"
        title_ja = "このプロジェクトの無害なサンプルです"
        severity = "info"
        attack = ""
        reference = "https://attack.mitre.org/"
        sample = "rule-marker"
    strings:
        $mark = "HARMLESS-SAMPLE/1 "
    condition:
        $mark
}
