//! Findings about VBA projects and their code.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// The document carries a VBA project with code.
    ///
    /// ## Why it matters
    /// Macros are programs. Most invoices, tickets and notices need none, and a document that arrives by mail with
    /// macros deserves the question why.
    ///
    /// ## How we see it
    /// A storage with a `dir` or `_VBA_PROJECT` stream, or a stream with compressed module source, whatever the file is
    /// called; at least one module has lines other than attributes.
    ///
    /// ## When it is innocent
    /// Order forms, time sheets and estimates of Japanese offices are often macro workbooks. This alone counts nothing.
    ///
    /// ## References
    /// - MS-OVBA 2.2.1, VBA Storage Information
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const PRESENT = {
        id: "vba-present",
        title: "the document carries macros",
        ja: "文書にマクロが含まれています",
        why_ja: "マクロはプログラムです。業務上必要なものかどうか、送信者に確認してください。",
        severity: Info,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// A macro starts by itself: when the document opens or closes, or when a control on it appears.
    ///
    /// ## Why it matters
    /// The recipient only has to press "Enable Content". Emotet, LODEINFO and most droppers start this way.
    ///
    /// ## How we see it
    /// A procedure has a name the host calls by itself (`AutoOpen`, `Document_Open`, `Workbook_Open`, `…_Painted`; see
    /// `rules/indicators/vba-triggers.toml`). Names in comments and texts do not count, nor control events in standard
    /// modules, which receive none.
    ///
    /// ## When it is innocent
    /// Workbooks that set up menus, protect sheets or refresh data on opening. It counts little by itself.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - Description of behaviors of AutoExec and AutoOpen macros in Word: https://support.microsoft.com/kb/286310
    pub(super) const AUTO_OPEN = {
        id: "vba-auto-open",
        title: "a macro starts by itself when the document is opened or closed",
        ja: "文書を開く（閉じる）だけで自動的に実行されるマクロがあります",
        why_ja: "「コンテンツの有効化」を押すだけでマクロが動き出します。多くの不正文書がこの方法で始まります。",
        severity: Low,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macros start on a click, a key, or a change in the document.
    ///
    /// ## Why it matters
    /// It shows how code is meant to be started. Lures that ask for a click on a picture use it too.
    ///
    /// ## How we see it
    /// Procedures have the names of such events (`CommandButton1_Click`, `Worksheet_Change`).
    ///
    /// ## When it is innocent
    /// Nearly always: forms with buttons.
    ///
    /// ## References
    /// - MS-VBAL 5.3.1.4, Function, Sub and Property names of event handlers:
    ///   https://learn.microsoft.com/en-us/openspecs/microsoft_general_purpose_programming_languages/ms-vbal/
    pub(super) const ON_CLICK = {
        id: "vba-on-click",
        title: "macros start on a click or while the document is edited",
        ja: "クリックや編集の操作で動くマクロがあります",
        why_ja: "ボタン付きの帳票では普通ですが、画像のクリックを誘う不正文書もあります。",
        severity: Info,
        facet: Trigger,
        confidence: High,
        attack: ["T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code can start programs or run foreign code: `Shell`, `WScript.Shell`, WMI, `ShellExecute`, functions that
    /// make memory executable.
    ///
    /// ## Why it matters
    /// Office work seldom needs another program; an attack always does.
    ///
    /// ## How we see it
    /// A use in code of a name that `rules/indicators/vba-capabilities.toml` grades as execution, with split and coded
    /// texts put together. Comments do not count; viewers such as Notepad, and objects such as `Scripting.Dictionary`,
    /// do not either. It weighs little where no macro that starts by itself comes to it.
    ///
    /// ## When it is innocent
    /// In-house tools that open a folder, call a converter or print.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    /// - ATT&CK T1106, Native API: https://attack.mitre.org/techniques/T1106/
    pub(super) const STARTS_PROCESS = {
        id: "vba-starts-process",
        title: "macro code can start programs",
        ja: "マクロが他のプログラムを起動できます",
        why_ja: "通常の事務用マクロが別のプログラムを起動することはまれです。攻撃には欠かせない機能です。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005", "T1106"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code can fetch from the network: XMLHTTP, WinHTTP, `URLDownloadToFile`, or a command line that downloads.
    ///
    /// ## Why it matters
    /// The first stage of an attack is small and fetches the rest.
    ///
    /// ## How we see it
    /// Requests sent through objects or library functions graded as download, wherever their names were cut in pieces.
    ///
    /// ## When it is innocent
    /// Price lists, exchange rates and in-house web services; update checks.
    ///
    /// ## References
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const DOWNLOADS = {
        id: "vba-downloads",
        title: "macro code can fetch data from the network",
        ja: "マクロがネットワークからデータを取得できます",
        why_ja: "攻撃では、まず小さなマクロを送り込み、それに不正プログラムの本体を外部から取得させます。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1105"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code writes files other than the document itself.
    ///
    /// ## Why it matters
    /// A payload must be on disk before it can be started.
    ///
    /// ## How we see it
    /// `Put` to a file opened in binary mode, `SaveToFile`, a text file with a program's extension; weaker: `Open … For
    /// Output`, `FileCopy`, `CreateTextFile`. It weighs more where a macro that starts by itself comes to it.
    ///
    /// ## When it is innocent
    /// Exports to CSV and logs, which is why plain text files count next to nothing.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const WRITES_FILE = {
        id: "vba-writes-file",
        title: "macro code writes files",
        ja: "マクロがファイルを書き出します",
        why_ja: "攻撃では、実行するプログラムをまずディスクに書き出します。CSV出力などの正当な用途もあります。",
        severity: Low,
        facet: Structure,
        confidence: High,
        attack: ["T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// Opening the document leads, call by call, to the start of a program or of foreign code.
    ///
    /// ## Why it matters
    /// Nothing but "Enable Content" stands between the recipient and that program.
    ///
    /// ## How we see it
    /// The call graph of all modules has a path from a procedure that starts by itself to a use graded as execution.
    /// Nothing graded as download or as writing a program lies on it; otherwise `vba-open-to-execute` says more.
    ///
    /// ## When it is innocent
    /// In-house workbooks that start a helper program on opening.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const OPEN_STARTS_PROCESS = {
        id: "vba-open-starts-process",
        title: "opening the document makes a macro start a program",
        ja: "文書を開くと、マクロがプログラムを起動します",
        why_ja: "「コンテンツの有効化」を押すと、そのままプログラムが起動します。業務文書ではまれです。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// A dropper from end to end: opening the document leads to a download or to writing a program, and to starting one.
    ///
    /// ## Why it matters
    /// This is what attack documents are made for; the recipient's machine is lost with one click.
    ///
    /// ## How we see it
    /// From one procedure that starts by itself, the call graph of all modules comes both to a use graded as download or
    /// write and to one graded as execution. The observed text is the path. Calls by name (`Application.Run`, `OnTime`)
    /// are followed; branches are all taken.
    ///
    /// ## When it is innocent
    /// Self-updating add-ins do this; they are installed by administrators, not mailed as tickets.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const OPEN_TO_EXECUTE = {
        id: "vba-open-to-execute",
        title: "opening the document makes a macro fetch or write a file and start a program",
        ja: "文書を開くと、マクロがファイルを取得・書き出し、プログラムを起動します",
        why_ja: "開いて「コンテンツの有効化」を押すだけで、外部のプログラムが実行されます。決して有効化しないでください。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        decisive: true,
        attack: ["T1204.002", "T1105", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// A dropper that waits for the recipient: a click, an edit, a command such as Save, or the clock leads to a download or
    /// to writing a program, and to starting one.
    ///
    /// ## Why it matters
    /// Waiting for a click on "Show document" keeps the document quiet where it is examined by machine.
    ///
    /// ## How we see it
    /// As `vba-open-to-execute`, but the path starts at an event of a person or of the clock. A click weighs less than what
    /// happens in ordinary work.
    ///
    /// ## When it is innocent
    /// Tools that fetch an update on a button.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const CLICK_TO_EXECUTE = {
        id: "vba-click-to-execute",
        title: "a click or ordinary work makes a macro fetch or write a file and start a program",
        ja: "クリックや通常の操作で、マクロがファイルを取得・書き出し、プログラムを起動します",
        why_ja: "「表示」ボタンなどを押させて不正なプログラムを動かす手口です。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1105", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// The project has all parts of a dropper — something that starts by itself, a download or write of a program, a
    /// start of a program — but no call path connects them.
    ///
    /// ## Why it matters
    /// The connection may be one this program does not follow: a name computed at run time, a control's event.
    ///
    /// ## How we see it
    /// Triggers and graded uses are present, and the call graph does not join them.
    ///
    /// ## When it is innocent
    /// Large tools that do many things, each on its own button.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const UNCONNECTED = {
        id: "vba-open-to-execute-unconnected",
        title: "macros that start by themselves, fetch or write files, and start programs, without a visible connection",
        ja: "自動実行・取得や書き出し・プログラム起動の部品がそろっていますが、つながりは確認できません",
        why_ja: "不正文書に必要な部品がすべてそろっています。実行時に名前を組み立ててつなぐ手口があります。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro source is written so that it cannot be read: words are cut in pieces or coded, texts go through decoding
    /// functions, names are random.
    ///
    /// ## Why it matters
    /// Honest authors have no reason to keep `http://` or `WScript.Shell` from being found.
    ///
    /// ## How we see it
    /// Texts are put together as the host would (`&`, `Chr`, `StrReverse`, `Replace`, `Mid`, `Join`, constants). A word
    /// of the list `revealing` that shows up in the result and in none of the pieces counts; so do several texts of many
    /// character codes, functions with `Xor` fed with texts, and names without vowels in great number.
    ///
    /// ## When it is innocent
    /// Commercial protectors of macro add-ins.
    ///
    /// ## References
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const OBFUSCATED = {
        id: "vba-obfuscated",
        title: "macro source is written so that it cannot be read",
        ja: "マクロの内容が読み取れないように細工されています",
        why_ja: "アドレスや命令を分割・暗号化して検査を逃れる手口です。正当な作成者には必要ありません。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.010"],
    }
}

finding_kind! {
    /// ## What it is
    /// The macro project is locked against viewing or has a password.
    ///
    /// ## Why it matters
    /// The recipient cannot look at the code before running it. The lock hinders people only, not programs.
    ///
    /// ## How we see it
    /// `CMG`, `DPB` and `GC` of the `PROJECT` stream decrypt to a lock or password, or do not decrypt at all, which makes
    /// the editor refuse the project.
    ///
    /// ## When it is innocent
    /// Bought add-ins, and forms whose makers fear accidental edits.
    ///
    /// ## References
    /// - MS-OVBA 2.3.1.15 to 2.3.1.17, 2.4.3: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    pub(super) const LOCKED = {
        id: "vba-project-locked",
        title: "the macro project is locked against viewing",
        ja: "マクロのプロジェクトが表示できないようにロックされています",
        why_ja: "受信者がコードを確認できません。検査には影響しません。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// A module with code does not show in the macro editor.
    ///
    /// ## Why it matters
    /// It runs all the same. Tools that prepare attack documents offer exactly this.
    ///
    /// ## How we see it
    /// The lists of the `dir` stream, of the `PROJECT` stream and of the streams that hold compressed source are
    /// compared; a module with code is missing from one.
    ///
    /// ## When it is innocent
    /// Files that were damaged and repaired.
    ///
    /// ## References
    /// - MS-OVBA 2.3.1.4 to 2.3.1.7 and 2.3.4.2.3
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    pub(super) const MODULE_HIDDEN = {
        id: "vba-module-hidden",
        title: "a macro module is hidden from the editor",
        ja: "エディターに表示されないように隠されたマクロがあります",
        why_ja: "表示されなくても実行されます。通常の操作でこの状態になることはありません。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// A module has compiled code and no source it could come from ("VBA stomping").
    ///
    /// ## Why it matters
    /// Office runs the compiled code where its version fits; people and scanners read the source.
    ///
    /// ## How we see it
    /// The instructions before the source are disassembled. They hold statements, and the source holds none: it is gone,
    /// or is attributes, comments and blank lines. What the compiled code says is turned back into source, judged, and
    /// given as a child.
    ///
    /// ## When it is innocent
    /// Damaged files. Office itself writes both together.
    ///
    /// ## References
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    /// - MS-OVBA 2.3.4.3, Module Stream
    pub(super) const SOURCE_MISSING = {
        id: "vba-source-missing",
        title: "compiled macro code is there, its source is not",
        ja: "コンパイル済みのマクロに対応するソースがありません",
        why_ja: "実行される内容と表示される内容が異なります。検査を欺くための細工です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The compiled code of a module says something else than its source ("VBA stomping").
    ///
    /// ## Why it matters
    /// Office runs the compiled code where its version fits and shows the source only afterwards; scanners and people
    /// read the source. EvilClippy and its like put harmless source over the compiled code of an attack.
    ///
    /// ## How we see it
    /// Compiled code is disassembled and turned back into source, line by line, and compared as tokens: names, texts and
    /// numbers that one has and the other has not. Case, blanks, comments, continued lines and forms of numbers do not
    /// count. Over 10,000 lines of honest documents of every version since Office 2000 none differs. What the compiled
    /// code says is judged as well and given as a child. Nothing is said where `_VBA_PROJECT` states no version, as then
    /// the host compiles the source anew.
    ///
    /// ## When it is innocent
    /// Programs other than Office that write source into a document and keep its compiled code.
    ///
    /// ## References
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    /// - MS-OVBA 2.3.4.3, Module Stream
    pub(super) const SOURCE_DIFFERS = {
        id: "vba-source-differs",
        title: "compiled macro code says something else than its source",
        ja: "コンパイル済みのマクロとソースの内容が異なります",
        why_ja: "実行される内容と表示される内容が異なります。検査を欺くための細工です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The version of Office that a macro project states was changed afterwards.
    ///
    /// ## Why it matters
    /// Compiled code runs in the version it was made for; any other compiles the source. Who hides an attack in compiled
    /// code sets the version to that of the victim.
    ///
    /// ## How we see it
    /// The version in `_VBA_PROJECT` is not that in `__SRP_0`, which the same save writes; or it does not fit the number
    /// of reserved names that its compiler states.
    ///
    /// ## When it is innocent
    /// No program that writes documents is known to leave the two apart.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.1, _VBA_PROJECT Stream: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    pub(super) const VERSION_CHANGED = {
        id: "vba-version-changed",
        title: "the macro project states a version of Office that did not write it",
        ja: "マクロのプロジェクトに記録されたOfficeのバージョンが書き換えられています",
        why_ja: "特定のバージョンのOfficeでだけコンパイル済みコードを実行させる細工に使われます。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The table of modules gives a place for a module's source where no source starts.
    ///
    /// ## Why it matters
    /// Readers that trust the table see no code; Office with the right version runs the compiled code all the same.
    ///
    /// ## How we see it
    /// MODULEOFFSET of the `dir` stream lies beyond the module's stream, or what starts there does not decompress to
    /// text. The source is then looked for by its own first bytes.
    ///
    /// ## When it is innocent
    /// Damaged files.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.2.3.2.5, MODULEOFFSET Record
    pub(super) const SOURCE_MISPLACED = {
        id: "vba-source-misplaced",
        title: "a module's source is not where the project says",
        ja: "マクロのソースが、記録された位置にありません",
        why_ja: "検査プログラムにソースを読ませないための細工か、ファイルの破損です。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The project holds source only; the compiled code that Office always saves is not there.
    ///
    /// ## Why it matters
    /// It was not saved by Office. Purging compiled code is a way around rules that look for it.
    ///
    /// ## How we see it
    /// Every module starts with its source (MODULEOFFSET is 0). Where `_VBA_PROJECT` states no version, nothing more is
    /// meant by it; where it does, or the cache of a run (`__SRP_0`) is still there, Office wrote the project and somebody
    /// took the compiled code out, which is low.
    ///
    /// ## When it is innocent
    /// LibreOffice, EPPlus, POI and other programs write such projects. It counts nothing.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.1, _VBA_PROJECT Stream: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    pub(super) const NO_COMPILED_CODE = {
        id: "vba-compiled-code-missing",
        title: "the macro project was not saved by Office: it holds no compiled code",
        ja: "マクロにコンパイル済みコードがなく、Office以外で作成されています",
        why_ja: "LibreOfficeなどで作成された文書では普通です。検査逃れに使われることもあります。",
        severity: Info,
        facet: Structure,
        confidence: High,
        attack: ["T1564.007"],
    }
}
