//! Zips of our own making: what another form of container holds, as the zip it would be, so that everything that reads
//! zips reads it too. Entries are stored.

/// A zip of these entries, in order (APPNOTE 4.3.6). What does not fit its 32-bit fields is left out.
pub(crate) fn stored<'a>(entries: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    let mut count = 0u16;
    for (name, data) in entries {
        let (Ok(at), Ok(size)) = (u32::try_from(zip.len()), u32::try_from(data.len())) else { break };
        let (Ok(name_size), Some(next)) = (u16::try_from(name.len()), count.checked_add(1)) else { continue };
        count = next;
        let crc = crc32fast::hash(data);
        // Version 2.0, UTF-8 names, stored, 1980-01-01.
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        for field in [crc, size, size] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        common.extend_from_slice(&name_size.to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&common);
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(data);
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&common);
        // Comment, disk, internal and external attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let start = u32::try_from(zip.len()).unwrap_or(u32::MAX);
    let size = u32::try_from(directory.len()).unwrap_or(u32::MAX);
    zip.append(&mut directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&count.to_le_bytes());
    zip.extend_from_slice(&count.to_le_bytes());
    zip.extend_from_slice(&size.to_le_bytes());
    zip.extend_from_slice(&start.to_le_bytes());
    zip.extend_from_slice(&[0, 0]);
    zip
}

#[cfg(test)]
mod tests {
    use super::stored;
    use crate::formats::archive::zip::ZipView;
    use crate::model::View;

    #[test]
    fn what_is_made_is_read_back_without_complaint() {
        let bytes = stored([("word/文書.xml", b"<a/>".as_slice()), ("b", b"".as_slice())]).into();
        let view = ZipView::parse(&bytes).unwrap();
        assert!(view.has_directory() && view.problems.is_empty(), "{:?}", view.problems);
        let entry = view.entry_by_name("word/文書.xml").unwrap();
        assert_eq!(entry.read(&bytes, 100), (b"<a/>".to_vec(), None));
        assert_eq!(view.entries.len(), 2);
    }
}
