//! ActiveMime containers and the web archives that Word saves documents with macros in.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::mail::base64_lines;

/// Content behind a header, zlib from an offset on (0x32 is usual).
pub fn active_mime(content: &[u8], start: usize) -> Vec<u8> {
    let mut out = b"ActiveMime\0\0\x01\xf0\x04\0\0\0\xff\xff\xff\xff\0\0\x07\xf0".to_vec();
    out.resize(0x1E, 0);
    out.extend((start as u16).wrapping_sub(46).to_le_bytes());
    out.resize(start - 4, 0);
    out.extend((content.len() as u32).to_le_bytes());
    let mut encoder = ZlibEncoder::new(out, Compression::default());
    encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// A web archive of a page and an `editdata.mso` with a compound file.
pub fn web_archive(page: &str, project: &[u8]) -> Vec<u8> {
    let boundary = "----=_NextPart_01DA0000.00000000";
    let mut out = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Location: file:///C:/doc.htm\r\nContent-Transfer-Encoding: 8bit\r\n\
         Content-Type: text/html; charset=\"utf-8\"\r\n\r\n<html><head>\
         <link rel=Edit-Time-Data href=\"doc.files/editdata.mso\"></head><body>{page}</body></html>\r\n\
         --{boundary}\r\nContent-Location: file:///C:/doc.files/editdata.mso\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Type: application/x-mso\r\n\r\n"
    )
    .into_bytes();
    out.extend(base64_lines(&active_mime(project, 0x32)));
    out.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    out
}
