//! The `PROJECT` stream, MS-OVBA 2.3.1: the list of modules the editor shows, and how the project is protected. It is
//! text; a project runs without it, which is why modules missing here are worth a word.

use super::codepage::CodePage;

/// The stream, as far as it could be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Modules the editor shows: (name, sort).
    pub modules: Vec<(String, Sort)>,
    /// Whether viewing the project is locked.
    pub is_locked: bool,
    /// Whether a password protects it.
    pub has_password: bool,
    /// Protection fields that do not decrypt to anything; the editor then refuses to show the project.
    pub is_tampered: bool,
}

/// What `PROJECT` says a module is, 2.3.1.4 to 2.3.1.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// `Document=`: the document itself, a sheet.
    Document,
    /// `Module=`.
    Standard,
    /// `Class=`.
    Class,
    /// `BaseClass=`: a form.
    Form,
}

/// Names in `PROJECTwm` (MS-OVBA 2.3.3): each in the code page, then in UTF-16; an empty one ends the list.
pub(super) fn names(bytes: &[u8], code_page: CodePage) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = bytes;
    while names.len() < MAX_LINES {
        let Some(end) = memchr::memchr(0, rest).filter(|end| *end > 0) else { break };
        let narrow = rest.get(..end).unwrap_or_default();
        rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
        let Some((wide, taken)) = crate::formats::fields::wide_at(rest, 0, MAX_LINES) else { break };
        rest = rest.get(taken..).unwrap_or_default();
        names.push(if wide.is_empty() { code_page.decode(narrow).0 } else { wide });
    }
    names
}

/// Lines read of the stream.
const MAX_LINES: usize = 20_000;

impl Listing {
    /// Reads the stream.
    pub(super) fn parse(bytes: &[u8], code_page: CodePage) -> Self {
        let (text, _) = code_page.decode(bytes);
        let mut listing = Listing::default();
        let mut protection: [Option<&str>; 3] = [None; 3];
        for line in text.lines().take(MAX_LINES) {
            let line = line.trim();
            if line.starts_with('[') {
                break;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            let module = |sort| (value.split('/').next().unwrap_or(value).to_owned(), sort);
            match key.trim().to_ascii_lowercase().as_str() {
                "document" => listing.modules.push(module(Sort::Document)),
                "module" => listing.modules.push(module(Sort::Standard)),
                "class" => listing.modules.push(module(Sort::Class)),
                "baseclass" => listing.modules.push(module(Sort::Form)),
                "cmg" => protection[0] = Some(value),
                "dpb" => protection[1] = Some(value),
                "gc" => protection[2] = Some(value),
                _ => {}
            }
        }
        listing.read_protection(protection);
        listing
    }

    /// 2.3.1.15 to 2.3.1.17: protection state, password, visibility.
    fn read_protection(&mut self, [state, password, visible]: [Option<&str>; 3]) {
        let mut field = |value: Option<&str>| {
            let value = value?;
            let data = decrypt(value);
            self.is_tampered |= data.is_none();
            data
        };
        let (state, password, visible) = (field(state), field(password), field(visible));
        let is_set = |data: &Option<Vec<u8>>| data.as_ref().is_some_and(|data| data.iter().any(|byte| *byte != 0));
        // A password is stored as a hash of 29 bytes or as plain text; one byte of zero means there is none.
        self.has_password = is_set(&password);
        self.is_locked = is_set(&state) || visible.is_some_and(|data| data.first() == Some(&0));
    }
}

/// Data Encryption, 2.4.3.3. The project key is not checked: tools that copy projects get it wrong, and Office does not
/// mind.
fn decrypt(text: &str) -> Option<Vec<u8>> {
    // A password hash takes some 80 digits; anything much longer is not this.
    const MAX_DIGITS: usize = 4_096;
    if text.len() > MAX_DIGITS || !text.is_ascii() {
        return None;
    }
    let mut bytes = text.as_bytes().chunks_exact(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let seed = bytes.next()??;
    let version = bytes.next()??;
    let key = bytes.next()??;
    if version ^ seed != 2 {
        return None;
    }
    let (mut plain, mut last, mut before) = (key ^ seed, key, version);
    let mut out = Vec::new();
    for hidden in bytes {
        let hidden = hidden?;
        let byte = hidden ^ before.wrapping_add(plain);
        out.push(byte);
        (before, last, plain) = (last, hidden, byte);
    }
    let filler = usize::from((seed & 6) / 2);
    let length = u32::from_le_bytes(*out.get(filler..)?.first_chunk::<4>()?);
    let data = out.get(filler.checked_add(4)?..)?;
    (u64::from(length) == data.len() as u64).then(|| data.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::vba::{Module, Project};

    fn listing(change: impl FnOnce(&mut Project)) -> Listing {
        let mut project = Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", "")]);
        change(&mut project);
        let streams = project.streams();
        let (_, bytes) = streams.iter().find(|(path, _)| path == "PROJECT").unwrap();
        Listing::parse(bytes, CodePage(932))
    }

    #[test]
    fn lists_what_the_editor_shows() {
        let open = listing(|_| {});
        assert_eq!(open.modules, [("ThisDocument".to_owned(), Sort::Document), ("Module1".to_owned(), Sort::Standard)]);
        assert!(!open.is_locked && !open.has_password && !open.is_tampered);
        assert_eq!(listing(|project| project.modules[1].is_hidden = true).modules.len(), 1);
    }

    #[test]
    fn names_come_in_both_spellings() {
        let project = Project::new(vec![Module::standard("Module1", ""), Module::standard("集計", "")]);
        let streams = project.streams();
        let (_, bytes) = streams.iter().find(|(path, _)| path == "PROJECTwm").unwrap();
        assert_eq!(names(bytes, CodePage(932)), ["Module1", "集計"]);
        assert!(names(b"", CodePage(932)).is_empty() && names(b"abc", CodePage(932)).is_empty());
    }

    #[test]
    fn sees_the_lock() {
        assert!(listing(|project| project.is_locked = true).is_locked);
    }

    #[test]
    fn protection_of_published_projects() {
        // The example of MS-OVBA 3.1.
        let text = b"CMG=\"0705D8E3D8EDDBF1DBF1DBF1DBF1\"\r\nDPB=\"0E0CD1ECDFF4E7F5E7F5E7\"\r\nGC=\"1517CAF1D6F9D7F9D706\"\r\n";
        let listing = Listing::parse(text, CodePage(1252));
        assert!(!listing.is_locked && !listing.has_password && !listing.is_tampered);
        let tampered = b"DPB=\"94963888C84FE54FE5B01B50E59251526F\"\r\n";
        assert!(Listing::parse(tampered, CodePage(1252)).is_tampered);
    }
}
