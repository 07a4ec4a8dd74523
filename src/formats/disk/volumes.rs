//! From a disk to the files on it: which file systems start it, which partitions it has, and what is in those.

use std::io::Read;

use bytes::Bytes;

use super::iso9660::raw::Sectors;
use super::partition::{self, Partition};
use super::source::{self, Disk, Part, Raw};
use super::volume::Volume;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// A file system we read.
pub(crate) struct FileSystem {
    /// Its format, where an image starts with it.
    pub(crate) id: FormatId,
    /// Whether a disk starts with it.
    pub(crate) is: fn(&dyn Disk) -> bool,
    /// Gives the files of a volume.
    pub(crate) give: fn(&Volume<'_>, &mut Outcome<'_>) -> Result<(), StageError>,
}

/// File systems we read, those of discs first: they leave the start of the disk to others.
const SYSTEMS: &[&FileSystem] = &[
    &super::iso9660::SYSTEM,
    &super::udf::SYSTEM,
    &super::ntfs::SYSTEM,
    &super::fat::EXFAT_SYSTEM,
    &super::fat::SYSTEM,
    &super::hfsplus::SYSTEM,
    &super::ext::SYSTEM,
];

/// The file systems a disk starts with: more than one on hybrid images.
fn systems(disk: &dyn Disk) -> Vec<&'static FileSystem> {
    SYSTEMS.iter().copied().filter(|system| (system.is)(disk)).collect()
}

/// Whether an artifact is to be taken apart as an image of this file system. An image valid as several is one image:
/// whoever takes it apart gives the files of all.
pub(crate) fn starts_with(artifact: &Artifact, id: FormatId) -> bool {
    if is_wrapped(&artifact.bytes) {
        return false;
    }
    let disk = open(&artifact.bytes);
    // Every artifact is asked for every system: the one in question decides nearly always.
    let is = |system: &&&FileSystem| (system.is)(disk.as_ref());
    SYSTEMS.iter().find(|system| system.id == id).is_some_and(|system| is(&system))
        && SYSTEMS.iter().find(is).is_some_and(|system| system.id == id)
}

/// Whether a trailer says that the bytes are a virtual disk, though they start as the disk in it does.
fn is_wrapped(bytes: &[u8]) -> bool {
    let trailer = bytes.len().checked_sub(512).and_then(|at| bytes.get(at..)).unwrap_or_default();
    trailer.starts_with(b"conectix") || trailer.starts_with(b"koly\0\0\0\x04")
}

/// Whether an artifact is an image with a partition table and no file system at its start.
pub(crate) fn is_partitioned(artifact: &Artifact) -> bool {
    if is_wrapped(&artifact.bytes) {
        return false;
    }
    let disk = Raw(artifact.bytes.clone());
    !partition::read(&disk).0.is_empty() && systems(&disk).is_empty()
}

/// An image as the disk it is: byte for byte, or in whole sectors of a CD.
pub(crate) fn open(bytes: &Bytes) -> Box<dyn Disk> {
    match Sectors::open(bytes) {
        Some(sectors) => Box::new(sectors),
        None => Box::new(Raw(bytes.clone())),
    }
}

/// Takes images apart that are the disk, byte for byte.
pub(crate) struct ImageUnpacker;

impl Unpacker for ImageUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        give(open(&parent.bytes).as_ref(), out)
    }
}

/// A stretch of the disk with something on it.
struct Found<'a> {
    part: Part<'a>,
    system: Option<&'static FileSystem>,
    /// What the stretch is called where there are several.
    title: String,
}

/// Gives every file of every volume of a disk.
pub(crate) fn give(disk: &dyn Disk, out: &mut Outcome<'_>) -> Result<(), StageError> {
    // Detection takes what cannot be read for absent.
    if let Err(error) = disk.read_at(0, &mut [0; 512]) {
        out.problem(Problem::damaged(format!("the start of the disk cannot be read: {error}"), Location::offset(0)));
    }
    let at_start = systems(disk);
    let whole = || Part::new(disk, 0, disk.size());
    let mut found: Vec<Found<'_>> = at_start
        .iter()
        .map(|system| Found { part: whole(), system: Some(system), title: system.id.as_str().to_owned() })
        .collect();
    // A boot sector's code can look like a table; discs leave the sector to others.
    if at_start.iter().all(|system| is_optical(system)) {
        let (partitions, problems) = partition::read(disk);
        for problem in problems {
            out.problem(problem);
        }
        // The first partition of a hybrid disc is the disc itself.
        for partition in partitions.iter().filter(|partition| at_start.is_empty() || partition.start > 0) {
            add(disk, partition, &mut found);
        }
        if found.is_empty() {
            found.push(Found { part: whole(), system: None, title: "disk".to_owned() });
        }
    }
    let is_only = found.iter().filter(|found| found.system.is_some()).count() == 1;
    let mut stopped = Ok(());
    for found in &found {
        match found.system {
            Some(system) => {
                let prefix = if is_only { String::new() } else { format!("{}/", found.title) };
                let volume = Volume::new(&found.part, prefix);
                out.fact("file-system", system.id.as_str());
                let given = (system.give)(&volume, out);
                if let Some(failure) = volume.failure() {
                    volume.damaged(failure, system.id.as_str(), out);
                }
                match given {
                    // What is wrong with one volume does not keep the others from being read.
                    Err(StageError::Parse(error)) => {
                        out.problem(Problem::damaged(
                            error.what,
                            volume.place(system.id.as_str()).with_offset(error.offset),
                        ));
                    }
                    Err(error) => stopped = Err(error),
                    Ok(()) => {}
                }
            }
            None => give_unread(found, out)?,
        }
        if stopped.is_err() {
            break;
        }
    }
    stopped
}

fn is_optical(system: &FileSystem) -> bool {
    matches!(system.id.as_str(), "iso9660" | "udf")
}

fn add<'a>(disk: &'a dyn Disk, partition: &Partition, found: &mut Vec<Found<'a>>) {
    let part = || Part::new(disk, partition.start, partition.size);
    let title = format!("partition {}", partition.number);
    let systems = systems(&part());
    if systems.is_empty() {
        found.push(Found { part: part(), system: None, title });
    } else {
        found.extend(systems.into_iter().map(|system| Found {
            part: part(),
            system: Some(system),
            title: title.clone(),
        }));
    }
}

/// Volumes known by their magic and not read: offset, magic, what it is, whether it is locked.
const UNREAD: &[(u64, &[u8], &str, bool)] = &[
    (3, b"-FVE-FS-", "BitLocker", true),
    (0, b"LUKS\xba\xbe", "LUKS", true),
    (32, b"NXSB", "APFS", false),
    (3, b"ReFS\0", "ReFS", false),
    (0x218, b"LVM2", "LVM", false),
    (0, b"XFSB", "XFS", false),
    (0x10040, b"_BHRfS_M", "btrfs", false),
    (1024, b"BD", "HFS", false),
    (4086, b"SWAPSPACE2", "swap space", false),
    (0, b"hsqs", "squashfs", false),
];

/// Says that a stretch is not read, and gives what is written there as it is, so that all the same is looked at.
fn give_unread(found: &Found<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let known = UNREAD.iter().find(|(offset, magic, ..)| source::read(&found.part, *offset, magic.len()) == *magic);
    let place = Location::part(found.title.clone());
    match known {
        Some((.., name, true)) => {
            out.problem(Problem::encrypted(format!("the volume is locked with {name}"), place));
            return Ok(());
        }
        Some((.., name, false)) => out.problem(Problem::unsupported(format!("{name} volumes are not read"), place)),
        None if is_blank(&found.part) => {
            out.problem(Problem::odd("nothing is written there", place));
            return Ok(());
        }
        None => out.problem(Problem::unsupported("no file system that is known", place)),
    }
    let name = EntryName::new(format!("{} (as it is)", found.title));
    let origin = Origin::part(OriginKind::Embedded, "bytes of the disk without holes");
    out.child(name, origin, Written { disk: &found.part, at: 0 })
}

/// Whether only zeros are written, as far as it is looked.
fn is_blank(disk: &dyn Disk) -> bool {
    const LOOK: usize = 16 << 20;
    let mut bytes = Vec::new();
    let is_read = Written { disk, at: 0 }.take(LOOK as u64).read_to_end(&mut bytes).is_ok();
    is_read && bytes.len() < LOOK && bytes.iter().all(|byte| *byte == 0)
}

/// Reads what is written on a disk, leaving out holes.
struct Written<'a> {
    disk: &'a dyn Disk,
    at: u64,
}

impl Read for Written<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((start, length)) = self.disk.next_data(self.at) else { return Ok(0) };
        let length = buffer.len().min(usize::try_from(length).unwrap_or(usize::MAX));
        let count = self.disk.read_at(start, buffer.get_mut(..length).unwrap_or_default())?;
        self.at = start.saturating_add(count as u64);
        Ok(count)
    }
}
