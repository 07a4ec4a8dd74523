//! What the structure of a zip gives away.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// Two entries of one zip claim the same bytes: one starts before the other has ended, or several names point to one
    /// place.
    ///
    /// ## Why it matters
    /// A few kilobytes told to be content a million times over unpack to petabytes (D. Fifield's bomb of 2019), and
    /// programs that read the archive differently see different files in it.
    ///
    /// ## How we see it
    /// The ranges of all entries, local header to end of data, are sorted and compared with their neighbours. Each entry
    /// is still read, within the limits of the scan. Eight pairs and more weigh more.
    ///
    /// ## When it is innocent
    /// No archiver writes such a file. A damaged directory can look like this.
    ///
    /// ## References
    /// - D. Fifield, A better zip bomb: https://www.bamsoftware.com/hacks/zipbomb/
    /// - CWE-409, improper handling of highly compressed data: https://cwe.mitre.org/data/definitions/409.html
    pub(super) const ENTRIES_OVERLAP = {
        id: "archive-entries-overlap",
        title: "entries of the archive claim the same bytes",
        ja: "書庫内の複数のファイルが同じデータ領域を指しています",
        why_ja: "少量のデータを際限なく展開させる「圧縮爆弾」の作りです。通常の圧縮ソフトでは作られません。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1499"],
    }
}

finding_kind! {
    /// ## What it is
    /// The file holds more than one zip directory with its own end record: archives put one after the other, or a
    /// directory replaced by another.
    ///
    /// ## Why it matters
    /// 7-Zip shows the first archive, WinRAR and the Explorer the last. Mails of November 2024 carried a harmless
    /// document in the one and a Trojan in the other.
    ///
    /// ## How we see it
    /// Every end record outside other entries' data is followed. If the directories list different files, this weighs
    /// much; if they list the same ones (an archive updated in place), little. All files of all directories are read.
    ///
    /// ## When it is innocent
    /// Some programs append a new directory when they add a file. Both then list the same old files.
    ///
    /// ## References
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    /// - APPNOTE 4.3.16: https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.10.TXT
    pub(super) const CONCATENATED = {
        id: "zip-concatenated",
        title: "the file holds several zip directories that list different files",
        ja: "一つのファイルに複数のzipが連結されており、開くソフトによって中身が違って見えます",
        why_ja: "検査ソフトには無害な方を、受信者には別の方を見せる手口です。業務でこの形になることはまずありません。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027", "T1036.008"],
    }
}

finding_kind! {
    /// ## What it is
    /// Bytes between the entries of a zip, or between the last entry and the directory, that belong to nothing.
    ///
    /// ## Why it matters
    /// Archivers do not show them and many scanners do not read them, but a script that came along finds them by offset
    /// ("zip smuggling").
    ///
    /// ## How we see it
    /// What headers, data, descriptors and directories claim is subtracted from the file. Zeros, gaps of up to 64 bytes
    /// and a signing block of Android whose lengths fit do not count. Bytes that start as a known format does, or are a
    /// whole archive, are read as well and weigh more.
    ///
    /// ## When it is innocent
    /// Programs that update archives in place may leave old data behind.
    ///
    /// ## References
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const HIDDEN_GAP_DATA = {
        id: "zip-hidden-gap-data",
        title: "bytes between the entries of the zip belong to no entry",
        ja: "zip内のどのファイルにも属さないデータが隠されています",
        why_ja: "圧縮ソフトの画面には現れない場所にデータを隠す手口です。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// The headers say an entry is stored without compression; its bytes are a deflate stream.
    ///
    /// ## Why it matters
    /// Scanners that believe the header look at compressed bytes and see nothing ("Zombie ZIP", CVE-2026-0866). A loader
    /// that comes along ignores the header and inflates.
    ///
    /// ## How we see it
    /// The stored bytes do not have the stated checksum or size, and they inflate as a whole: to the stated checksum or
    /// size, or using up all data. What they inflate to is read.
    ///
    /// ## When it is innocent
    /// Never seen. A truncated download fails to inflate.
    ///
    /// ## References
    /// - CERT/CC VU#976247: https://kb.cert.org/vuls/id/976247
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const STORED_BUT_DEFLATED = {
        id: "zip-stored-but-deflated",
        title: "an entry said to be stored is really compressed",
        ja: "「無圧縮」と記されたファイルが、実際には圧縮されています",
        why_ja: "ヘッダーを信じる検査ソフトに中身を見せないための細工です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// The two headers every zip entry has, one before its data and one in the directory, do not say the same; or an
    /// entry is not in the directory at all.
    ///
    /// ## Why it matters
    /// Programs believe one or the other, so the scanner may see `a.pdf` where the recipient gets `a.exe`.
    ///
    /// ## How we see it
    /// Decoded names, method, encryption, sizes and checksum are compared. Different extensions weigh much, everything
    /// else little. Zeros left by streaming writers and names in two encodings are no disagreement. Where the data can be
    /// read in two ways, both are.
    ///
    /// ## When it is innocent
    /// Old or careless writers leave wrong sizes in one header. Extensions do not change by accident.
    ///
    /// ## References
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    /// - APPNOTE 4.3.7 and 4.3.12: https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.10.TXT
    pub(super) const HEADERS_DISAGREE = {
        id: "zip-headers-disagree",
        title: "the headers of an entry do not agree",
        ja: "zip内の2か所のヘッダーで内容が食い違っています",
        why_ja: "検査ソフトと受信者のソフトに別々の名前や内容を見せる細工に使われます。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1036.008"],
    }
}

finding_kind! {
    /// ## What it is
    /// A zip (or a document that is one) without a readable directory, whose entries can still be found one by one.
    ///
    /// ## Why it matters
    /// Office and archivers offer to repair such a file and then open it, while scanners give up on it. Mails with
    /// documents broken on purpose have been seen since August 2024.
    ///
    /// ## How we see it
    /// No end record leads to a directory, but local headers or directory records are there. What they describe is read.
    ///
    /// ## When it is innocent
    /// A transfer was cut off. The same mail sent again would be whole.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const DIRECTORY_MISSING = {
        id: "zip-directory-missing",
        title: "the zip's directory is missing or damaged, its entries are there",
        ja: "zipの目次が壊れていますが、中のファイルは残っています",
        why_ja: "わざと壊した文書を「修復」させて開かせ、検査だけをすり抜ける手口があります。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// An archive entry that runs when opened and is marked hidden or system, or lies in a folder whose name is blank.
    ///
    /// ## Why it matters
    /// The recipient sees only the harmless files beside it; one of them starts the hidden one. PlugX came that way.
    ///
    /// ## How we see it
    /// The DOS attributes in the directory, and path parts made of blanks (U+0020, U+00A0, U+3000 and the like). Hidden
    /// files that do not run are only facts.
    ///
    /// ## When it is innocent
    /// Installers sometimes hide helper programs. Ask the sender why a file is hidden.
    ///
    /// ## References
    /// - ATT&CK T1564.001, Hidden Files and Directories: https://attack.mitre.org/techniques/T1564/001/
    pub(super) const HIDDEN_ENTRY = {
        id: "archive-hidden-entry",
        title: "the archive holds a hidden file that runs when opened",
        ja: "書庫内に、隠し属性の付いた実行可能なファイルがあります",
        why_ja: "受信者に見えない形で実行ファイルを同梱し、別のファイルから起動させる手口です。",
        severity: Medium,
        facet: Deceive,
        confidence: High,
        attack: ["T1564.001"],
    }
}
