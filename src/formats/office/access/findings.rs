//! What databases can show.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// The database has a macro named AutoExec.
    ///
    /// ## Why it matters
    /// Access runs it when the database is opened, before any form is shown. Such macros are no VBA: they can start
    /// programs and call VBA by steps of their own.
    ///
    /// ## How we see it
    /// An object of the sort macro with that name in the catalogue `MSysObjects`. What its steps are given is read as text.
    ///
    /// ## When it is innocent
    /// Nearly every database with a menu of its own starts it this way.
    ///
    /// ## References
    /// - Microsoft, Create a macro that runs when you open a database: https://support.microsoft.com/office/
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const ACCESS_AUTOEXEC = {
        id: "access-autoexec-macro",
        title: "a macro of the database runs when it is opened",
        ja: "データベースを開くと自動実行されるマクロ（AutoExec）があります",
        why_ja: "Accessはデータベースを開いたときにAutoExecマクロを実行します。",
        severity: Medium,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The database's modules are compiled, and their source was taken out.
    ///
    /// ## Why it matters
    /// Access runs what nobody can read. Databases are published so (`accde`, `mde`) to keep their source from customers,
    /// and mailed so by those who have more to hide.
    ///
    /// ## How we see it
    /// Module streams in the project's storage of which none holds compressed source.
    ///
    /// ## When it is innocent
    /// Programs bought as an Access database. They come from a vendor, not by mail.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.3 Module Stream
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const ACCESS_COMPILED_ONLY = {
        id: "access-compiled-only",
        title: "the database's macros are compiled and their source is missing",
        ja: "データベースのマクロはコンパイル済みで、ソースコードがありません",
        why_ja: "内容を確認できないプログラムがAccessで実行されます。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// A macro of the database (no VBA) has a step that is given a command line.
    ///
    /// ## Why it matters
    /// `RunApplication` starts a program with the reader's rights; with the macro AutoExec it does so when the database is
    /// opened. No scanner of VBA sees it.
    ///
    /// ## How we see it
    /// Texts in the streams `Scripts/…/Blob` of the database's storage that start with an interpreter and read like a
    /// command line. Another program with arguments weighs low.
    ///
    /// ## When it is innocent
    /// Databases that start a company's own tools do so by their path, not through an interpreter.
    ///
    /// ## References
    /// - Microsoft, RunApplication macro action: https://learn.microsoft.com/en-us/office/client-developer/access/
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(super) const ACCESS_MACRO_RUNS = {
        id: "access-macro-runs-command",
        title: "a macro of the database runs a command line",
        ja: "データベースのマクロがコマンドを実行します",
        why_ja: "VBAではないAccessマクロから、コマンドやスクリプトを実行させる手口です。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1059", "T1204.002"],
    }
}
