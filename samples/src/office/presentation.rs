//! PowerPoint 97 presentations (MS-PPT): a document record, storages in atoms, a directory of persistent objects.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::cfb::Cfb;

const DOCUMENT: u16 = 0x03E8;
const VBA_INFO_LIST: u16 = 0x03FF;
const VBA_INFO: u16 = 0x0400;
const USER_EDIT: u16 = 0x0FF5;
const STORAGE: u16 = 0x1011;
const PERSIST_DIRECTORY: u16 = 0x1772;

/// How the storage of the VBA project is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Deflated, as PowerPoint does.
    Deflated,
    /// As it is.
    Plain,
    /// Deflated, with its last bytes ruined and the checksum gone.
    Damaged,
    /// Inside an atom of another type, so that only the directory of persistent objects leads there.
    Hidden,
}

/// A presentation of no slides with a compound file as its VBA project.
pub fn presentation(project: &[u8], keeping: Keeping) -> Cfb {
    let info = atom(2, VBA_INFO, &[2u32.to_le_bytes(), 1u32.to_le_bytes(), 2u32.to_le_bytes()].concat());
    let mut stream = atom(0x0F, DOCUMENT, &atom(0x1F, VBA_INFO_LIST, &info));
    let mut at = stream.len() as u32;
    match keeping {
        Keeping::Plain => stream.extend(atom(0, STORAGE, project)),
        Keeping::Deflated => stream.extend(atom(0x10, STORAGE, &deflated(project))),
        Keeping::Damaged => {
            let mut body = deflated(project);
            let end = body.len();
            body[end - 24..].fill(0xFF);
            stream.extend(atom(0x10, STORAGE, &body));
        }
        Keeping::Hidden => {
            at += 8;
            stream.extend(atom(0, 0x0BAD, &atom(0x10, STORAGE, &deflated(project))));
        }
    }
    let directory = stream.len() as u32;
    stream.extend(atom(0, PERSIST_DIRECTORY, &[((2u32 << 20) | 1).to_le_bytes(), [0; 4], at.to_le_bytes()].concat()));
    let edit = stream.len() as u32;
    let fields = [0x0100u32, 0x0300_0000, 0, directory, 1, 2, 1];
    stream.extend(atom(0, USER_EDIT, &fields.map(u32::to_le_bytes).concat()));
    let user = [0x14u32, 0xE391_C05F, edit, 0x0308_03F4, 0].map(u32::to_le_bytes).concat();
    Cfb::new()
        .class("", "64818D10-4F9B-11CF-86EA-00AA00B929E8")
        .stream("PowerPoint Document", stream)
        .stream("Current User", atom(0, 0x0FF6, &user))
}

/// The size, then zlib.
fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new((data.len() as u32).to_le_bytes().to_vec(), Compression::default());
    encoder.write_all(data).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn atom(head: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    let mut out = [head.to_le_bytes(), kind.to_le_bytes()].concat();
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    out
}
