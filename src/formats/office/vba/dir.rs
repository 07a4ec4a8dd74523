//! The `dir` stream, MS-OVBA 2.3.4.2: what modules a project has, in which streams, at which offsets, and what it
//! references. Records are taken by id and size, in whatever order they come; one that makes no sense costs itself only.

use super::codepage::CodePage;
use crate::formats::fields::{u16_at, u32_at};

/// The stream, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Dir {
    /// Code page of the project's texts, PROJECTCODEPAGE.
    pub code_page: CodePage,
    /// The project's name.
    pub name: String,
    /// Libraries and projects it names.
    pub references: Vec<Reference>,
    /// Its modules.
    pub modules: Vec<DirModule>,
    /// Offset (in the decompressed stream) of the first record that made no sense.
    pub damage: Option<u64>,
}

/// One reference: what it is called and where it lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// Its library id: `*\G{…}#2.0#0#C:\…\x.tlb#title` or, for a project, `*\Cpath`.
    pub libid: String,
    /// Whether it is another document's project, which the host loads.
    pub is_project: bool,
}

/// One module as the `dir` stream lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DirModule {
    /// Name in the code page, MODULENAME.
    pub name: String,
    /// Name in UTF-16, MODULENAMEUNICODE.
    pub unicode_name: Option<String>,
    /// Name of its stream, MODULESTREAMNAME in the code page.
    pub stream: String,
    /// The same in UTF-16; this is the one Office opens.
    pub unicode_stream: Option<String>,
    /// Offset of the compressed source, MODULEOFFSET.
    pub offset: Option<u32>,
    /// Whether it is a standard module, not a document, class or form.
    pub is_standard: bool,
    /// MODULEPRIVATE.
    pub is_private: bool,
}

impl DirModule {
    /// Its name, the UTF-16 one where there is one.
    pub(super) fn shown_name(&self) -> &str {
        self.unicode_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }

    /// Names its stream may go by, the one Office opens first.
    pub(super) fn stream_names(&self) -> impl Iterator<Item = &str> {
        [self.unicode_stream.as_deref(), Some(self.stream.as_str()), self.unicode_name.as_deref(), Some(&self.name)]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
    }
}

/// Modules and references read; Office itself refuses projects with more than a few hundred.
const MAX_MODULES: usize = 4_096;
/// See [`MAX_MODULES`].
const MAX_REFERENCES: usize = 4_096;

/// Record ids of 2.3.4.2, used to tell a record from noise.
const KNOWN: [u16; 40] = [
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x13, 0x14, 0x16, 0x19, 0x1a,
    0x1c, 0x1e, 0x21, 0x22, 0x25, 0x28, 0x2b, 0x2c, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x3c, 0x3d, 0x3e, 0x40, 0x47, 0x48,
    0x4a, 0x5e,
];

impl Dir {
    /// Reads the decompressed stream.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let code_page = code_page(bytes);
        let mut dir = Dir { code_page, ..Dir::default() };
        let mut damage = None;
        let mut reference_name = String::new();
        let mut module: Option<DirModule> = None;
        let records = Records { bytes, at: 0, damage: &mut damage };
        for record in records {
            let text = || code_page.decode(record.body).0;
            match record.id {
                0x0004 if module.is_none() => dir.name = text(),
                0x0016 => reference_name = text(),
                0x003e if module.is_none() => reference_name = utf16(record.body),
                0x000d | 0x002f | 0x0033 | 0x000e if module.is_none() && dir.references.len() < MAX_REFERENCES => {
                    dir.references.extend(reference(&record, code_page, &reference_name));
                }
                0x0019 => {
                    if dir.modules.len() < MAX_MODULES {
                        dir.modules.extend(module.take());
                    }
                    module = Some(DirModule { name: text(), ..DirModule::default() });
                }
                0x002b => {
                    if dir.modules.len() < MAX_MODULES {
                        dir.modules.extend(module.take());
                    }
                }
                _ => {
                    if let Some(module) = &mut module {
                        match record.id {
                            0x0047 => module.unicode_name = Some(utf16(record.body)),
                            0x001a => module.stream = text(),
                            0x0032 => module.unicode_stream = Some(utf16(record.body)),
                            0x0031 => module.offset = u32_at(record.body, 0),
                            0x0021 => module.is_standard = true,
                            0x0028 => module.is_private = true,
                            _ => {}
                        }
                    }
                }
            }
        }
        dir.modules.extend(module);
        dir.damage = damage;
        dir
    }
}

/// PROJECTCODEPAGE, 2.3.4.2.1.4: needed before any text is decoded, wherever it stands.
fn code_page(bytes: &[u8]) -> CodePage {
    let mut records = Records { bytes, at: 0, damage: &mut None };
    let found = records.find(|record| record.id == 0x0003);
    CodePage(found.and_then(|record| u16_at(record.body, 0)).unwrap_or_default())
}

/// REFERENCEREGISTERED, REFERENCECONTROL, REFERENCEORIGINAL and REFERENCEPROJECT, 2.3.4.2.2: a library id with its own
/// length, but for REFERENCEORIGINAL, whose whole body is one.
fn reference(record: &Record<'_>, code_page: CodePage, name: &str) -> Option<Reference> {
    let libid = match record.id {
        0x0033 => record.body,
        _ => {
            let size = usize::try_from(u32_at(record.body, 0)?).ok()?;
            let rest = record.body.get(4..)?;
            rest.get(..size).unwrap_or(rest)
        }
    };
    let libid = code_page.decode(libid).0;
    Some(Reference { name: name.to_owned(), libid, is_project: record.id == 0x000e })
}

struct Record<'a> {
    id: u16,
    body: &'a [u8],
}

/// Records in file order. A record with an unknown id or a size that does not fit starts a search for the next one
/// that does.
struct Records<'a, 'd> {
    bytes: &'a [u8],
    at: usize,
    damage: &'d mut Option<u64>,
}

impl<'a> Iterator for Records<'a, '_> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let mut skipping = false;
        loop {
            let id = u16_at(self.bytes, self.at)?;
            let next = self.end_of(self.at);
            // A record out of the blue must also be followed by a record, or noise would be taken for one.
            let is_sound = KNOWN.contains(&id)
                && next.is_some_and(|next| !skipping || next >= self.bytes.len() || self.is_known_at(next));
            match next {
                Some(next) if is_sound => {
                    let body = self.bytes.get(self.at.saturating_add(6)..next).unwrap_or_default();
                    self.at = next;
                    return Some(Record { id, body });
                }
                // An id we do not know, but its size leads to one we do: Office skips it too.
                Some(next) if !skipping && self.is_known_at(next) => self.at = next,
                _ => {
                    self.damage.get_or_insert(self.at as u64);
                    skipping = true;
                    self.at = self.at.saturating_add(1);
                }
            }
        }
    }
}

impl Records<'_, '_> {
    fn is_known_at(&self, at: usize) -> bool {
        u16_at(self.bytes, at).is_some_and(|id| KNOWN.contains(&id))
    }

    /// Where the record at an offset ends, if it fits. PROJECTVERSION (0x09) states 4 and holds 6, 2.3.4.2.1.11.
    fn end_of(&self, at: usize) -> Option<usize> {
        let id = u16_at(self.bytes, at)?;
        let size = match id {
            0x0009 => 6,
            _ => usize::try_from(u32_at(self.bytes, at.checked_add(2)?)?).ok()?,
        };
        at.checked_add(6)?.checked_add(size).filter(|end| *end <= self.bytes.len())
    }
}

fn utf16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::vba::{Module, Project};

    fn sample() -> Vec<u8> {
        let mut main = Module::standard("Module1", "");
        main.cache = vec![0; 300];
        Project::new(vec![Module::document("ThisDocument", ""), main, Module::standard("集計", "")]).dir()
    }

    #[test]
    fn reads_modules_and_references() {
        let dir = Dir::parse(&sample());
        assert_eq!(dir.code_page, CodePage(932));
        assert_eq!(dir.name, "VBAProject");
        assert_eq!(dir.references.len(), 1);
        assert!(dir.references[0].libid.contains("stdole2.tlb"));
        let names: Vec<&str> = dir.modules.iter().map(DirModule::shown_name).collect();
        assert_eq!(names, ["ThisDocument", "Module1", "集計"]);
        assert_eq!(dir.modules[1].offset, Some(300));
        assert!(dir.modules[1].is_standard && !dir.modules[0].is_standard);
        assert_eq!(dir.damage, None);
    }

    #[test]
    fn an_odd_record_costs_itself_only() {
        let mut bytes = sample();
        // An unknown record in front, and one whose size lies in the middle of the modules.
        let mut odd = vec![0x99, 0x00, 2, 0, 0, 0, 7, 7];
        odd.extend(&bytes);
        assert_eq!(Dir::parse(&odd).modules.len(), 3);
        let second = memchr::memmem::rfind(&bytes, b"\x19\x00\x07\x00\x00\x00Module1").unwrap();
        bytes[second + 4] = 0xff;
        let dir = Dir::parse(&bytes);
        assert!(dir.damage.is_some());
        assert_eq!(dir.modules.last().map(DirModule::shown_name), Some("集計"));
    }

    #[test]
    fn noise_is_no_module() {
        let noise: Vec<u8> = (0..4_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(Dir::parse(&noise).modules.is_empty());
        assert!(Dir::parse(b"").modules.is_empty());
    }
}
