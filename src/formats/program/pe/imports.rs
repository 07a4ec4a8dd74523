//! Imports, delayed imports and the import hash.

use md5::{Digest, Md5};

use super::header::Directory;
use super::sections::Image;
use crate::formats::fields::{size_at, text_at, u32_at, u64_at};
use crate::knowledge::ordinals;

/// A library and what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Its file name as written.
    pub name: String,
    /// What is used.
    pub functions: Vec<Function>,
    /// Whether it is loaded on first use only.
    pub is_delayed: bool,
}

/// One imported function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// By name.
    Name(String),
    /// By number.
    Ordinal(u16),
}

/// Libraries read; real programs stay below 200.
const MAX_LIBRARIES: usize = 1_024;
/// Functions read over all libraries; real programs stay below 10,000.
const MAX_FUNCTIONS: usize = 20_000;
/// Longest name of a library or function, in bytes. C++ names reach some thousand; the rest of a name is not needed.
const MAX_NAME: usize = 512;

/// PE Format, "The .idata Section": the import directory table. Says in the second value that a cap cut it.
pub(super) fn read(image: Image<'_>) -> (Vec<Library>, bool) {
    let mut budget = MAX_FUNCTIONS;
    let mut libraries = Vec::new();
    let mut is_cut = false;
    if let Some(start) = image.header.directory(Directory::Import).and_then(|(rva, _)| image.offset(rva)) {
        for index in 0..=MAX_LIBRARIES {
            let at = start.saturating_add(index.saturating_mul(20));
            let field = |offset: usize| size_at(image.bytes, at.saturating_add(offset));
            let (Some(lookup), Some(name), Some(address)) = (field(0), field(12), field(16)) else { break };
            // The loader stops at a descriptor without a name or without addresses.
            if name == 0 || (address == 0 && lookup == 0) {
                break;
            }
            if index == MAX_LIBRARIES || budget == 0 {
                is_cut = true;
                break;
            }
            let Some(name) = image.offset(name).and_then(|at| text_at(image.bytes, at, MAX_NAME)) else { continue };
            let thunks = [lookup, address].into_iter().filter(|rva| *rva != 0).find_map(|rva| image.offset(rva));
            let functions = thunks.map(|at| functions(image, at, 0, &mut budget)).unwrap_or_default();
            libraries.push(Library { name, functions, is_delayed: false });
        }
    }
    if let Some(start) = image.header.directory(Directory::DelayImport).and_then(|(rva, _)| image.offset(rva)) {
        for index in 0..MAX_LIBRARIES {
            let at = start.saturating_add(index.saturating_mul(32));
            let field = |offset: usize| size_at(image.bytes, at.saturating_add(offset));
            let (Some(attributes), Some(name), Some(lookup)) = (field(0), field(4), field(16)) else { break };
            if name == 0 {
                break;
            }
            // Bit 0 tells RVAs; without it (Visual C++ 6) all fields are addresses.
            let base = if attributes & 1 == 0 { image.header.image_base } else { 0 };
            let to_offset = |value: usize| {
                if base == 0 { image.offset(value) } else { image.offset_of_address(value as u64) }
            };
            let Some(name) = to_offset(name).and_then(|at| text_at(image.bytes, at, MAX_NAME)) else { break };
            let functions = to_offset(lookup).map(|at| functions(image, at, base, &mut budget)).unwrap_or_default();
            libraries.push(Library { name, functions, is_delayed: true });
        }
    }
    (libraries, is_cut)
}

/// Import lookup table: one thunk per function, up to a zero.
fn functions(image: Image<'_>, start: usize, base: u64, budget: &mut usize) -> Vec<Function> {
    let mut functions = Vec::new();
    let width: usize = if image.header.is_64 { 8 } else { 4 };
    let mut at = start;
    while *budget > 0 {
        let thunk = if image.header.is_64 { u64_at(image.bytes, at) } else { u32_at(image.bytes, at).map(u64::from) };
        let Some(thunk) = thunk.filter(|thunk| *thunk != 0) else { break };
        let is_ordinal = if image.header.is_64 { thunk >> 63 == 1 } else { thunk >> 31 == 1 };
        if is_ordinal {
            functions.push(Function::Ordinal(thunk as u16));
        } else {
            let rva = usize::try_from(thunk.saturating_sub(base)).unwrap_or(usize::MAX);
            // Two bytes of hint, then the name.
            let name = image
                .offset(rva)
                .and_then(|at| text_at(image.bytes, at.saturating_add(2), MAX_NAME))
                .filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
            match name {
                Some(name) => functions.push(Function::Name(name)),
                // Packers leave tables that only make sense after unpacking.
                None => break,
            }
        }
        *budget = budget.saturating_sub(1);
        at = at.saturating_add(width);
    }
    functions
}

/// The import hash of Mandiant's definition: MD5 over `library.function` in order, lower case, libraries without their
/// `.dll`, `.ocx` or `.sys`, numbers as `ordN` unless the library's numbers have names. None without imports.
pub(super) fn imphash(libraries: &[Library]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for library in libraries.iter().filter(|library| !library.is_delayed) {
        let full = library.name.to_ascii_lowercase();
        let short = match full.rsplit_once('.') {
            Some((stem, "dll" | "ocx" | "sys")) => stem,
            _ => full.as_str(),
        };
        for function in &library.functions {
            let name = match function {
                Function::Name(name) => name.to_ascii_lowercase(),
                Function::Ordinal(ordinal) => match ordinals::name(&full, *ordinal) {
                    Some(name) => name.to_ascii_lowercase(),
                    None => format!("ord{ordinal}"),
                },
            };
            parts.push(format!("{short}.{name}"));
        }
    }
    (!parts.is_empty()).then(|| crate::model::digest::hex(&Md5::digest(parts.join(",").as_bytes())))
}
