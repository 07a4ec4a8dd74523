//! cpio, ar, cabinets and the packages of systems.

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

const NAMES: &str = "text.txt\nnoise.bin\nlarge.dat\n";

fn shop() -> Workshop {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    shop
}

#[test]
fn each_format_cpio_writes() {
    let shop = shop();
    for format in ["bin", "odc", "newc", "crc", "tar", "ustar", "hpbin", "hpodc"] {
        let Some(packed) = shop.pipe("cpio", &["-o", "--quiet", "-H", format], NAMES.as_bytes()) else { return };
        assert_whole(&scan("a.cpio", packed, &[]), &payloads());
    }
}

#[test]
fn each_format_bsdtar_writes() {
    let shop = shop();
    for format in ["cpio", "odc", "newc", "bin", "pwb", "arbsd", "arsvr4", "pax", "ustar", "v7", "gnutar", "xar"] {
        let name = format!("a.{format}");
        if !shop.run("bsdtar", &["-c", "--format", format, "-f", &name, "text.txt", "noise.bin", "large.dat"]) {
            return;
        }
        assert_whole(&scan(&name, shop.get(&name), &[]), &payloads());
    }
    for compression in ["none", "gzip", "bzip2", "lzma", "xz"] {
        let option = format!("xar:compression={compression}");
        if !shop.run(
            "bsdtar",
            &["-c", "--format", "xar", "--options", &option, "-f", "a.pkg", "text.txt", "noise.bin", "large.dat"],
        ) {
            return;
        }
        assert_whole(&scan("a.pkg", shop.get("a.pkg"), &[]), &payloads());
    }
}

#[test]
fn ar_with_long_names() {
    let shop = shop();
    let long = "a name that does not fit the field.txt";
    shop.put(long, b"long");
    if !shop.run("ar", &["rcS", "a.a", "text.txt", "noise.bin", "large.dat", long]) {
        return;
    }
    let report = scan("a.a", shop.get("a.a"), &[]);
    assert_whole(&report, &payloads());
    assert_holds(&report, &[(long, b"long".to_vec())]);
}

#[test]
fn cabinets_stored_and_mszip() {
    let shop = shop();
    for arguments in [&["-c", "a.cab"][..], &["-c", "-z", "a.cab"], &["-c", "-n", "a.cab"]] {
        let mut all = arguments.to_vec();
        all.extend(["text.txt", "noise.bin", "large.dat"]);
        if !shop.run("gcab", &all) {
            return;
        }
        let cabinet = shop.get("a.cab");
        assert_whole(&scan("a.cab", cabinet.clone(), &[]), &payloads());
        // A cabinet behind a stub, as self-extractors carry it, and one cut short.
        let step = cabinet.len() / 40;
        for cut in (0..cabinet.len()).step_by(step.max(1)) {
            scan("a.cab", cabinet[..cut].to_vec(), &[]);
        }
    }
}

#[test]
fn a_debian_package() {
    let shop = shop();
    shop.put(
        "pack/DEBIAN/control",
        b"Package: notes\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: notes\n",
    );
    for (name, bytes) in payloads() {
        shop.put(&format!("pack/usr/share/notes/{name}"), &bytes);
    }
    for compressor in ["-Zgzip", "-Zxz", "-Zzstd", "-Znone"] {
        if !shop.run("dpkg-deb", &["--root-owner-group", compressor, "-b", "pack", "notes.deb"]) {
            return;
        }
        assert_whole(&scan("notes.deb", shop.get("notes.deb"), &[]), &payloads());
    }
}

#[test]
fn an_rpm_package() {
    let shop = shop();
    for payload in ["w9.gzdio", "w9.bzdio", "w6.xzdio", "w6.lzdio", "w9.zstdio"] {
        let spec = "Name: notes\nVersion: 1\nRelease: 1\nSummary: notes\nLicense: none\nBuildArch: noarch\n\
            %description\nnotes\n%install\nmkdir -p %{buildroot}/notes\ncp %{_topdir}/*.txt %{_topdir}/*.bin \
            %{_topdir}/*.dat %{buildroot}/notes/\n%post\necho installed\n%files\n/notes\n";
        shop.put("notes.spec", spec.as_bytes());
        let top = shop.path().display().to_string();
        let top = format!("_topdir {top}");
        let payload = format!("_binary_payload {payload}");
        if !shop.run("rpmbuild", &["-bb", "--quiet", "-D", &top, "-D", &payload, "notes.spec"]) {
            return;
        }
        let report = scan("notes.rpm", shop.get("RPMS/noarch/notes-1-1.noarch.rpm"), &[]);
        assert_holds(&report, &payloads());
        assert!(report.artifacts.iter().any(|artifact| artifact.name == "postin.sh"));
    }
}

#[test]
fn a_cabinet_in_a_cpio_in_a_tar() {
    let shop = shop();
    if !shop.run("gcab", &["-c", "-z", "inner.cab", "text.txt", "noise.bin", "large.dat"]) {
        return;
    }
    let Some(cpio) = shop.pipe("cpio", &["-o", "--quiet", "-H", "newc"], b"inner.cab\n") else { return };
    shop.put("middle.cpio", &cpio);
    if shop.run("bsdtar", &["-c", "-z", "-f", "outer.tgz", "middle.cpio"]) {
        assert_whole(&scan("outer.tgz", shop.get("outer.tgz"), &[]), &payloads());
    }
}
