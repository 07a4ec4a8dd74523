//! Every file, its forks, and what links stand for.

use std::collections::HashMap;
use std::io::Read;

use super::catalog::{Catalog, File, packing};
use super::layout::Layout;
use super::packed::{Packed, method};
use crate::formats::disk::volume::{Entry, Volume};
use crate::model::{EntryName, ParseError, Problem};
use crate::stage::{Outcome, StageError};

/// Where the targets of hard links are kept.
const PRIVATE: &str = "\0\0\0\0HFS+ Private Data/";
/// The volume's own bookkeeping.
const OWN: [&str; 4] =
    [".journal", ".journal_info_block", ".HFS+ Private Directory Data\r", "\0\0\0\0HFS+ Private Data"];

/// Gives every file of a volume.
pub(super) fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let layout = Layout::read(volume.disk).ok_or_else(|| ParseError::new("no HFS+ volume header", 1024))?;
    let catalog = Catalog::read(volume, layout, out)?;
    let mut targets: HashMap<String, &File> = HashMap::new();
    for file in catalog.files.iter().filter(|file| file.name.starts_with("iNode")) {
        targets.insert(file.name.clone(), file);
    }
    for file in &catalog.files {
        out.budget().check_deadline()?;
        let (folder, is_hidden) = catalog.path(file.parent);
        let is_own = folder.starts_with(PRIVATE) || (folder.is_empty() && OWN.contains(&file.name.as_str()));
        if is_own || (folder.starts_with(".HFS+ Private Directory Data")) {
            continue;
        }
        let name = EntryName::new(format!("{folder}{}", file.name));
        let content = match file.kind == *b"hlnkhfs+" {
            true => targets.get(&format!("iNode{}", file.link)).copied().unwrap_or(file),
            false => file,
        };
        if file.kind == *b"slnkrhap" {
            let runs = catalog.runs(file.id, 0, &file.data);
            let (bytes, _) = out.pull(runs.reader(volume.disk, file.data.size, file.data.size).take(4096));
            volume.link(&name, &String::from_utf8_lossy(&bytes), out);
            continue;
        }
        give_file(volume, &catalog, &name, content, is_hidden || file.is_hidden, out)?;
    }
    Ok(())
}

fn give_file(
    volume: &Volume<'_>,
    catalog: &Catalog,
    name: &EntryName,
    file: &File,
    is_hidden: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let mut entry = Entry::new(name.clone(), "HFS+");
    entry.is_hidden = is_hidden;
    let resource = catalog.runs(file.id, 0xff, &file.resource);
    let packing = catalog.packed.get(&file.id).and_then(|attribute| Some((attribute, packing(attribute)?)));
    if let Some((attribute, (kind, size))) = packing.filter(|_| file.data.size == 0) {
        let Some((method, is_resource)) = method(kind) else {
            let what = format!("the file is compressed by method {kind}");
            out.problem(Problem::unsupported(what, volume.place(&name.text)));
            return volume.give(&entry, std::io::empty(), out);
        };
        entry.detail = format!("HFS+, compressed by method {kind}");
        if !is_resource {
            return volume.give(&entry, Packed::inline(attribute, method, size), out);
        }
        let (source, stop) = out.pull(resource.reader(volume.disk, file.resource.size, file.resource.size));
        if stop.is_some() {
            volume.damaged("the resource fork ends early", &name.text, out);
        }
        return volume.give(&entry, Packed::resource(source, method, size), out);
    }
    let runs = catalog.runs(file.id, 0, &file.data);
    volume.give(&entry, runs.reader(volume.disk, file.data.size, file.data.size), out)?;
    if file.resource.size > 0 {
        let mut fork = Entry::new(EntryName::new(format!("{} (resource fork)", name.text)), "HFS+");
        fork.is_part = true;
        volume.give(&fork, resource.reader(volume.disk, file.resource.size, file.resource.size), out)?;
    }
    Ok(())
}
