//! Archives of PyInstaller: entries, a table, a cookie; numbers are big-endian. Contents are stored, modules in zlib
//! streams of stored blocks.

/// An archive with a script and modules, as it stands behind a program.
pub fn archive(script: &[u8], modules: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut table = Vec::new();
    let mut add = |name: &str, kind: u8, content: &[u8]| {
        let mut name = name.as_bytes().to_vec();
        name.push(0);
        let length = (18 + name.len()).next_multiple_of(16);
        name.resize(length - 18, 0);
        for number in [length, bytes.len(), content.len(), content.len()] {
            table.extend((number as u32).to_be_bytes());
        }
        table.extend([0, kind]);
        table.extend(name);
        bytes.extend_from_slice(content);
    };
    add("pyi-windows-manifest-filename app.exe.manifest", b'o', b"");
    add("app", b's', script);
    add("PYZ-00.pyz", b'z', &pyz(modules));
    let at = bytes.len();
    bytes.extend_from_slice(&table);
    let total = bytes.len() + 24 + 64;
    bytes.extend(b"MEI\x0c\x0b\x0a\x0b\x0e");
    for number in [total, at, table.len(), 311] {
        bytes.extend((number as u32).to_be_bytes());
    }
    let mut library = b"python311.dll".to_vec();
    library.resize(64, 0);
    bytes.extend(library);
    bytes
}

fn pyz(modules: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"PYZ\0\xa7\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0".to_vec();
    // A list of pairs: a name, and a triple of numbers.
    let mut table = vec![b'['];
    table.extend((modules.len() as u32).to_le_bytes());
    for (name, content) in modules {
        let stream = stored(content);
        table.extend([b')', 2, b'z', name.len() as u8]);
        table.extend(name.as_bytes());
        table.extend([b')', 3]);
        for number in [0, bytes.len(), stream.len()] {
            table.push(b'i');
            table.extend((number as u32).to_le_bytes());
        }
        bytes.extend(stream);
    }
    let at = bytes.len() as u32;
    bytes[8..12].copy_from_slice(&at.to_be_bytes());
    bytes.extend(table);
    bytes
}

/// A zlib stream (RFC 1950) of one stored block.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    let mut bytes = vec![0x78, 0x9c, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend_from_slice(content);
    let (mut a, mut b) = (1u32, 0u32);
    for byte in content {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}
