rule process_injection_imports {
    meta:
        title = "a program that can write into another process and start a thread there"
        title_ja = "他のプロセスへの書き込みとスレッド開始ができる実行ファイルです"
        severity = "low"
        attack = "T1055"
        reference = "https://attack.mitre.org/techniques/T1055/"
        sample = "rule-injection"
    strings:
        $alloc = "VirtualAllocEx"
        $write = "WriteProcessMemory"
        $thread = "CreateRemoteThread"
        $native_thread = "NtCreateThreadEx"
        $queue = "QueueUserAPC"
    condition:
        uint16(0) == 0x5A4D and $write and $alloc and any of ($thread, $native_thread, $queue)
}
