rule wmi_process_create {
    meta:
        title = "a script starts a process through WMI"
        title_ja = "スクリプトがWMI経由でプロセスを起動します"
        severity = "medium"
        attack = "T1047"
        reference = "https://attack.mitre.org/techniques/T1047/"
        sample = "rule-wmi"
    strings:
        $moniker = "winmgmts:" nocase ascii wide
        $class = "Win32_Process" nocase ascii wide
        $create = "create" fullword nocase ascii wide
    condition:
        $moniker and $class and $create
}
