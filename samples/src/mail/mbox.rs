//! Mailboxes in one file (RFC 4155 and its relatives).

/// How lines that look like separators are kept apart from separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MboxStyle {
    /// `From ` in bodies becomes `>From `; quoted lines are not quoted again, so it cannot be undone exactly.
    Mboxo,
    /// `>*From ` gets one more `>`.
    Mboxrd,
    /// Nothing is quoted; `Content-Length` says where a message ends.
    Mboxcl2,
}

/// A mailbox of these messages, with LF line ends.
pub fn mbox(style: MboxStyle, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages {
        let text: Vec<u8> = message.iter().copied().filter(|byte| *byte != b'\r').collect();
        out.extend_from_slice(b"From MAILER-DAEMON Tue Mar 15 09:12:44 2016\n");
        let split = text.windows(2).position(|pair| pair == b"\n\n").map_or(text.len(), |at| at + 1);
        let (head, body) = text.split_at(split);
        out.extend_from_slice(head);
        if style == MboxStyle::Mboxcl2 {
            out.extend_from_slice(format!("Content-Length: {}\n", body.len().saturating_sub(1)).as_bytes());
            out.extend_from_slice(body);
        } else {
            for line in body.split_inclusive(|byte| *byte == b'\n') {
                let quotes = line.iter().take_while(|byte| **byte == b'>').count();
                let is_from = line[quotes..].starts_with(b"From ");
                if is_from && (quotes == 0 || style == MboxStyle::Mboxrd) {
                    out.push(b'>');
                }
                out.extend_from_slice(line);
            }
        }
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.push(b'\n');
    }
    out
}
