//! Containers in containers.

use super::{Workshop, assert_whole, payloads, scan};

#[test]
fn a_zip_in_a_locked_7z() {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    if !shop.run("zip", &["-q", "inner.zip", "text.txt", "noise.bin", "large.dat"])
        || !shop.run("7z", &["a", "-bd", "-pTkt#2016", "-mhe=on", "outer.7z", "inner.zip"])
    {
        return;
    }
    let report = scan("outer.7z", shop.get("outer.7z"), &["Tkt#2016"]);
    assert_whole(&report, &payloads());
}
