//! What queries can show.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// A query file that makes Excel fetch data from an address.
    ///
    /// ## Why it matters
    /// What comes back may hold DDE commands; half a million such mails were sent to Japan in five days of August 2018.
    ///
    /// ## How we see it
    /// The first lines of an `.iqy`: kind, version, address; the first two may be missing. Weighted medium for a
    /// machine of the own network, low for a file.
    ///
    /// ## When it is innocent
    /// Reporting systems inside a company. The address in it should be one of the company's own.
    ///
    /// ## References
    /// - ATT&CK T1559.002, Dynamic Data Exchange: https://attack.mitre.org/techniques/T1559/002/
    pub(super) const WEB_QUERY_FILE = {
        id: "web-query-file",
        title: "a query file makes Excel fetch data from an address",
        ja: "Excelに外部からデータを取得させるクエリファイルです",
        why_ja: "取得したデータに含まれるコマンドがExcelから実行されることがあります。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1559.002", "T1221"],
    }
}

finding_kind! {
    /// ## What it is
    /// A file that makes Excel connect to a database or another source of data when it is opened.
    ///
    /// ## Why it matters
    /// After one question Excel logs on to the source, which may give away a hash of the user's password, and writes what
    /// comes back into cells, formulas included. A command that reaches a shell of the server does its sender's work
    /// with the reader's rights.
    ///
    /// ## How we see it
    /// The connection string and command of `.odc`, `.dqy`, `.oqy` and `.rqy` files. Weighted high for web addresses,
    /// server paths beyond the own network and commands that run programs, medium for a server by its full name or
    /// address, low for one of the own network.
    ///
    /// ## When it is innocent
    /// Departments mail each other connections to the company's own database.
    ///
    /// ## References
    /// - MS-ODCFF, Office Data Connection File Format: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-odcff/
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const DATA_CONNECTION_FILE = {
        id: "data-connection-file",
        title: "a connection file makes Excel ask a source of data",
        ja: "Excelにデータベースなどへ接続させるファイルです",
        why_ja: "接続先が外部の場合、認証情報が漏れたり、受け取ったデータの数式が実行されたりするおそれがあります。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1187", "T1221"],
    }
}
