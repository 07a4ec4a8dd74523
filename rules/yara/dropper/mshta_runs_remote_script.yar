rule mshta_runs_remote_script {
    meta:
        title = "mshta is told to run a script from the network or inline"
        title_ja = "mshtaでネットワーク上またはインラインのスクリプトを実行する命令です"
        severity = "high"
        attack = "T1218.005"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
        sample = "rule-mshta"
    strings:
        $remote = /mshta(\.exe)?["']?[ \t]{1,8}["']?(https?:|\\\\)/ nocase ascii wide
        $inline = /mshta(\.exe)?["']?[ \t]{1,8}["']?(javascript|vbscript|about):/ nocase ascii wide
    condition:
        any of them
}
