//! The resource section of a program: the three-level tree, version information, icon groups.

use super::icon::Icon;

/// RT_ICON.
pub const ICON: u32 = 3;
/// RT_RCDATA.
pub const RCDATA: u32 = 10;
/// RT_GROUP_ICON.
pub const GROUP_ICON: u32 = 14;
/// RT_VERSION.
pub const VERSION: u32 = 16;
/// RT_MANIFEST.
pub const MANIFEST: u32 = 24;

/// One resource: type, id, content; the language is always Japanese (0x0411).
#[derive(Debug, Clone)]
pub struct Resource {
    /// Numeric type.
    pub kind: u32,
    /// Numeric id.
    pub id: u32,
    /// Content.
    pub data: Vec<u8>,
}

const JAPANESE: u32 = 0x0411;

/// The id of a resource with a name: what [`section`] writes as one of [`NAMES`].
pub fn named(name: &str) -> u32 {
    NAMES.iter().position(|known| *known == name).map_or(0, |index| 0x8000_0000 | index as u32)
}

/// Names that resources can have here.
const NAMES: [&str; 3] = ["RUNPROGRAM", "CABINET", "SCRIPT"];

/// The section's bytes for a section at this RVA. PE specification, "The .rsrc Section".
pub fn section(resources: &[Resource], rva: u32) -> Vec<u8> {
    let mut kinds: Vec<u32> = resources.iter().map(|resource| resource.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let by_kind: Vec<Vec<&Resource>> = kinds
        .iter()
        .map(|kind| {
            let mut of_kind: Vec<&Resource> = resources.iter().filter(|resource| resource.kind == *kind).collect();
            of_kind.sort_by_key(|resource| resource.id);
            of_kind
        })
        .collect();
    let directories_at = 16 + 8 * kinds.len();
    let languages_at = directories_at + by_kind.iter().map(|list| 16 + 8 * list.len()).sum::<usize>();
    let entries_at = languages_at + 24 * resources.len();
    let mut data_at = (entries_at + 16 * resources.len()).next_multiple_of(8);

    let mut root = directory(kinds.len());
    let (mut directories, mut languages, mut entries, mut data) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let names_at = data_at;
    let mut names = Vec::new();
    let mut name_places = Vec::new();
    for name in NAMES {
        name_places.push((names_at + names.len()) as u32);
        names.extend((name.len() as u16).to_le_bytes());
        names.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    }
    if resources.iter().any(|resource| resource.id & 0x8000_0000 != 0) {
        data_at += names.len().next_multiple_of(8);
    } else {
        names.clear();
    }
    let first_data = data_at;
    for (kind, list) in kinds.iter().zip(&by_kind) {
        root.extend_from_slice(&kind.to_le_bytes());
        root.extend_from_slice(&((directories_at + directories.len()) as u32 | 0x8000_0000).to_le_bytes());
        directories.extend(directory(list.len()));
        for resource in list {
            let id = match resource.id & 0x8000_0000 {
                0 => resource.id,
                mark => mark | name_places[(resource.id & 0xff) as usize],
            };
            directories.extend_from_slice(&id.to_le_bytes());
            directories.extend_from_slice(&((languages_at + languages.len()) as u32 | 0x8000_0000).to_le_bytes());
            languages.extend(directory(1));
            languages.extend_from_slice(&JAPANESE.to_le_bytes());
            languages.extend_from_slice(&((entries_at + entries.len()) as u32).to_le_bytes());
            for value in [rva + data_at as u32, resource.data.len() as u32, 0, 0] {
                entries.extend_from_slice(&value.to_le_bytes());
            }
            data.extend_from_slice(&resource.data);
            data.resize(data.len().next_multiple_of(8), 0);
            data_at = first_data + data.len();
        }
    }
    let mut out = [root, directories, languages, entries].concat();
    out.resize(names_at, 0);
    out.extend(names);
    out.resize(first_data, 0);
    out.extend(data);
    out
}

fn directory(ids: usize) -> Vec<u8> {
    let mut out = vec![0; 14];
    out.extend_from_slice(&(ids as u16).to_le_bytes());
    out
}

/// RT_ICON and RT_GROUP_ICON resources of an icon at 32 pixels (bitmap) and 48 pixels (PNG if asked).
pub fn icons(icon: Icon, has_png: bool) -> Vec<Resource> {
    let images = [(32u8, icon.draw(32).dib()), (48, if has_png { icon.draw(48).png() } else { icon.draw(48).dib() })];
    let mut group = [0u16, 1, images.len() as u16].map(u16::to_le_bytes).concat();
    let mut resources = Vec::new();
    for (index, (side, data)) in images.into_iter().enumerate() {
        let id = index as u32 + 1;
        group.extend_from_slice(&[side, side, 0, 0, 1, 0, 32, 0]);
        group.extend_from_slice(&(data.len() as u32).to_le_bytes());
        group.extend_from_slice(&(id as u16).to_le_bytes());
        resources.push(Resource { kind: ICON, id, data });
    }
    resources.push(Resource { kind: GROUP_ICON, id: 1, data: group });
    resources
}

/// A VS_VERSIONINFO with these strings.
pub fn version(strings: &[(&str, &str)]) -> Resource {
    let entries: Vec<Vec<u8>> = strings
        .iter()
        .map(|(key, value)| {
            let text: Vec<u8> = utf16(value);
            block(key, &text, text.len() / 2, 1, &[])
        })
        .collect();
    let table = block("041104b0", &[], 0, 1, &entries);
    let string_info = block("StringFileInfo", &[], 0, 1, &[table]);
    let translation = block("Translation", &[0x11, 0x04, 0xb0, 0x04], 4, 0, &[]);
    let var_info = block("VarFileInfo", &[], 0, 1, &[translation]);
    let mut fixed = Vec::new();
    for value in [0xfeef_04bdu32, 0x0001_0000, 0x0001_0000, 0, 0x0001_0000, 0, 0x3f, 0, 0x0004_0004, 1, 0, 0, 0] {
        fixed.extend_from_slice(&value.to_le_bytes());
    }
    let data = block("VS_VERSION_INFO", &fixed, fixed.len(), 0, &[string_info, var_info]);
    Resource { kind: VERSION, id: 1, data }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn block(key: &str, value: &[u8], value_length: usize, is_text: u16, children: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0; 2];
    out.extend_from_slice(&(value_length as u16).to_le_bytes());
    out.extend_from_slice(&is_text.to_le_bytes());
    out.extend(utf16(key));
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend_from_slice(value);
    for child in children {
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(child);
    }
    let length = (out.len() as u16).to_le_bytes();
    out[..2].copy_from_slice(&length);
    out
}
