use sekisho::analysis::ANALYZERS;
use sekisho::budget::Budget;
use sekisho::formats::text::{plain::TextView, strings::StringsView};
use sekisho::model::*;
use sekisho::stage::Outcome;
use std::time::Instant;
fn time(label: &str, bytes: &Bytes, mut f: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..4 {
        let t = Instant::now();
        f();
        best = best.min(t.elapsed().as_secs_f64());
    }
    println!("{label:30} {:7.0} MB/s", bytes.len() as f64 / best / 1e6);
}
fn main() {
    let mut x = 88172645463325252u64;
    let random: Vec<u8> = (0..32 << 20)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 24) as u8
        })
        .collect();
    let exe = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let mut text = Vec::new();
    for e in walkdir::WalkDir::new("/work/shared/corpus/benign/files").sort_by_file_name().into_iter().flatten() {
        let p = e.path();
        if p.extension()
            .is_some_and(|x| ["js", "ps1", "txt", "html", "htm", "eml", "vbs"].contains(&x.to_string_lossy().as_ref()))
        {
            let b = std::fs::read(p).unwrap();
            if std::str::from_utf8(&b).is_ok() && !b.contains(&0) && !b.contains(&1) {
                text.extend(b);
            }
        }
    }
    let zeros = vec![0u8; 32 << 20];
    for (n, b) in [("random", random), ("exe", exe), ("text", text), ("zeros", zeros)] {
        let b: Bytes = b.into();
        println!("-- {n} {}", b.len());
        time("textview", &b, || {
            let _ = std::hint::black_box(TextView::parse(&b));
        });
        if n != "text" {
            time("strings", &b, || {
                let _ = std::hint::black_box(StringsView::parse(&b));
            });
        }
        time("digest+new", &b, || {
            let _ = Artifact::new(
                ArtifactPath::root(),
                EntryName::new("a"),
                Origin::file(OriginKind::Input, ""),
                b.clone(),
                FormatId::UNKNOWN,
            );
        });
        let mut best = f64::MAX;
        for _ in 0..3 {
            let a = Artifact::new(
                ArtifactPath::root(),
                EntryName::new("a"),
                Origin::file(OriginKind::Input, ""),
                b.clone(),
                FormatId::UNKNOWN,
            );
            let budget = Budget::new(Limits::default());
            let mut out = Outcome::new(&a, Default::default(), &budget);
            let t = Instant::now();
            ANALYZERS[1].analyze(&a, &mut out).unwrap();
            best = best.min(t.elapsed().as_secs_f64());
            let said = out.into_said();
            if best == t.elapsed().as_secs_f64() {}
            if n == "random" {
                println!("{:?}", said.iocs);
            }
            println!(
                "   iocs {} children {} problems {:?}",
                said.iocs.len(),
                said.children.len(),
                said.problems.iter().map(|p| p.what.clone()).collect::<Vec<_>>()
            );
        }
        println!("{:30} {:7.0} MB/s", "iocs analyzer", b.len() as f64 / best / 1e6);
    }
}
