//! Mails of the kinds a gate meets, each with a serial number in its header and in its bytes, so that no two are the same.

use sekisho_samples::cases;

/// What should become of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing in it.
    Letter,
    /// The mail of 2016: an archive with a program that poses as a ticket.
    Ticket,
    /// The antivirus test file, attached beside an honest text.
    Eicar,
    /// A locked archive without its password.
    Locked,
    /// A document that fetches from elsewhere: a person should look.
    Remote,
}

/// A mail of a kind.
pub(super) fn mail(kind: Kind, serial: usize) -> Vec<u8> {
    let bytes = match kind {
        Kind::Letter => letter(serial),
        Kind::Ticket => sample("t01"),
        Kind::Eicar => with_attachment(serial, "test.txt", &sample("rule-eicar")),
        Kind::Locked => sample("t11a"),
        Kind::Remote => with_attachment(serial, "report.xlsx", &sample("fo35-remote")),
    };
    let mut mail = format!("X-Serial: {serial}\r\n").into_bytes();
    mail.extend_from_slice(&crlf(&bytes));
    mail
}

fn letter(serial: usize) -> Vec<u8> {
    format!(
        "From: a@example.com\r\nTo: info@example.org\r\nSubject: note {serial}\r\n\
         Date: Tue, 15 Mar 2016 09:12:40 +0900\r\nMessage-ID: <note-{serial}@example.com>\r\n\r\n\
         See you tomorrow, number {serial}.\r\n.leading dot\r\n"
    )
    .into_bytes()
}

/// A letter with one attachment.
pub(super) fn with_attachment(serial: usize, name: &str, content: &[u8]) -> Vec<u8> {
    use sekisho_samples::mail::Eml;
    Eml::letter("a@example.com")
        .header("Subject", &format!("note {serial}"))
        .text_body("us-ascii", &format!("See the attachment, number {serial}."))
        .attach(name, "application/octet-stream", content)
        .build()
}

/// A sample by its id.
pub(super) fn sample(id: &str) -> Vec<u8> {
    let all = cases::all();
    (all.iter().find(|sample| sample.id == id).unwrap_or_else(|| panic!("no sample {id}")).make)()
}

/// Bare line feeds as SMTP wants them.
pub(super) fn crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut before = 0u8;
    for byte in bytes {
        if *byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        before = *byte;
    }
    out
}
