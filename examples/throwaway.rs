use sekisho::analysis::ANALYZERS;
use sekisho::budget::Budget;
use sekisho::formats::FORMATS;
use sekisho::model::*;
use sekisho::stage::Outcome;
use std::collections::BTreeMap;
use std::io::Read;
use std::time::Instant;
fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let root = std::env::args().nth(2).unwrap();
    let mut files = Vec::new();
    for e in walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten() {
        if e.file_type().is_file() {
            files.push(e.path().to_owned());
        }
    }
    let mut counts: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut finds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut children: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = 0usize;
    let mut secs = 0f64;
    let mut slow: Vec<(f64, usize, String)> = Vec::new();
    for f in files {
        let mut b = Vec::new();
        std::fs::File::open(&f).unwrap().read_to_end(&mut b).unwrap();
        total += b.len();
        let n = b.len();
        let name = f.file_name().unwrap().to_string_lossy().to_string();
        let mut a = Artifact::new(
            ArtifactPath::root(),
            EntryName::new(name.clone()),
            Origin::file(OriginKind::Input, ""),
            b.into(),
            FormatId::UNKNOWN,
        );
        let id = sekisho::identify::identify(&a, FORMATS);
        if mode != "raw" {
            a.format = id.format;
            a.also = id.also;
        }
        let budget = Budget::new(Limits::default());
        let mut out = Outcome::new(&a, Default::default(), &budget);
        let t = Instant::now();
        for an in ANALYZERS {
            if an.wants(&a) {
                let _ = an.analyze(&a, &mut out);
            }
        }
        let s = t.elapsed().as_secs_f64();
        secs += s;
        slow.push((s, n, name.clone()));
        let said = out.into_said();
        for i in said.iocs {
            if i.noise.is_some() {
                *children.entry("noise".into()).or_default() += 1;
                continue;
            }
            counts
                .entry(i.kind.as_str().into())
                .or_default()
                .entry(format!("{} ({})", i.value.chars().take(120).collect::<String>(), i.context.unwrap_or_default()))
                .or_default()
                .push(format!("{}:{}", name, i.at));
        }
        for x in said.findings {
            finds.entry(format!("{} {}", x.kind.id, x.severity.as_str())).or_default().push(format!(
                "{}  <{}>",
                x.observed,
                f.display()
            ));
        }
        for c in said.children {
            *children.entry(format!("child {}", c.origin.detail)).or_default() += 1;
            if mode == "children" {
                println!(
                    "{} {} {:?}",
                    name,
                    c.origin.detail,
                    String::from_utf8_lossy(&c.bytes[..c.bytes.len().min(80)])
                );
            }
        }
        for p in said.problems {
            *children.entry(format!("problem {}", p.what)).or_default() += 1;
        }
    }
    eprintln!("{} bytes {:.2}s = {:.0} MB/s", total, secs, total as f64 / secs / 1e6);
    slow.sort_by(|a, b| b.0.total_cmp(&a.0));
    for s in slow.iter().take(5) {
        eprintln!("  {:.3}s {} {:.0} MB/s {}", s.0, s.1, s.1 as f64 / s.0 / 1e6, s.2);
    }
    for (k, v) in &counts {
        println!("== {k}: {} distinct, {} total", v.len(), v.values().map(Vec::len).sum::<usize>());
        let mut l: Vec<_> = v.iter().collect();
        l.sort_by_key(|(_, n)| std::cmp::Reverse(n.len()));
        let step = (l.len() / 60).max(1);
        for (x, n) in l.iter().take(25) {
            println!("   {:5} {x}", n.len());
        }
        if mode == "full" {
            for (x, n) in l.iter().skip(25).step_by(step) {
                println!("     s {:3} {x}  @ {}", n.len(), n[0]);
            }
        }
    }
    for (k, v) in &finds {
        println!("## {k}: {}", v.len());
        for x in v.iter().take(12) {
            println!("     {x}");
        }
    }
    println!("{children:?}");
}
