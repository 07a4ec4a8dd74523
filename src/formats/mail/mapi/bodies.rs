//! The texts of a message. Outlook stores up to three, plain text, HTML and compressed RTF, shows one of them, and lets
//! them differ; all are read.

use bytes::Bytes;

use super::item::Item;
use super::property::{Value, id, label};
use super::{lzfu, rtf};
use crate::formats::mail::charset::{Place, decode};
use crate::model::{Location, Problem};
use crate::stage::Outcome;

/// A text.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) name: &'static str,
    pub(super) media_type: &'static str,
    /// How it was stored.
    pub(super) how: &'static str,
    pub(super) text: Bytes,
}

/// Bodies of one property read at most.
const MAX_SAME: usize = 4;

/// Every text that says something the ones before it do not.
pub(super) fn bodies(item: &Item, out: &mut Outcome<'_>) -> Vec<Body> {
    let properties = &item.properties;
    let mut found: Vec<Body> = Vec::new();
    let mut add = |name, media_type, how, text: Bytes| {
        if !text.trim_ascii().is_empty() && !found.iter().any(|known| is_same(&known.text, &text)) {
            found.push(Body { name, media_type, how, text });
        }
    };
    for text in properties.texts(id::BODY).into_iter().take(MAX_SAME) {
        add("body.txt", "text/plain", "text", text.into());
    }
    for value in properties.all(id::HTML).take(MAX_SAME) {
        let text = match value {
            Value::Binary(bytes) | Value::Narrow(bytes) => decode(html_charset(item), bytes, Place::Body).text,
            value => properties.read(value),
        };
        add("body.html", "text/html", "HTML", text.trim_end_matches('\0').to_owned().into());
    }
    for value in properties.all(id::RTF_COMPRESSED).take(MAX_SAME) {
        let (Value::Binary(packed) | Value::Narrow(packed)) = value else { continue };
        if packed.is_empty() {
            continue;
        }
        let at = || Location::part("compressed RTF");
        let Some(decoder) = lzfu::decoder(packed) else {
            out.problem(Problem::damaged("no header of compressed RTF", at()));
            continue;
        };
        let declared = u64::from(decoder.declared);
        let (unpacked, stop) = out.pull(decoder);
        if stop.is_some() || (unpacked.len() as u64) < declared {
            let what = format!("RTF ends after {} of {declared} bytes", unpacked.len());
            out.problem(Problem::damaged(what, at()));
        }
        let unpacked = Bytes::from(unpacked);
        let Some(said) = rtf::said(&unpacked) else {
            add("body.rtf", "application/rtf", "compressed RTF", unpacked);
            continue;
        };
        // What stands in RTF beyond text (objects, templates) is the RTF reader's.
        if said.has_objects {
            add("body.rtf", "application/rtf", "compressed RTF", unpacked);
        }
        if said.is_html {
            add("body.html", "text/html", "HTML in compressed RTF", said.text.into());
        } else {
            add("body.txt", "text/plain", "compressed RTF", said.text.into());
        }
    }
    found
}

/// PidTagInternetCodepage is the charset of the HTML, whatever the message's strings are in.
fn html_charset(item: &Item) -> Option<&'static str> {
    let page = item.properties.number(id::INTERNET_CODE_PAGE).and_then(|page| u32::try_from(page).ok());
    page.filter(|page| *page != 0).or(Some(item.properties.code_page)).and_then(label)
}

/// Whether two texts differ in nothing but blanks.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let of_a = a.iter().filter(|byte| !byte.is_ascii_whitespace());
    of_a.eq(b.iter().filter(|byte| !byte.is_ascii_whitespace()))
}
