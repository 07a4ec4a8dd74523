//! Findings on Excel 4.0 macros, whatever kind of workbook they are in.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// A sheet of Excel 4.0 macros (XLM): formulas that call commands and Windows functions.
    ///
    /// ## Why it matters
    /// XLM was replaced in 1993 and still runs. Emotet, Qakbot and Dridex used it in 2020–22 because scanners looked at
    /// VBA only.
    ///
    /// ## How we see it
    /// BIFF: a BOUNDSHEET record of sheet type 1. OOXML: a part of the macro sheet content type or under
    /// `xl/macrosheets`; SYLK: the option `E`. Weighs little where all formulas were read and do nothing to the machine.
    ///
    /// ## When it is innocent
    /// Tools and add-ins from the 1990s.
    ///
    /// ## References
    /// - MS-XLS 2.4.28 BoundSheet8
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(crate) const XLM_MACRO_SHEET = {
        id: "xlm-macro-sheet",
        title: "the workbook has a sheet of Excel 4.0 macros",
        ja: "Excel 4.0マクロ（XLM）のシートがあります",
        why_ja: "XLMは30年前の方式ですが今も動作し、検査をすり抜ける目的で攻撃に使われてきました。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059"],
    }
}

finding_kind! {
    /// ## What it is
    /// A sheet of Excel 4.0 macros that the workbook does not show.
    ///
    /// ## Why it matters
    /// Nobody is meant to see the formulas. "Very hidden" sheets cannot even be shown from Excel's menus.
    ///
    /// ## How we see it
    /// The state of a macro sheet is hidden or very hidden, or the workbook does not list it at all. Weighs little where all
    /// formulas were read and do nothing to the machine.
    ///
    /// ## When it is innocent
    /// Some tools and add-ins from the 1990s hide their macro sheet.
    ///
    /// ## References
    /// - MS-XLS 2.4.28 BoundSheet8; ECMA-376-1, 18.2.19 sheet
    /// - ATT&CK T1564, Hide Artifacts: https://attack.mitre.org/techniques/T1564/
    pub(crate) const XLM_HIDDEN_SHEET = {
        id: "xlm-hidden-sheet",
        title: "a sheet of Excel 4.0 macros is hidden",
        ja: "Excel 4.0マクロのシートが隠されています",
        why_ja: "マクロの内容を利用者に見せないための設定です。XLMを使う攻撃の多くがシートを隠しています。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564"],
    }
}

finding_kind! {
    /// ## What it is
    /// A defined name that makes Excel run a macro sheet when the workbook opens or closes (`Auto_Open`).
    ///
    /// ## Why it matters
    /// The macros start without a click once content is enabled.
    ///
    /// ## How we see it
    /// BIFF: a Lbl record whose built-in name is Auto_Open, Auto_Close, Auto_Activate or Auto_Deactivate, or whose text
    /// begins so. OOXML: a `definedName` of that name, with or without `_xlnm.`. Only said where there is a macro
    /// sheet, and weighed by what its formulas do.
    ///
    /// ## When it is innocent
    /// Add-ins and tools from the 1990s set up their menus this way.
    ///
    /// ## References
    /// - MS-XLS 2.4.150 Lbl
    /// - ATT&CK T1204.002, User Execution: https://attack.mitre.org/techniques/T1204/002/
    pub(crate) const XLM_AUTO_OPEN = {
        id: "xlm-auto-open",
        title: "an Excel 4.0 macro runs when the workbook opens",
        ja: "ブックを開くとExcel 4.0マクロが自動で実行されます",
        why_ja: "「コンテンツの有効化」を押すと、利用者の操作なしに古い形式のマクロが動き始めます。",
        severity: High,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro starts another program: `EXEC`, or a DDE conversation with one that runs commands.
    ///
    /// ## Why it matters
    /// The command line is the macro's own. Qakbot and Dridex started `regsvr32` and `rundll32` this way.
    ///
    /// ## How we see it
    /// Formulas are decompiled and followed from the names that run by themselves; texts built of `CHAR`, cells and names
    /// are put together. Medium if nothing that starts by itself comes to it, low for viewers and editors.
    ///
    /// ## When it is innocent
    /// Tools of the 1990s that open Notepad or a help file.
    ///
    /// ## References
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(super) const STARTS_PROGRAM = {
        id: "xlm-starts-program",
        title: "an Excel 4.0 macro starts a program",
        ja: "Excel 4.0マクロが他のプログラムを起動します",
        why_ja: "マクロが指定したコマンドがそのまま実行されます。不正プログラムの起動に使われてきました。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1059", "T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro calls functions of a library: `CALL`, `REGISTER`, or a name registered so.
    ///
    /// ## Why it matters
    /// Every function of Windows can be called: to fetch a file, to start it, to put machine code into memory.
    ///
    /// ## How we see it
    /// Library and function are arguments of the call, folded where they are built. High for functions graded as execution
    /// or download in `rules/indicators/vba-capabilities.toml`, or where they cannot be known; low for libraries that are
    /// not of Windows.
    ///
    /// ## When it is innocent
    /// Add-ins with a library of their own, such as Solver, and engineering tools.
    ///
    /// ## References
    /// - ATT&CK T1106, Native API: https://attack.mitre.org/techniques/T1106/
    pub(super) const CALLS_LIBRARY = {
        id: "xlm-calls-library",
        title: "an Excel 4.0 macro calls functions of a library",
        ja: "Excel 4.0マクロがライブラリ（DLL）の関数を呼び出します",
        why_ja: "Windowsの機能を直接呼び出し、ファイルの取得や実行、メモリへのコード配置ができます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1106"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro fetches from the network.
    ///
    /// ## Why it matters
    /// The workbook is the first stage; what it fetches is the attack.
    ///
    /// ## How we see it
    /// `URLDownloadToFile` and its kin in `CALL` or `REGISTER`, `OPEN` of an address, or a command line that fetches.
    ///
    /// ## When it is innocent
    /// Workbooks that open a price list from a company's server.
    ///
    /// ## References
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const DOWNLOADS = {
        id: "xlm-downloads",
        title: "an Excel 4.0 macro fetches data from the network",
        ja: "Excel 4.0マクロがネットワークからデータを取得します",
        why_ja: "まず小さなマクロを送り込み、不正プログラムの本体を外部から取得させる手口です。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1105"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro writes or deletes files, or presses keys.
    ///
    /// ## Why it matters
    /// Scripts are written to disk this way, and traces removed.
    ///
    /// ## How we see it
    /// `FWRITE`, `FWRITELN`, `SAVE.AS`, `FILE.DELETE`, `SEND.KEYS`, or library functions that write.
    ///
    /// ## When it is innocent
    /// Exports of tables to text files. It counts little.
    ///
    /// ## References
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(super) const WRITES_FILES = {
        id: "xlm-writes-file",
        title: "an Excel 4.0 macro writes or deletes files",
        ja: "Excel 4.0マクロがファイルを書き出し・削除します",
        why_ja: "スクリプトの書き出しや痕跡の削除に使われます。表の書き出しなど正当な用途もあります。",
        severity: Low,
        facet: Structure,
        confidence: High,
        attack: ["T1059"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro writes formulas into a macro sheet and lets them run.
    ///
    /// ## Why it matters
    /// What runs is not in the file until then. Kits of 2020 built every command this way.
    ///
    /// ## How we see it
    /// Macros are followed; a text that begins with `=` goes into a macro sheet by `FORMULA` and its kin, or holds a command
    /// that does something wherever it goes. Formulas for worksheets, as recorded macros write them, do not count.
    ///
    /// ## When it is innocent
    /// Hardly ever.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const WRITES_ITSELF = {
        id: "xlm-writes-itself",
        title: "an Excel 4.0 macro writes the formulas it then runs",
        ja: "Excel 4.0マクロが、実行する数式を自分自身で書き込みます",
        why_ja: "実行される内容が実行時まで現れないようにする、検査逃れの手口です。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Excel 4.0 macro asks whether there is a mouse, sound, a screen of some size: whether a person sits there.
    ///
    /// ## Why it matters
    /// Analysis machines lack these; the macro ends there and shows nothing.
    ///
    /// ## How we see it
    /// At least two of the questions 13, 14, 19, 31 and 42 to `GET.WORKSPACE`.
    ///
    /// ## When it is innocent
    /// A tool that lays out windows asks for width and height.
    ///
    /// ## References
    /// - ATT&CK T1497.001, System Checks: https://attack.mitre.org/techniques/T1497/001/
    pub(super) const CHECKS_SANDBOX = {
        id: "xlm-checks-sandbox",
        title: "an Excel 4.0 macro checks whether it runs on an analysis machine",
        ja: "Excel 4.0マクロが、解析環境かどうかを調べています",
        why_ja: "マウスや音声の有無を調べ、検査環境では何もせずに終了する手口です。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1497.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A command or address in an Excel 4.0 macro is put together so that it cannot be read.
    ///
    /// ## Why it matters
    /// Honest authors have no reason to keep `http://` or `.exe` from being found.
    ///
    /// ## How we see it
    /// A word of the list `revealing` (`rules/indicators/vba-capabilities.toml`) shows in the argument of a call once cells,
    /// names and `CHAR` are put together, and stands nowhere in its formula.
    ///
    /// ## When it is innocent
    /// Tools that keep a path in a cell.
    ///
    /// ## References
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const OBFUSCATED = {
        id: "xlm-obfuscated",
        title: "commands in an Excel 4.0 macro are written so that they cannot be read",
        ja: "Excel 4.0マクロの命令が読み取れないように細工されています",
        why_ja: "アドレスや命令を分割して検査を逃れる手口です。正当な作成者には必要ありません。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.010"],
    }
}

finding_kind! {
    /// ## What it is
    /// Opening the workbook leads, formula by formula, to a shell or script host, or to a download and the start of a program.
    ///
    /// ## Why it matters
    /// Nothing but "Enable Content" stands between the recipient and that program.
    ///
    /// ## How we see it
    /// Macros are followed from `Auto_Open` and its kin over `GOTO`, `RUN`, calls, timers and both arms of conditions that
    /// cannot be known.
    ///
    /// ## When it is innocent
    /// Not in mail.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const OPEN_TO_EXECUTE = {
        id: "xlm-open-to-execute",
        title: "opening the workbook makes an Excel 4.0 macro run a command or a downloaded program",
        ja: "ブックを開くと、Excel 4.0マクロがコマンドや取得したプログラムを実行します",
        why_ja: "「コンテンツの有効化」を押すだけで外部のプログラムが実行されます。決して有効化しないでください。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        decisive: true,
        attack: ["T1204.002", "T1059", "T1105"],
    }
}
