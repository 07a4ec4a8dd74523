//! What a compressed single file is called inside, going by its outer name.

/// Endings compressors add, and what takes their place: `notes.tgz` holds `notes.tar`.
const ENDINGS: [(&str, &str); 24] = [
    (".gz", ""),
    (".tgz", ".tar"),
    (".svgz", ".svg"),
    (".emz", ".emf"),
    (".wmz", ".wmf"),
    (".z", ""),
    (".taz", ".tar"),
    (".bz2", ""),
    (".bz", ""),
    (".tbz2", ".tar"),
    (".tbz", ".tar"),
    (".xz", ""),
    (".txz", ".tar"),
    (".lzma", ""),
    (".tlz", ".tar"),
    (".lz", ""),
    (".lz4", ""),
    (".lzo", ""),
    (".tzo", ".tar"),
    (".br", ""),
    (".tbr", ".tar"),
    (".zst", ""),
    (".zstd", ""),
    (".tzst", ".tar"),
];

/// The outer name without what the compressor added; the outer name itself if it added nothing.
pub(crate) fn without_ending(outer: &str) -> String {
    for (ending, instead) in ENDINGS {
        let Some(start) = outer.len().checked_sub(ending.len()) else { continue };
        if let (Some(stem), Some(end)) = (outer.get(..start), outer.get(start..))
            && end.eq_ignore_ascii_case(ending)
            && !stem.is_empty()
        {
            return format!("{stem}{instead}");
        }
    }
    outer.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_gunzip() {
        for (outer, inner) in [
            ("a.tar.gz", "a.tar"),
            ("A.TGZ", "A.tar"),
            ("chart.svgz", "chart.svg"),
            ("報告.txt.xz", "報告.txt"),
            ("x", "x"),
            (".gz", ".gz"),
        ] {
            assert_eq!(without_ending(outer), inner);
        }
    }
}
