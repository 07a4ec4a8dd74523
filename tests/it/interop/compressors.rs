//! Compressed files as the programs of each format write them.

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

/// Each program on each payload, reading standard input.
fn compressed_by(program: &str, arguments: &[&str], ending: &str) {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        let Some(packed) = shop.pipe(program, arguments, &bytes) else { return };
        let report = scan(&format!("{name}{ending}"), packed, &[]);
        assert_whole(&report, &[(name, bytes)]);
    }
}

#[test]
fn lzip_at_several_levels() {
    for level in ["-0", "-6", "-9"] {
        compressed_by("lzip", &[level, "-c"], ".lz");
    }
    // Members of a set size, so that there are several.
    compressed_by("lzip", &["-0", "-b", "100KiB", "-c"], ".lz");
}

#[test]
fn lz4_with_each_kind_of_block() {
    for arguments in [
        &["-c"][..],
        &["-9", "-c"],
        &["-B4", "-BD", "-c"],
        &["-B7", "-BI", "-BX", "-c"],
        &["--content-size", "--no-frame-crc", "-c"],
        &["-l", "-c"],
    ] {
        compressed_by("lz4", arguments, ".lz4");
    }
}

#[test]
fn lzop_at_several_levels() {
    for arguments in [&["-1", "-c"][..], &["-6", "-c"], &["-9", "-c"], &["-F", "-c"], &["--crc32", "-c"]] {
        compressed_by("lzop", arguments, ".lzo");
    }
}

#[test]
fn brotli_at_several_qualities() {
    for arguments in [&["-q", "1", "-c"][..], &["-q", "9", "-c"], &["-q", "11", "-w", "24", "-c"]] {
        compressed_by("brotli", arguments, ".br");
    }
}

#[test]
fn compress_with_each_width() {
    // What compress writes with nine bits, neither gzip nor compress itself can read.
    for bits in ["10", "12", "14", "16"] {
        compressed_by("compress", &["-f", "-b", bits, "-c"], ".Z");
    }
}

#[test]
fn xz_and_zstd_and_lzma_with_options() {
    compressed_by("xz", &["-9e", "-c", "--check=sha256"], ".xz");
    compressed_by("xz", &["-c", "--x86", "--lzma2=preset=6"], ".xz");
    compressed_by("xz", &["-c", "--block-size=65536"], ".xz");
    compressed_by("xz", &["-c", "--format=lzma", "--lzma1=lc=0,lp=2,pb=1"], ".lzma");
    compressed_by("zstd", &["-19", "-q", "-c", "--check"], ".zst");
    compressed_by("zstd", &["--ultra", "-22", "-q", "-c"], ".zst");
}

#[test]
fn mscompress() {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
        if !shop.run("mscompress", &[name]) {
            return;
        }
        // mscompress adds the line and keeps no letter.
        let packed = format!("{name}_");
        assert_whole(&scan(&packed, shop.get(&packed), &[]), &[(name, bytes)]);
    }
}

#[test]
fn what_follows_is_given_and_streams_are_joined() {
    let shop = Workshop::new();
    let [(name, bytes), ..] = payloads();
    for (program, ending) in [("lzip", ".lz"), ("lz4", ".lz4"), ("lzop", ".lzo")] {
        let Some(packed) = shop.pipe(program, &["-c"], &bytes) else { continue };
        let twice = [bytes.as_slice(), &bytes].concat();
        let report = scan(&format!("{name}{ending}"), [packed.as_slice(), &packed].concat(), &[]);
        assert_whole(&report, &[(name, twice)]);
        let report = scan(&format!("{name}{ending}"), [packed.as_slice(), b"MZ and more"].concat(), &[]);
        assert_holds(&report, &[(name, bytes.clone())]);
        assert!(report.artifacts.iter().any(|artifact| artifact.size == 11), "{program}");
        // Every cut gives what was readable.
        for cut in (0..packed.len()).step_by(97) {
            scan(&format!("{name}{ending}"), packed[..cut].to_vec(), &[]);
        }
    }
}

#[test]
fn a_tar_in_each() {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    for option in ["--lzip", "--lz4", "--lzop", "--compress", "--zstd", "--lzma", "--bzip2", "--xz", "--gzip"] {
        if !shop.run("bsdtar", &["-c", option, "-f", "a.tar.any", "text.txt", "noise.bin", "large.dat"]) {
            return;
        }
        assert_whole(&scan("a.tar.any", shop.get("a.tar.any"), &[]), &payloads());
    }
}
