//! What the native data of an object is. The class name says less than the data: a header may lie about either.

use bytes::Bytes;
use memchr::memmem;

use super::Object;
use crate::formats::office::equation;
use crate::formats::office::ole::native::{self, Packed};
use crate::knowledge::clsids::{ClassKind, class_of_name};

/// First bytes of a compound file.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// What an object holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A compound file: an object of OLE 2.0.
    Compound(Bytes),
    /// A packed file.
    Packed(Packed),
    /// An equation by itself.
    Equation(Bytes),
    /// Data of another program.
    Native(Bytes),
    /// A link, without data.
    Link,
    /// Nothing.
    Empty,
}

impl Content {
    /// What an object holds; `data` is all of it, which is searched where the header leads nowhere.
    pub(crate) fn of(object: Option<&Object>, data: &Bytes) -> Content {
        let native = object.map_or_else(Bytes::new, |object| object.native.clone());
        if native.starts_with(COMPOUND) {
            return Content::Compound(native);
        }
        let kind = object.and_then(|object| class_of_name(&object.class)).map(|known| known.kind);
        if kind != Some(ClassKind::Equation)
            && let Some(packed) = native::packed(&native)
        {
            return Content::Packed(packed);
        }
        if let Some(at) = memmem::find(data, COMPOUND) {
            return Content::Compound(data.slice(at..));
        }
        if kind == Some(ClassKind::Equation) || equation::is_header(&native) {
            return Content::Equation(native);
        }
        if kind.is_none()
            && let Some(name) = equation_name(data)
        {
            // The header is none, but the class is named: what follows its three strings is the equation.
            return Content::Equation(data.slice(name.saturating_add(SHORTEST_TAIL).min(data.len())..));
        }
        match object {
            Some(object) if object.format == 1 => Content::Link,
            Some(_) if !native.is_empty() => Content::Native(native),
            _ if data.is_empty() => Content::Empty,
            _ => Content::Native(data.clone()),
        }
    }
}

/// Topic and item, both empty, and the size.
const SHORTEST_TAIL: usize = 12;

/// Where the name of the equation editor's class ends, in any case.
fn equation_name(data: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"equation.";
    const FAR: usize = 4_096;
    let head = data.get(..FAR).unwrap_or(data).to_ascii_lowercase();
    let at = memmem::find(&head, NAME)?;
    // The version's digit and the NUL.
    Some(at.saturating_add(NAME.len()).saturating_add(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::{cfb, ole1};

    fn content(data: Vec<u8>) -> Content {
        let data = Bytes::from(data);
        Content::of(Object::read(&data).as_ref(), &data)
    }

    #[test]
    fn data_decides() {
        let package = cfb::packaged("a.txt", "a.txt", b"abc");
        assert!(
            matches!(content(ole1::embedded("Package", &package)), Content::Packed(packed) if packed.data == "abc")
        );
        let compound = cfb::Cfb::new().stream("Contents", b"x".to_vec()).build();
        assert!(matches!(content(ole1::embedded("Word.Document.8", &compound)), Content::Compound(_)));
        assert!(matches!(content(ole1::embedded("eQuatiON.3", b"MTEF")), Content::Equation(data) if data == "MTEF"));
        assert!(matches!(content(ole1::embedded("PBrush", b"BM")), Content::Native(data) if data == "BM"));
        assert!(matches!(content(ole1::linked("Excel.Sheet.8", "a.xls", "")), Content::Link));
    }

    #[test]
    fn a_header_that_leads_nowhere_hides_no_compound_file() {
        let compound = cfb::Cfb::new().stream("Contents", b"x".to_vec()).build();
        let data = [&[0xFF; 20][..], &compound].concat();
        assert!(matches!(content(data), Content::Compound(data) if data.starts_with(COMPOUND)));
    }
}
