//! Modules where the tables say, and where they do not.

use super::*;
use sekisho_samples::office::vba::{Module, Project};

fn streams(project: &Project) -> (Vec<Stream>, Option<Bytes>) {
    let mut inner = Vec::new();
    let mut listing = None;
    for (path, bytes) in project.streams() {
        match path.strip_prefix("VBA/") {
            Some(name) => inner.push(Stream { name: name.to_owned(), bytes: bytes.into() }),
            None if path == "PROJECT" => listing = Some(Bytes::from(bytes)),
            None => {}
        }
    }
    (inner, listing)
}

fn sample() -> Project {
    let mut main = Module::standard("集計", "Sub 実行()\n  MsgBox \"表\"\nEnd Sub\n");
    main.cache = vec![1; 700];
    Project::new(vec![Module::document("ThisDocument", "Sub AutoOpen()\nEnd Sub\n"), main])
}

fn read(project: &Project, change: impl FnOnce(&mut Vec<Stream>)) -> VbaProject {
    let (mut inner, listing) = streams(project);
    change(&mut inner);
    VbaProject::read("VBA", &inner, listing.as_ref(), &mut MAX_SOURCE.clone())
}

#[test]
fn reads_every_module() {
    let project = sample();
    let read = read(&project, |_| {});
    assert_eq!(read.problems, []);
    assert_eq!(read.modules.len(), 2);
    for (got, made) in read.modules.iter().zip(&project.modules) {
        assert_eq!(got.source, made.text());
        assert_eq!(got.name, made.name);
        assert_eq!(got.standing, Standing::Listed);
    }
    assert_eq!(read.modules[1].cache.len(), 700);
    assert!(read.hidden().is_empty() && !read.has_compiled_code);
}

#[test]
fn stream_names_differ_in_case_only() {
    let read = read(&sample(), |streams| {
        for stream in streams {
            stream.name = stream.name.to_uppercase();
        }
    });
    assert_eq!(read.modules.len(), 2);
}

#[test]
fn finds_modules_without_the_dir_stream() {
    let read = read(&sample(), |streams| streams.retain(|stream| stream.name != "dir"));
    assert_eq!(read.modules.len(), 2);
    assert!(read.modules.iter().all(|module| module.standing == Standing::Carved));
    assert!(read.problems.iter().any(|problem| problem.kind == ProblemKind::Damaged));
}

#[test]
fn finds_a_module_whose_offset_is_wrong() {
    let mut project = sample();
    let (inner, listing) = streams(&project);
    project.modules[1].cache.truncate(10);
    let wrong = streams(&project).0.into_iter().find(|stream| stream.name == "dir").unwrap();
    let inner: Vec<Stream> =
        inner.into_iter().map(|stream| if stream.name == "dir" { wrong.clone() } else { stream }).collect();
    let read = VbaProject::read("VBA", &inner, listing.as_ref(), &mut MAX_SOURCE.clone());
    assert!(read.modules[1].source.contains("MsgBox"));
}

#[test]
fn a_module_missing_from_the_listing_is_hidden() {
    let mut project = sample();
    project.modules[1].is_hidden = true;
    assert_eq!(read(&project, |_| {}).hidden(), ["集計"]);
}

#[test]
fn bytes_without_meaning_in_the_code_page_are_kept() {
    let project = Project::new(vec![Module::standard("M", "x = \"@@\"")]);
    let (mut inner, _) = streams(&project);
    let module = inner.iter_mut().find(|stream| stream.name == "M").unwrap();
    let mut text = project.modules[0].text().into_bytes();
    let place = text.iter().position(|byte| *byte == b'@').unwrap();
    text[place..place + 2].copy_from_slice(&[0xfd, 0xfe]);
    module.bytes = sekisho_samples::office::vba::compress(&text).into();
    let read = VbaProject::read("VBA", &inner, None, &mut MAX_SOURCE.clone());
    assert_eq!(read.modules[0].raw.as_deref(), Some(text.as_slice()));
}
