rule eicar_test_file {
    meta:
        title = "the EICAR anti-virus test file"
        title_ja = "EICARテストファイルです"
        severity = "critical"
        decisive = true
        attack = ""
        reference = "https://www.eicar.org/download-anti-malware-testfile/"
        sample = "rule-eicar"
    strings:
        // In hexadecimal, so that this file is not the test file.
        $body = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 45 49 43 41 52 2D }
    condition:
        $body at 0
}
