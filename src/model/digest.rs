//! The digests every artifact is known by.

/// MD5, SHA-1 and SHA-256 of an artifact's bytes, lower-case hexadecimal. MD5 and SHA-1 are there to look samples up,
/// never to tell two files apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// 32 hexadecimal digits.
    pub md5: String,
    /// 40 hexadecimal digits.
    pub sha1: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

impl Digests {
    /// Digests of a byte string.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Digests {
            md5: hex(&md5::Md5::digest(bytes)),
            sha1: hex(&sha1::Sha1::digest(bytes)),
            sha256: hex(&sha2::Sha256::digest(bytes)),
        }
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|nibble| DIGITS.get(usize::from(nibble))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_nothing_are_the_published_ones() {
        let digests = Digests::of(b"");
        assert_eq!(digests.md5, "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(digests.sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(digests.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
