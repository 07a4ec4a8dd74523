//! Mails nested beyond reason, for tests of limits.

/// A message of `levels` multiparts inside each other, a text at the bottom. Its size grows linearly.
pub fn deep_mime(levels: usize) -> Vec<u8> {
    let mut out = b"From: deep@example.com\r\nSubject: deep\r\nMIME-Version: 1.0\r\n".to_vec();
    for level in 0..levels {
        out.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n").as_bytes(),
        );
    }
    out.extend_from_slice(b"Content-Type: text/plain\r\n\r\nbottom\r\n");
    for level in (0..levels).rev() {
        out.extend_from_slice(format!("--b{level}--\r\n").as_bytes());
    }
    out
}

/// A message of `levels` messages inside each other.
pub fn deep_messages(levels: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for level in 0..levels {
        out.extend_from_slice(
            format!("From: deep{level}@example.com\r\nSubject: level {level}\r\nContent-Type: message/rfc822\r\n\r\n")
                .as_bytes(),
        );
    }
    out.extend_from_slice(b"From: deep@example.com\r\nSubject: bottom\r\nContent-Type: text/plain\r\n\r\nbottom\r\n");
    out
}
