//! What a PDF can show.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of PDFs.
pub(super) const KINDS: Kinds = &[
    PDF_JAVASCRIPT,
    PDF_JAVASCRIPT_PRIVILEGED,
    PDF_OPEN_ACTION,
    PDF_LAUNCH,
    PDF_EMBEDDED_FILE,
    PDF_XFA_SCRIPT,
    PDF_FORM_SUBMIT,
    PDF_REMOTE_GOTO,
    PDF_WEB_ARCHIVE,
    PDF_HEADER_OFFSET,
    PDF_TRAILING_DATA,
    PDF_NAME_OBFUSCATED,
    PDF_LINKS_TO_PROGRAM,
];

finding_kind! {
    /// ## What it is
    /// The PDF holds JavaScript beyond what ordinary forms use.
    ///
    /// ## Why it matters
    /// Scripts of a PDF run in the viewer. Most flaws of viewers that attackers used, up to CVE-2026-34621, were reached
    /// through script.
    ///
    /// ## How we see it
    /// Every /JS of every object is read, also in object streams and under names written with #xx. If a script calls
    /// nothing but the viewer's form functions (AFNumber_Format and the like), arithmetic and field access, the finding
    /// is only informational.
    ///
    /// ## When it is innocent
    /// Interactive forms of offices and banks with checks of their own, e-learning, print buttons.
    ///
    /// ## References
    /// - ISO 32000-1 §12.6.4.16, JavaScript actions: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1059.007, JavaScript: https://attack.mitre.org/techniques/T1059/007/
    pub(super) const PDF_JAVASCRIPT = {
        id: "pdf-javascript",
        title: "the PDF holds JavaScript",
        ja: "PDFにJavaScriptが含まれています",
        why_ja: "PDF内のスクリプトは閲覧ソフトの脆弱性を突く攻撃に使われてきました。入力フォームの計算だけであれば問題ありません。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// JavaScript of the PDF calls functions that reach out of the document: opening addresses, saving attached files,
    /// reading the disk, running text as code.
    ///
    /// ## Why it matters
    /// A form does not need them. Droppers save and open an attached file this way; exploits spell out their payload
    /// with eval, unescape and fromCharCode.
    ///
    /// ## How we see it
    /// Words of the table `rules/indicators/pdf.toml` in the script's text, each once per document.
    ///
    /// ## When it is innocent
    /// A "visit our site" button written as script; old form templates that use eval for arithmetic.
    ///
    /// ## References
    /// - Adobe, JavaScript for Acrobat API: https://opensource.adobe.com/dc-acrobat-sdk-docs/library/jsapiref/
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const PDF_JAVASCRIPT_PRIVILEGED = {
        id: "pdf-javascript-privileged",
        title: "JavaScript of the PDF reaches out of the document or hides what it runs",
        ja: "PDF内のJavaScriptが文書の外へ働きかける、または処理内容を隠しています",
        why_ja: "外部サイトを開く、添付ファイルを取り出す、文字列をコードとして実行するといった機能は、通常の帳票には不要です。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1059.007", "T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// The PDF does something as soon as it or one of its pages is opened, without a click.
    ///
    /// ## Why it matters
    /// Script, a program, a web address or a form sent off at opening leave the reader no choice.
    ///
    /// ## How we see it
    /// /OpenAction and the opening events of /AA, with the actions that follow by /Next. Going to a page is only
    /// informational: many writers put that in.
    ///
    /// ## When it is innocent
    /// Forms that fill in today's date or open the print dialog.
    ///
    /// ## References
    /// - ISO 32000-1 §12.6.3, Trigger events: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const PDF_OPEN_ACTION = {
        id: "pdf-open-action",
        title: "the PDF acts by itself when opened",
        ja: "PDFを開いただけで動作する設定があります",
        why_ja: "開くだけでスクリプトや外部サイトへのアクセスが始まると、受け取った人に止める機会がありません。",
        severity: Medium,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// An action of the PDF starts a program or opens a file of the machine (/Launch).
    ///
    /// ## Why it matters
    /// It runs a command line of the sender's choosing after one dialog. Worms were spread with nothing more.
    ///
    /// ## How we see it
    /// Any action of type Launch in any object, with its file and its Windows parameters. Without parameters and with a
    /// document as its file it is medium.
    ///
    /// ## When it is innocent
    /// Office programs write links to neighbouring documents as launches of them; such links are dead in a mail.
    ///
    /// ## References
    /// - ISO 32000-1 §12.6.4.5, Launch actions: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const PDF_LAUNCH = {
        id: "pdf-launch",
        title: "an action of the PDF starts a program",
        ja: "PDFからプログラムを起動する仕掛けがあります",
        why_ja: "クリックや確認の一操作で、送信者が指定したコマンドが実行されます。業務のPDFでは使われません。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        decisive: true,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A file is attached inside the PDF.
    ///
    /// ## Why it matters
    /// Mail filters see a PDF; the reader is asked to open what is in it. Macro documents and programs have been sent
    /// this way since 2017. High if the attached file is a program, a script, a shortcut or an office file with macros.
    ///
    /// ## How we see it
    /// File specifications with streams, and streams of type EmbeddedFile. Each attached file is scanned too.
    ///
    /// ## When it is innocent
    /// Electronic invoices (PDF/A-3, ZUGFeRD) carry their data as XML; portfolios carry documents.
    ///
    /// ## References
    /// - ISO 32000-1 §7.11.4, Embedded file streams: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const PDF_EMBEDDED_FILE = {
        id: "pdf-embedded-file",
        title: "a file is attached inside the PDF",
        ja: "PDFの中に別のファイルが添付されています",
        why_ja: "PDFに見せかけて、マクロ付き文書やプログラムを送り込む手口があります。電子請求書のXMLなど正当な利用もあります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// The PDF's XFA form holds script.
    ///
    /// ## Why it matters
    /// XFA is a second script engine of the viewer, with flaws of its own; most viewers other than Adobe's do not have it.
    ///
    /// ## How we see it
    /// A script element in the form's XML. The form is scanned as a part of its own.
    ///
    /// ## When it is innocent
    /// Government and bank forms made with LiveCycle: nearly all XFA there is.
    ///
    /// ## References
    /// - ISO 32000-1 §12.7.8, XFA forms: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1059.007, JavaScript: https://attack.mitre.org/techniques/T1059/007/
    pub(super) const PDF_XFA_SCRIPT = {
        id: "pdf-xfa-script",
        title: "the PDF's XFA form holds script",
        ja: "PDFのXFAフォームにスクリプトがあります",
        why_ja: "XFAは通常のPDFとは別のスクリプト機構です。官公庁の申請書などで使われますが、攻撃に悪用されることもあります。",
        severity: Low,
        facet: Execute,
        confidence: High,
        attack: ["T1059.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// A form in the PDF sends what is entered to an address.
    ///
    /// ## Why it matters
    /// A page that asks for a password and sends it away needs no web site that a filter could block.
    ///
    /// ## How we see it
    /// Actions of type SubmitForm; their address is an indicator.
    ///
    /// ## When it is innocent
    /// Application forms of authorities and companies. The address should belong to whoever asked for the form.
    ///
    /// ## References
    /// - ISO 32000-1 §12.7.5.2, Submit-form action: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const PDF_FORM_SUBMIT = {
        id: "pdf-form-submit",
        title: "a form in the PDF sends its fields to an address",
        ja: "PDFのフォームが入力内容を外部へ送信します",
        why_ja: "パスワードなどを入力させて盗む偽のフォームの可能性があります。送信先が正しい相手か確かめてください。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1566.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// An action or a stream of the PDF refers to a file on another machine's share.
    ///
    /// ## Why it matters
    /// Following it, Windows logs on to that machine: the sender learns the user's name and a hash of the password, which
    /// can be broken or passed on ("Bad-PDF", 2018).
    ///
    /// ## How we see it
    /// GoToR, GoToE, Launch, SubmitForm, ImportData, URI actions and external streams whose target is a UNC path or a
    /// file: address with a host. Medium where the host is a plain name without a domain, which is one of the own network.
    ///
    /// ## When it is innocent
    /// Documents inside one company that link to its file server; from outside they make no sense.
    ///
    /// ## References
    /// - ISO 32000-1 §12.6.4.3, Remote go-to actions: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const PDF_REMOTE_GOTO = {
        id: "pdf-remote-goto",
        title: "the PDF refers to a file on another machine's share",
        ja: "PDFが外部の共有フォルダーを参照しています",
        why_ja: "参照するだけで、ユーザー名とパスワードのハッシュが相手のコンピューターに送られます。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1187"],
    }
}

finding_kind! {
    /// ## What it is
    /// The file starts as a PDF and holds, outside its objects, a saved web page (MHT) that Word opens.
    ///
    /// ## Why it matters
    /// Filters take it for a PDF; under the name .doc, Word opens the web page and runs its macros. Japan's CERT described
    /// it in 2023 ("MalDoc in PDF").
    ///
    /// ## How we see it
    /// MIME headers of a multipart message between or behind the objects of a PDF.
    ///
    /// ## When it is innocent
    /// Never: nothing writes one file as both.
    ///
    /// ## References
    /// - JPCERT/CC, MalDoc in PDF: https://blogs.jpcert.or.jp/en/2023/08/maldocinpdf.html
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    pub(super) const PDF_WEB_ARCHIVE = {
        id: "pdf-is-web-archive",
        title: "the PDF is also a saved web page that Word opens",
        ja: "PDFであると同時に、Wordで開けるWebアーカイブにもなっています",
        why_ja: "検査ソフトにはPDFと思わせ、Wordでマクロを動かすための細工です（MalDoc in PDF）。",
        severity: Critical,
        facet: Conceal,
        confidence: High,
        decisive: true,
        attack: ["T1036.008", "T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// The PDF does not start at the file's first byte.
    ///
    /// ## Why it matters
    /// Viewers look for the header in the first kilobyte; other programs, and filters, see whatever comes first. Files that
    /// are two formats at once are made this way.
    ///
    /// ## How we see it
    /// `%PDF-` after something other than blanks or a byte order mark.
    ///
    /// ## When it is innocent
    /// Broken web servers and printers that leave their own lines in front.
    ///
    /// ## References
    /// - ISO 32000-1 §7.5.2, File header: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    pub(super) const PDF_HEADER_OFFSET = {
        id: "pdf-header-offset",
        title: "other content stands before the PDF's header",
        ja: "PDFの先頭より前に別のデータがあります",
        why_ja: "二つの形式に見えるファイルを作り、検査をすり抜ける手口で使われます。",
        severity: Low,
        facet: Structure,
        confidence: High,
        attack: ["T1036.008"],
    }
}

finding_kind! {
    /// ## What it is
    /// A file of another sort follows the end of the PDF.
    ///
    /// ## Why it matters
    /// Viewers do not show it, but another program may open it (a zip is read from its end), and a script or shortcut
    /// beside the PDF may cut it out.
    ///
    /// ## How we see it
    /// Bytes behind the last `%%EOF` that start as a program, archive, document or web page. They are scanned as a part of
    /// their own. Unrecognised bytes are scanned but are no finding.
    ///
    /// ## When it is innocent
    /// A download page glued to a document by a broken server.
    ///
    /// ## References
    /// - ISO 32000-1 §7.5.5, File trailer: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const PDF_TRAILING_DATA = {
        id: "pdf-trailing-data",
        title: "a file of another sort follows the end of the PDF",
        ja: "PDFの末尾より後ろに別のファイルがあります",
        why_ja: "閲覧ソフトには表示されない場所に、書庫やプログラムを隠す手口です。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1027.009", "T1036.008"],
    }
}

finding_kind! {
    /// ## What it is
    /// Names that start or carry something are written with escapes no writer needs: `/#4a#53` for `/JS`.
    ///
    /// ## Why it matters
    /// It changes nothing for the viewer and hides the word from filters that search for it.
    ///
    /// ## How we see it
    /// Letters or digits written as #xx in names listed in `rules/indicators/pdf.toml`.
    ///
    /// ## When it is innocent
    /// Not seen: writers escape only characters that have to be.
    ///
    /// ## References
    /// - ISO 32000-1 §7.3.5, Name objects: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const PDF_NAME_OBFUSCATED = {
        id: "pdf-name-obfuscated",
        title: "names of actions are written so that a search does not find them",
        ja: "PDFの動作を示す名前が、検索されにくい書き方で隠されています",
        why_ja: "表示は変わらず、検査を逃れる以外に目的のない書き方です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// A link in the PDF leads to a program, an installer, an archive or a disk image.
    ///
    /// ## Why it matters
    /// The PDF itself is harmless and passes; the reader downloads the rest. Medium if the file would run when opened.
    ///
    /// ## How we see it
    /// The extension at the end of a link's path, by `rules/indicators/extensions.toml`.
    ///
    /// ## When it is innocent
    /// Manuals link to drivers and tools on their maker's site. The host of the link tells.
    ///
    /// ## References
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const PDF_LINKS_TO_PROGRAM = {
        id: "pdf-links-to-program",
        title: "a link in the PDF leads to a program or archive",
        ja: "PDF内のリンクがプログラムや書庫ファイルにつながっています",
        why_ja: "PDF自体は無害に見せ、リンク先からダウンロードさせる手口があります。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1566.002"],
    }
}
