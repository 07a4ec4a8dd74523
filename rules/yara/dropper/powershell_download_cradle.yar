rule powershell_download_cradle {
    meta:
        title = "PowerShell fetches text and runs it"
        title_ja = "PowerShellが文字列を取得して実行する命令です"
        severity = "high"
        attack = "T1059.001,T1105"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        sample = "rule-powershell-cradle"
    strings:
        $run_short = "iex" fullword nocase ascii wide
        $run_long = "invoke-expression" fullword nocase ascii wide
        $fetch_client = /net\.webclient.{0,40}\.(downloadstring|downloaddata|openread)/ nocase ascii wide
        // An address by ":/": with more of it the compiler would look for addresses first, and every file has some.
        $fetch_cmdlet = /\b(iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\r\n]{0,80}:\// nocase ascii wide
    condition:
        any of ($run_*) and ($fetch_client or $fetch_cmdlet)
}
