//! Macro projects: source that comes out of a project's compressed containers, per second, with its decoding.

use std::hint::black_box;

use bytes::Bytes;
use sekisho::formats::office::ole::OleView;
use sekisho::formats::office::vba::projects;
use sekisho::model::View as _;
use sekisho_samples::office::macros::vba_project;
use sekisho_samples::office::vba::{Module, Project};

use crate::fastest;

/// Bytes of source in a project.
const SIZE: usize = 4 << 20;

/// Prints the figures.
pub(crate) fn run() {
    println!("\n{:<28} {:>8}", "VBA source", "MB/s");
    for (name, line) in [
        ("statements", "    Cells(row, 1).Value = Total(row, \"price\") * 110 / 100 ' tax\n"),
        ("one letter", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
    ] {
        let source: String = (0..SIZE / line.len()).map(|number| format!("{number}{line}")).collect();
        let project = Project::new(vec![Module::standard("Module1", &source)]);
        let view = OleView::parse(&Bytes::from(vba_project(&project))).expect("a compound file");
        let took = fastest(|| drop(black_box(projects(&view))));
        println!("{name:<28} {:>8.0}", source.len() as f64 / 1e6 / took.as_secs_f64());
    }
}
