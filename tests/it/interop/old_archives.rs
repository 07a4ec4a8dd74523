//! Archives of the eighties and nineties, by the programs that still write them.

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

const NAMES: [&str; 3] = ["text.txt", "noise.bin", "large.dat"];

fn shop() -> Workshop {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    shop
}

#[test]
fn arj_with_each_method() {
    let shop = shop();
    for method in ["-m0", "-m1", "-m2", "-m3", "-m4"] {
        if !shop.run("arj", &[&["a", "-y", method, "a.arj"][..], &NAMES].concat()) {
            return;
        }
        assert_whole(&scan("a.arj", shop.get("a.arj"), &[]), &payloads());
        std::fs::remove_file(shop.path().join("a.arj")).expect("just written");
    }
}

#[test]
fn arj_with_a_password() {
    let shop = shop();
    if !shop.run("arj", &[&["a", "-y", "-gTkt#2016", "a.arj"][..], &NAMES].concat()) {
        return;
    }
    let archive = shop.get("a.arj");
    assert_whole(&scan("a.arj", archive.clone(), &["Tkt#2016"]), &payloads());
    let locked = scan("a.arj", archive, &[]);
    assert!(locked.problems.iter().any(|problem| problem.kind == "encrypted"));
    assert!(locked.artifacts.iter().any(|artifact| artifact.name == "text.txt" && artifact.size == 0));
}

#[test]
fn arj_volumes_one_behind_the_other() {
    let shop = shop();
    if !shop.run("arj", &[&["a", "-y", "-m1", "-v20k", "a.arj"][..], &["noise.bin", "large.dat", "text.txt"]].concat())
    {
        return;
    }
    let mut all = shop.get("a.arj");
    let first = scan("a.arj", all.clone(), &[]);
    assert!(first.problems.iter().any(|problem| problem.text.contains("next volume")));
    for number in 1..20 {
        let name = format!("a.a{number:02}");
        if shop.path().join(&name).exists() {
            all.extend(shop.get(&name));
        }
    }
    assert_holds(&scan("a.arj", all, &[]), &payloads());
}

#[test]
fn arc_with_and_without_a_password() {
    let shop = shop();
    // What arc locks of files whose codes outgrow its table, it cannot read itself.
    if !shop.run("arc", &[&["a", "a.arc"][..], &NAMES].concat())
        || !shop.run("arc", &["agTkt2016", "g.arc", "text.txt", "noise.bin"])
    {
        return;
    }
    assert_whole(&scan("a.arc", shop.get("a.arc"), &[]), &payloads());
    assert_whole(&scan("g.arc", shop.get("g.arc"), &["Tkt2016"]), &payloads()[..2]);
}

#[test]
fn lha_with_each_method() {
    let shop = shop();
    for method in ["ao5", "ao6", "ao7", "az"] {
        let _ = std::fs::remove_file(shop.path().join("a.lzh"));
        if !shop.run("jlha", &[&[method, "a.lzh"][..], &NAMES].concat()) {
            return;
        }
        assert_whole(&scan("a.lzh", shop.get("a.lzh"), &[]), &payloads());
    }
}

#[test]
fn alz_as_unalz_reads_it() {
    let shop = shop();
    let made = sekisho_samples::archive::alz::alz(&[
        ("first.txt", false, b"stored content"),
        ("second.txt", true, &b"deflated content ".repeat(20)),
    ]);
    shop.put("a.alz", &made);
    if !shop.run("unalz", &["a.alz"]) {
        return;
    }
    assert_eq!(shop.get("first.txt"), b"stored content");
    assert_eq!(shop.get("second.txt"), b"deflated content ".repeat(20));
}

#[test]
fn zoo_as_unar_reads_it() {
    let shop = shop();
    let made = sekisho_samples::archive::zoo::zoo(&[("first.txt", 0, false, b"stored", 6, 0xcb66)]);
    shop.put("a.zoo", &made);
    let Some(listed) = shop.pipe("lsar", &["a.zoo"], &[]) else { return };
    assert!(String::from_utf8_lossy(&listed).contains("first.txt"));
}

#[test]
fn an_arj_in_an_arc_in_a_lzh() {
    let shop = shop();
    if !shop.run("arj", &[&["a", "-y", "inner.arj"][..], &NAMES].concat())
        || !shop.run("arc", &["a", "middle.arc", "inner.arj"])
        || !shop.run("jlha", &["a", "outer.lzh", "middle.arc"])
    {
        return;
    }
    assert_whole(&scan("outer.lzh", shop.get("outer.lzh"), &[]), &payloads());
}
