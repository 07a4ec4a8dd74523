rule sfx_runs_program {
    meta:
        title = "a self-extracting archive that runs what it unpacks"
        title_ja = "展開後にプログラムを実行する自己解凍書庫です"
        severity = "high"
        attack = "T1204.002,T1027.009"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        sample = "rule-sfx"
    strings:
        $seven_open = ";!@Install@!UTF-8!"
        $seven_run = /RunProgram[ \t]{0,4}=[ \t]{0,4}"/
        $rar_setup = /\r?\nSetup=[^\r\n]{3}/
        $rar_silent = /\r?\nSilent=[12]/
        $rar_path = /(^|\n)Path=%/
    condition:
        ($seven_open and $seven_run) or ($rar_setup and ($rar_silent or $rar_path))
}
