//! User forms (MS-OFORMS): the streams of a form with labels, boxes of text, buttons and frames.

/// A form in the making.
#[derive(Debug, Clone, Default)]
pub struct Form {
    name: String,
    sites: Vec<(String, u16, Vec<u8>, Vec<u8>)>,
    frames: Vec<(usize, Form)>,
}

const LABEL: u16 = 21;
const TEXT_BOX: u16 = 23;
const FRAME: u16 = 14;

impl Form {
    /// An empty form.
    pub fn new(name: &str) -> Self {
        Form { name: name.to_owned(), ..Form::default() }
    }

    /// Adds a label with a caption, a tag and a tip; empty ones are left out.
    pub fn label(mut self, name: &str, caption: &str, tag: &str, tip: &str) -> Self {
        let mut record = Record::new(4);
        record.long(3, length(caption));
        record.extra(text(caption));
        record.extra(vec![0; 8]);
        record.mask |= 1 << 5;
        let site = self.site(name, LABEL, tag, tip, 0);
        self.sites.push((name.to_owned(), LABEL, site, record.build(0x0200)));
        self
    }

    /// Adds a box of text.
    pub fn text_box(mut self, name: &str, value: &str) -> Self {
        let mut record = Record::new(8);
        record.long(0, 0x2C80_481B);
        record.byte(6, 1);
        record.long(22, length(value));
        record.mask |= 1 << 8;
        record.extra(vec![0; 8]);
        record.extra(text(value));
        let site = self.site(name, TEXT_BOX, "", "", 0);
        self.sites.push((name.to_owned(), TEXT_BOX, site, record.build(0x0200)));
        self
    }

    /// Adds a frame with controls of its own.
    pub fn frame(mut self, name: &str, inside: Form) -> Self {
        let site = self.site(name, FRAME, "", "", 0);
        self.frames.push((self.sites.len() + 1, inside));
        self.sites.push((name.to_owned(), FRAME, site, Vec::new()));
        self
    }

    fn site(&self, name: &str, class: u16, tag: &str, tip: &str, size: u32) -> Vec<u8> {
        let mut record = Record::new(4);
        record.long(0, length(name));
        if !tag.is_empty() {
            record.long(1, length(tag));
        }
        record.long(2, self.sites.len() as u32 + 1);
        record.long(4, if class == FRAME { 0x0004_0023 } else { 0x32 });
        record.long(5, size);
        record.short(7, class);
        if !tip.is_empty() {
            record.long(11, length(tip));
        }
        record.extra(text(name));
        record.extra(text(tag));
        record.mask |= 1 << 8;
        record.extra(vec![0; 8]);
        record.extra(text(tip));
        record.build(0)
    }

    /// The streams, by path below the storage the form is put in.
    pub fn streams(&self) -> Vec<(String, Vec<u8>)> {
        let mut out = self.inner(&self.name);
        let frame = format!(
            "VERSION 5.00\r\nBegin {{C62A69F0-16DC-11CE-9E98-00AA00574A4F}} {0} \r\n   Caption         =   \"{0}\"\r\n\
             \x20  ClientHeight    =   3000\r\nEnd\r\n",
            self.name
        );
        out.push((format!("{}/\u{3}VBFrame", self.name), frame.into_bytes()));
        out
    }

    fn inner(&self, place: &str) -> Vec<(String, Vec<u8>)> {
        let mut form = Record::new(4);
        form.long(26, 3);
        form.long(27, 32_000);
        let mut f = form.build(0x0400);
        f.extend([0, 0]);
        let mut sites = Vec::new();
        let mut o = Vec::new();
        for (_, class, site, record) in &self.sites {
            let mut site = site.clone();
            // ObjectStreamSize is known now.
            if *class != FRAME {
                let tagged = site[4] & 2 != 0;
                let at = if tagged { 24 } else { 20 };
                site[at..at + 4].copy_from_slice(&(record.len() as u32).to_le_bytes());
            }
            sites.extend(site);
            o.extend(record);
        }
        f.extend((self.sites.len() as u32).to_le_bytes());
        f.extend((sites.len() as u32).to_le_bytes());
        let depths = f.len();
        for _ in &self.sites {
            f.extend([0, 1]);
        }
        while !(f.len() - depths).is_multiple_of(4) {
            f.push(0);
        }
        f.extend(sites);
        let mut out = vec![(format!("{place}/f"), f), (format!("{place}/o"), o)];
        for (id, inside) in &self.frames {
            out.extend(inside.inner(&format!("{place}/i{id:02}")));
        }
        out
    }
}

/// A record: mask, numbers aligned to their size, then texts.
struct Record {
    mask: u64,
    width: usize,
    data: Vec<u8>,
    extra: Vec<u8>,
}

impl Record {
    fn new(width: usize) -> Self {
        Record { mask: 0, width, data: Vec::new(), extra: Vec::new() }
    }

    fn number(&mut self, bit: u32, bytes: &[u8]) {
        self.mask |= 1 << bit;
        self.data.resize(self.data.len().next_multiple_of(bytes.len()), 0);
        self.data.extend(bytes);
    }

    fn long(&mut self, bit: u32, value: u32) {
        self.number(bit, &value.to_le_bytes());
    }

    fn short(&mut self, bit: u32, value: u16) {
        self.number(bit, &value.to_le_bytes());
    }

    fn byte(&mut self, bit: u32, value: u8) {
        self.number(bit, &[value]);
    }

    fn extra(&mut self, bytes: Vec<u8>) {
        self.extra.extend(bytes);
        self.extra.resize(self.extra.len().next_multiple_of(4), 0);
    }

    fn build(mut self, version: u16) -> Vec<u8> {
        self.data.resize(self.data.len().next_multiple_of(4), 0);
        let mut out = version.to_le_bytes().to_vec();
        out.extend(((self.width + self.data.len() + self.extra.len()) as u16).to_le_bytes());
        out.extend(&self.mask.to_le_bytes()[..self.width]);
        out.extend(self.data);
        out.extend(self.extra);
        out
    }
}

/// Low bytes where that loses nothing, else UTF-16.
fn text(text: &str) -> Vec<u8> {
    if is_low(text) {
        return text.chars().map(|c| c as u8).collect();
    }
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn is_low(text: &str) -> bool {
    text.chars().all(|c| u32::from(c) < 256)
}

fn length(value: &str) -> u32 {
    let flag = if is_low(value) { 0x8000_0000 } else { 0 };
    text(value).len() as u32 | flag
}
