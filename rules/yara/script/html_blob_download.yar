rule html_blob_download {
    meta:
        title = "a page that builds a file out of its own text and saves it"
        title_ja = "ページ内の文字列からファイルを作って保存させます"
        severity = "medium"
        attack = "T1027.006"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        sample = "rule-html-blob"
    strings:
        $blob = /new[ \t]+Blob[ \t]*\(/
        $url = "createObjectURL"
        $legacy = "msSaveOrOpenBlob"
        $decode = "atob("
        $bytes = "Uint8Array"
        $download = /\.download[ \t]*=/
    condition:
        filesize < 20MB and ($legacy or ($url and $download)) and $blob and ($decode or $bytes)
}
