//! Disk images written by genisoimage, xorriso, mtools, ntfs-3g, e2fsprogs, wimlib and qemu-img.

use std::time::{Duration, Instant};

use super::{Workshop, assert_whole, payloads, scan};

fn with_payloads() -> Workshop {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(&format!("src/{name}"), &bytes);
        shop.put(&format!("src/資料/深い folder/{name}"), &bytes);
    }
    shop
}

/// A FAT volume with the payloads, and a disk with it as a partition.
fn fat(shop: &Workshop, bits: &str, megabytes: usize) -> bool {
    shop.put("volume.img", &vec![0; megabytes << 20]);
    shop.run("mkfs.fat", &["-F", bits, "volume.img"])
        && shop.run(
            "mcopy",
            &["-s", "-i", "volume.img", "src/text.txt", "src/noise.bin", "src/large.dat", "src/資料", "::"],
        )
        && shop.run("mattrib", &["+h", "-i", "volume.img", "::/noise.bin"])
}

fn disk(shop: &Workshop, label: &str) -> bool {
    let volume = shop.get("volume.img");
    let mut whole = vec![0; 1 << 20];
    whole.extend(volume);
    whole.extend(vec![0; 1 << 20]);
    shop.put("disk.img", &whole);
    if !shop.run("sgdisk", &["--version"]) {
        return false;
    }
    match label {
        "gpt" => {
            let end = (whole.len() / 512 - 2049).to_string();
            shop.run("sgdisk", &["-a", "1", "-n", &format!("1:2048:{end}"), "-t", "1:0700", "disk.img"])
        }
        _ => shop.pipe("sfdisk", &["disk.img"], b"label: dos\nstart=2048, type=c\n").is_some(),
    }
}

#[test]
fn discs_of_genisoimage_and_xorriso() {
    let shop = with_payloads();
    for options in [
        &["-J", "-R"][..],
        &["-J"],
        &["-R"],
        &["-iso-level", "3"],
        &["-J", "-R", "-udf"],
        &["-udf"],
        &["-J", "-R", "-V", "航空券", "-hidden", "text.txt"],
    ] {
        let mut arguments = vec!["-quiet", "-input-charset", "utf-8", "-o", "a.iso"];
        arguments.extend(options);
        arguments.push("src");
        if !shop.run("genisoimage", &arguments) {
            return;
        }
        let report = scan("a.iso", shop.get("a.iso"), &[]);
        assert_whole(&report, &payloads());
        let files = report.artifacts.iter().filter(|artifact| artifact.path.matches('.').count() == 1).count();
        assert_eq!(files, 6, "{options:?}");
    }
    if shop.run("xorriso", &["-as", "mkisofs", "-quiet", "-J", "-R", "-o", "x.iso", "src"]) {
        assert_whole(&scan("x.iso", shop.get("x.iso"), &[]), &payloads());
    }
}

#[test]
fn fat_volumes_of_all_widths() {
    for (bits, megabytes) in [("12", 4), ("16", 20), ("32", 40)] {
        let shop = with_payloads();
        if !fat(&shop, bits, megabytes) {
            return;
        }
        let report = scan("volume.img", shop.get("volume.img"), &[]);
        assert_whole(&report, &payloads());
        assert!(report.artifacts.iter().any(|artifact| artifact.name == "資料/深い folder/text.txt"), "FAT{bits}");
    }
}

#[test]
fn partitions_and_virtual_disks() {
    for label in ["dos", "gpt"] {
        let shop = with_payloads();
        if !fat(&shop, "16", 20) || !disk(&shop, label) {
            return;
        }
        assert_whole(&scan("disk.img", shop.get("disk.img"), &[]), &payloads());
        for method in ["zlib", "zstd"] {
            let option = format!("compression_type={method}");
            if !shop.run("qemu-img", &["convert", "-c", "-O", "qcow2", "-o", &option, "disk.img", "packed.qcow2"]) {
                return;
            }
            assert_whole(&scan("packed.qcow2", shop.get("packed.qcow2"), &[]), &payloads());
        }
        for (format, option) in VIRTUAL {
            let mut arguments = vec!["convert", "-O", format];
            for option in *option {
                arguments.extend(["-o", option]);
            }
            arguments.extend(["disk.img", "disk.virtual"]);
            if !shop.run("qemu-img", &arguments) {
                return;
            }
            let report = scan("disk.virtual", shop.get("disk.virtual"), &[]);
            assert_whole(&report, &payloads());
            let files = report.artifacts.iter().filter(|artifact| artifact.path.matches('.').count() == 1).count();
            assert_eq!(files, 6, "{label} {format} {option:?}");
        }
    }
}

const VIRTUAL: &[(&str, &[&str])] = &[
    ("vpc", &["subformat=fixed"]),
    ("vpc", &["subformat=dynamic"]),
    ("vhdx", &["subformat=dynamic"]),
    ("vhdx", &["subformat=fixed", "block_size=1048576"]),
    ("vmdk", &["subformat=monolithicSparse"]),
    ("vmdk", &["subformat=streamOptimized"]),
    ("qcow2", &["compat=0.10"]),
    ("qcow2", &["compat=1.1", "cluster_size=4096", "extended_l2=off"]),
    ("qcow2", &["extended_l2=on", "cluster_size=65536"]),
];

#[test]
fn a_hundred_empty_gigabytes_cost_nothing() {
    let shop = Workshop::new();
    for format in ["vpc", "vhdx", "vmdk", "qcow2"] {
        if !shop.run("qemu-img", &["create", "-q", "-f", format, "big", "100G"]) {
            return;
        }
        let bytes = shop.get("big");
        let start = Instant::now();
        let report = scan("big", bytes, &[]);
        // A build without optimisation on a busy machine; a release build takes hundredths of a second.
        assert!(start.elapsed() < Duration::from_secs(3), "{format} took {:?}", start.elapsed());
        assert!(report.problems.iter().all(|problem| problem.kind == "odd"), "{:#?}", report.problems);
    }
}

#[test]
fn a_disc_in_a_locked_zip() {
    let shop = with_payloads();
    if !shop.run("genisoimage", &["-quiet", "-J", "-R", "-o", "a.iso", "src"])
        || !shop.run("7z", &["a", "-bd", "-tzip", "-mem=AES256", "-pTkt#2016", "a.zip", "a.iso"])
    {
        return;
    }
    assert_whole(&scan("a.zip", shop.get("a.zip"), &["Tkt#2016"]), &payloads());
}

#[test]
fn an_ntfs_volume_with_a_named_stream() {
    let shop = with_payloads();
    shop.put("volume.img", &vec![0; 16 << 20]);
    shop.put("stream", b"what the stream says");
    if !shop.run("mkntfs", &["-q", "-F", "-f", "volume.img"]) {
        return;
    }
    for (name, _) in payloads() {
        if !shop.run("ntfscp", &["-f", "volume.img", &format!("src/{name}"), name]) {
            return;
        }
    }
    if !shop.run("ntfscp", &["-f", "-N", "hidden.exe", "volume.img", "stream", "text.txt"]) {
        return;
    }
    let report = scan("volume.img", shop.get("volume.img"), &[]);
    assert_whole(&report, &payloads());
    assert!(report.artifacts.iter().any(|artifact| artifact.name == "text.txt:hidden.exe" && artifact.size == 20));
    if shop.run("qemu-img", &["convert", "-O", "vpc", "volume.img", "volume.vhd"]) {
        assert_whole(&scan("volume.vhd", shop.get("volume.vhd"), &[]), &payloads());
    }
}

#[test]
fn wim_images_of_wimlib() {
    let shop = with_payloads();
    let kinds: [&[&str]; 6] = [
        &["--compress=none"],
        &["--compress=xpress"],
        &["--compress=lzx"],
        &["--compress=lzx", "--chunk-size=65536"],
        &["--compress=lzx", "--chunk-size=2097152"],
        &["--compress=xpress", "--chunk-size=4096"],
    ];
    for options in kinds {
        let mut arguments = vec!["src", "a.wim"];
        arguments.extend(options);
        if !shop.run("wimcapture", &arguments) {
            return;
        }
        let report = scan("a.wim", shop.get("a.wim"), &[]);
        assert_whole(&report, &payloads());
        let files = report.artifacts.iter().filter(|artifact| artifact.path.matches('.').count() == 1).count();
        assert_eq!(files, 6, "{options:?}");
        std::fs::remove_file(shop.path().join("a.wim")).expect("just written");
    }
    // Not read, and said; with the names where those can be read.
    if shop.run("wimcapture", &["src", "b.wim", "--compress=lzms"]) {
        let report = scan("b.wim", shop.get("b.wim"), &[]);
        assert!(report.problems.iter().any(|problem| problem.kind == "unsupported" && problem.text.contains("LZMS")));
    }
}

#[test]
fn volumes_of_linux() {
    for kind in ["ext2", "ext3", "ext4"] {
        let shop = with_payloads();
        if !shop.run("mkfs.ext4", &["-q", "-t", kind, "-d", "src", "volume.img", "12M"]) {
            return;
        }
        let report = scan("volume.img", shop.get("volume.img"), &[]);
        assert_whole(&report, &payloads());
        assert!(report.artifacts.iter().any(|artifact| artifact.name == "資料/深い folder/text.txt"), "{kind}");
    }
}

#[test]
fn an_empty_udf_volume_of_each_kind_is_whole() {
    let shop = Workshop::new();
    for (media, revision) in
        [("hd", "0x0201"), ("dvdram", "0x0201"), ("cdrw", "0x0201"), ("cdr", "0x0150"), ("bdr", "0x0250")]
    {
        shop.put("volume.img", &vec![0; 8 << 20]);
        let options = [format!("--media-type={media}"), format!("--udfrev={revision}")];
        if !shop.run("mkudffs", &[&options[0], &options[1], "volume.img"]) {
            return;
        }
        let report = scan("volume.img", shop.get("volume.img"), &[]);
        assert_eq!(report.artifacts[0].format, "udf", "{media}");
        assert!(report.problems.is_empty(), "{media}: {:#?}", report.problems);
    }
}

/// Changes bytes of an image here and there, the same each time.
fn damaged(image: &[u8], round: u64) -> Vec<u8> {
    let mut bytes = image.to_vec();
    let mut state = round.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    // Most of an image is empty; what describes it is not.
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    for _ in 0..1 + round % 24 {
        let at = written[next() % written.len()];
        bytes[at] = next() as u8;
    }
    if round.is_multiple_of(7) {
        bytes.truncate(written[next() % written.len()]);
    }
    bytes
}

#[test]
fn damage_is_said_and_no_stage_panics() {
    let shop = with_payloads();
    let mut images = Vec::new();
    shop.put("volume.img", &vec![0; 4 << 20]);
    if shop.run("mkntfs", &["-q", "-F", "-f", "volume.img"])
        && shop.run("ntfscp", &["-f", "volume.img", "src/text.txt", "text.txt"])
    {
        images.push(shop.get("volume.img"));
    }
    if shop.run("mkfs.ext4", &["-q", "-d", "src", "ext.img", "4M"]) {
        images.push(shop.get("ext.img"));
    }
    if shop.run("genisoimage", &["-quiet", "-J", "-R", "-udf", "-o", "a.iso", "src"]) {
        images.push(shop.get("a.iso"));
    }
    for method in ["xpress", "lzx"] {
        if shop.run("wimcapture", &["src", "a.wim", &format!("--compress={method}")]) {
            images.push(shop.get("a.wim"));
            std::fs::remove_file(shop.path().join("a.wim")).expect("just written");
        }
    }
    for (format, option) in
        [("qcow2", "cluster_size=4096"), ("vmdk", "subformat=streamOptimized"), ("vhdx", "block_size=1M")]
    {
        if shop.run("qemu-img", &["convert", "-O", format, "-o", option, "volume.img", "virtual"]) {
            images.push(shop.get("virtual"));
        }
    }
    for (index, image) in images.iter().enumerate() {
        for round in 0..10 {
            let report = scan("damaged", damaged(image, round), &[]);
            let panicked = report.problems.iter().find(|problem| problem.kind == "failed");
            assert!(panicked.is_none(), "image {index}, round {round}: {panicked:?}");
        }
    }
}
