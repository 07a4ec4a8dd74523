//! Documents with macros, put together from the sources under `samples/text`. Droppers call functions of a library that
//! does not exist, so that nothing runs where macros are allowed by mistake.

pub mod compiled;

use super::biff::Workbook;
use super::cfb::Cfb;
use super::ooxml::Package;
use super::vba::{Module, Project, compress};
use crate::mark;

/// The project in the compound file that OOXML packages hold as `vbaProject.bin`.
pub fn vba_project(project: &Project) -> Vec<u8> {
    with_project(Cfb::new(), "", project).build()
}

/// Adds a project's streams to a compound file, below a storage: `Macros` in Word, `_VBA_PROJECT_CUR` in Excel.
pub fn with_project(file: Cfb, below: &str, project: &Project) -> Cfb {
    project.streams().into_iter().fold(file, |file, (path, bytes)| match below {
        "" => file.stream(&path, bytes),
        below => file.stream(&format!("{below}/{path}"), bytes),
    })
}

/// A dropper that fetches from an address, cut in pieces, when the document is opened.
pub fn ticket_project(id: &str) -> Project {
    let source = include_str!("../../text/ticket-dropper.bas").replace("@@MARK@@", &mark(id));
    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Ticket", &source)])
}

/// The same, fetching from another address; its pieces break after every fifth character.
pub fn ticket_project_from(id: &str, address: &str) -> Project {
    let characters: Vec<char> = address.chars().collect();
    let pieces: Vec<String> = characters.chunks(5).map(|piece| format!("\"{}\"", String::from_iter(piece))).collect();
    let source = include_str!("../../text/ticket-dropper.bas")
        .replace("@@MARK@@", &mark(id))
        .replace("\"ht\" & \"tp://192.0.\" & \"2.10/\"", &pieces.join(" & "))
        .replace("    source = source & \"a\" & Chr(46) & \"bin\"\n", "");
    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Ticket", &source)])
}

/// A Word document with that dropper: what a password archive of the PPAP kind would hold.
pub fn ticket_docm(id: &str, address: &str) -> Vec<u8> {
    let text = "航空券控え\n「コンテンツの有効化」を押すと内容が表示されます。";
    Package::docm(text, vba_project(&ticket_project_from(id, address))).build()
}

/// A Word 97 document with that dropper, as the replies of 2019 to 2023 carried them.
pub fn reply_doc(id: &str, address: &str) -> Vec<u8> {
    word_97(&ticket_project_from(id, address))
}

/// A Word 97 document of one empty page (MS-DOC 2.5.2: the magic, version 0xC1 and no pieces) with a project.
pub fn word_97(project: &Project) -> Vec<u8> {
    let mut document = vec![0u8; 4096];
    document[..12].copy_from_slice(&[0xec, 0xa5, 0xc1, 0x00, 0x00, 0x00, 0x11, 0x04, 0x00, 0x00, 0x00, 0x02]);
    let file = Cfb::new()
        .class("", "00020906-0000-0000-C000-000000000046")
        .stream("WordDocument", document)
        .stream("0Table", vec![0; 4096]);
    with_project(file, "Macros", project).build()
}

/// An Excel 97 workbook of one sheet with a project.
pub fn excel_97(project: &Project) -> Vec<u8> {
    let file = Cfb::new()
        .class("", "00020820-0000-0000-C000-000000000046")
        .stream("Workbook", Workbook::new().sheet("Sheet1", 0, 0).build());
    with_project(file, "_VBA_PROJECT_CUR", project).build()
}

/// The `dir` stream of a project whose module `Module1` has another stream name in the code page than in UTF-16.
pub fn renamed_dir(project: &Project) -> Vec<u8> {
    let mut dir = project.dir();
    let name = b"\x1a\0\x07\0\0\0Module1";
    let at = dir.windows(name.len()).position(|window| window == name).expect("the project has a Module1");
    dir[at + 6..at + name.len()].copy_from_slice(b"Qx7vbz1");
    compress(&dir)
}

/// A project whose `dir` stream and whose offsets are gone, as damage or malice leave it.
pub fn without_tables(project: &Project) -> Vec<u8> {
    let mut made = project.clone();
    for module in &mut made.modules {
        module.cache = vec![0x5a; 333];
    }
    let streams = made.streams().into_iter().map(|(path, bytes)| match path.as_str() {
        "VBA/dir" => (path, compress(b"\x01\x00\xff\xff\xff\xff no table at all \x00\x00\x00")),
        _ => (path, bytes),
    });
    streams.fold(Cfb::new(), |file, (path, bytes)| file.stream(&path, bytes)).build()
}
