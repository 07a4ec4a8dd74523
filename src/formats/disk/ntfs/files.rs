//! Records gathered to files: a record too small for all attributes goes on in others, which name it as their base.

use std::collections::BTreeMap;

use super::layout::Layout;
use super::record::{Attribute, Record, Value, number};
use crate::formats::disk::content::Runs;
use crate::formats::disk::volume::{MAX_ENTRIES, Volume};
use crate::formats::fields::{u32_at, u64_at, wide_at};
use crate::stage::{Outcome, StageError};

/// A name of a file.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) parent: u64,
    pub(super) text: String,
    /// Whether it is the short one made for MS-DOS.
    pub(super) is_short: bool,
}

/// Content: the unnamed stream, or a named one.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    pub(super) name: String,
    pub(super) flags: u16,
    /// Content in the record.
    pub(super) here: Option<Vec<u8>>,
    /// Parts of the runs by the cluster they begin with.
    parts: BTreeMap<u64, Runs>,
    pub(super) size: u64,
    pub(super) valid: u64,
    /// Clusters packed together, as a power of two; 0 if not packed.
    pub(super) unit: u32,
}

impl Stream {
    /// Where the content lies.
    pub(super) fn runs(&self) -> Runs {
        let mut all = Runs::default();
        for run in self.parts.values().flat_map(Runs::iter) {
            all.push(*run);
        }
        all
    }
}

/// A file or folder.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) names: Vec<Name>,
    pub(super) attributes: u32,
    pub(super) is_folder: bool,
    pub(super) is_used: bool,
    pub(super) streams: Vec<Stream>,
    pub(super) reparse: Option<Vec<u8>>,
    pub(super) is_torn: bool,
}

impl File {
    /// Whether it is marked hidden or system.
    pub(super) fn is_hidden(&self) -> bool {
        self.attributes & 0x06 != 0
    }

    fn add(&mut self, attribute: Attribute) {
        match (attribute.kind, &attribute.value) {
            (0x10, Value::Here(value)) => self.attributes |= u32_at(value, 32).unwrap_or_default(),
            (0x30, Value::Here(value)) => self.names.extend(name(value)),
            (0x80, _) => self.stream(attribute),
            (0xc0, Value::Here(value)) => self.reparse = Some(value.clone()),
            _ => {}
        }
    }

    fn stream(&mut self, attribute: Attribute) {
        let at = self.streams.iter().position(|stream| stream.name == attribute.name).unwrap_or(self.streams.len());
        if at == self.streams.len() {
            self.streams.push(Stream { name: attribute.name, flags: attribute.flags, ..Stream::default() });
        }
        let Some(stream) = self.streams.get_mut(at) else { return };
        match attribute.value {
            Value::Here(value) => {
                stream.size = value.len() as u64;
                stream.here = Some(value);
            }
            Value::There { from, runs, size, valid, unit } => {
                if from == 0 {
                    (stream.size, stream.valid, stream.unit) = (size, valid, unit);
                    stream.flags = attribute.flags;
                }
                stream.parts.insert(from, runs);
            }
        }
    }
}

fn name(value: &[u8]) -> Option<Name> {
    let length = usize::from(*value.get(64)?);
    let (text, _) = wide_at(value, 66, length)?;
    Some(Name { parent: number(u64_at(value, 0)?), text, is_short: *value.get(65)? == 2 })
}

/// Every file by the number of its record.
pub(super) fn read(
    volume: &Volume<'_>,
    layout: &Layout,
    out: &mut Outcome<'_>,
) -> Result<BTreeMap<u64, File>, StageError> {
    let mut files: BTreeMap<u64, File> = BTreeMap::new();
    let mut number = 0u64;
    let mut torn = 0usize;
    let Some((runs, size)) = table(volume, layout, out) else {
        volume.damaged("the master file table cannot be found", "NTFS", out);
        return Ok(files);
    };
    let count = size.checked_div(layout.record as u64).unwrap_or_default();
    if count > MAX_ENTRIES as u64 {
        volume.damaged(format!("more than {MAX_ENTRIES} records"), "NTFS", out);
    }
    // Records may cross the border of two runs, so the table is read as one stretch, a piece at a time.
    const PIECE: usize = 1 << 20;
    let mut held: Vec<u8> = Vec::new();
    'table: for run in runs.iter() {
        let Some(at) = run.at else { continue };
        let mut done = 0u64;
        while done < run.length {
            out.budget().check_deadline()?;
            let wanted = run.length.saturating_sub(done).min(PIECE as u64);
            let part = volume.read(at.saturating_add(done), usize::try_from(wanted).unwrap_or(PIECE));
            if part.is_empty() {
                volume.damaged("the master file table ends early", "NTFS", out);
                break 'table;
            }
            done = done.saturating_add(part.len() as u64);
            held.extend(part);
            let whole = held.len().saturating_sub(held.len() % layout.record);
            for raw in held.get(..whole).unwrap_or_default().chunks_exact(layout.record) {
                if number >= count.min(MAX_ENTRIES as u64) {
                    break 'table;
                }
                if let Some(record) = Record::read(raw.to_vec()) {
                    torn = torn.saturating_add(usize::from(record.is_torn && record.is_used));
                    gather(number, &record, layout.cluster, &mut files);
                }
                number = number.saturating_add(1);
            }
            held.drain(..whole);
        }
    }
    if torn > 0 {
        volume.damaged(format!("{torn} records were written in part"), "NTFS", out);
    }
    Ok(files)
}

fn gather(number: u64, record: &Record, cluster: u64, files: &mut BTreeMap<u64, File>) {
    // What continues a file that is gone tells nothing.
    if record.base.is_some() && !record.is_used {
        return;
    }
    let file = files.entry(record.base.unwrap_or(number)).or_default();
    if record.base.is_none() {
        file.is_used = record.is_used;
        file.is_folder = record.is_folder;
        file.is_torn = record.is_torn;
    }
    for attribute in record.attributes(cluster) {
        file.add(attribute);
    }
}

/// Where the table itself lies: its first record, or the copy of that.
fn table(volume: &Volume<'_>, layout: &Layout, out: &mut Outcome<'_>) -> Option<(Runs, u64)> {
    for at in [layout.table, layout.mirror] {
        let Some(record) = Record::read(volume.read(at, layout.record)) else { continue };
        let mut file = File::default();
        for attribute in record.attributes(layout.cluster) {
            file.add(attribute);
        }
        if let Some(stream) = file.streams.iter().find(|stream| stream.name.is_empty() && stream.size > 0) {
            if at == layout.mirror {
                volume.damaged("the master file table's first record is broken; its copy was read", "NTFS", out);
            }
            return Some(completed(volume, layout, stream));
        }
    }
    None
}

/// A table in many pieces describes the later ones in records that lie in the first.
fn completed(volume: &Volume<'_>, layout: &Layout, first: &Stream) -> (Runs, u64) {
    let mut stream = first.clone();
    let runs = stream.runs();
    // Such records are among the first 64; Windows keeps 12 to 23 for them.
    let Some(start) = runs.start() else { return (runs, stream.size) };
    for index in 1..64u64 {
        let at = start.saturating_add(index.saturating_mul(layout.record as u64));
        let Some(record) = Record::read(volume.read(at, layout.record)) else { continue };
        // The base is record 0, whose reference has a sequence number only.
        if !record.is_used || record.base.is_some() {
            continue;
        }
        for attribute in record.attributes(layout.cluster) {
            if let Attribute { kind: 0x80, value: Value::There { from, runs, .. }, .. } = attribute
                && from > 0
            {
                stream.parts.insert(from, runs);
            }
        }
    }
    (stream.runs(), stream.size)
}
