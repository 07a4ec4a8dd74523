rule run_dialog_lure {
    meta:
        title = "instructions to paste a command into the Run dialog"
        title_ja = "「ファイル名を指定して実行」に命令を貼り付けさせる手順です"
        severity = "high"
        attack = "T1204.004"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        sample = "rule-run-dialog"
    strings:
        $key_en = /\b(press|hold|push)\b[^\r\n]{0,40}(win(dows)?( key)?( logo)?|⊞)[^\r\n]{0,12}\+ ?R\b/ nocase
        $key_ja = /(\bWin(dows)?|ウィンドウズ)[^\r\n<>="':;.\/]{0,20}(\+|＋)( |　)?(R|Ｒ)/ nocase
        $paste_en = /\b(ctrl|control)\b[^\r\n<>="':;\/]{0,12}\+ ?V\b/ nocase
        $paste_ja = /(貼り付け|ペースト|\bctrl[^\r\n<>="':;\/]{0,6}(\+|＋)( |　)?(V|Ｖ))/ nocase
        $verify_en = /(captcha|verify (that )?you are human|i am not a robot|verification (id|code))/ nocase
        $verify_ja = /(ロボットではありません|人間であること|本人確認|認証を完了)/
    condition:
        filesize < 1MB and ($key_en or $key_ja) and ($paste_en or $paste_ja) and ($verify_en or $verify_ja)
}
