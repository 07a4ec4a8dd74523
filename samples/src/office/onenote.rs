//! OneNote sections (MS-ONESTORE) as far as a search for embedded files needs them: the header, property sets with the
//! files' names, references, and the objects themselves. OneNote itself would not open them.

/// {7B5C52E4-D88C-4DA7-AEB1-5378D02996D3}, then {109ADD3F-911B-49F5-A5D0-1791EDC8AED8} as the format.
const FILE_TYPE: [u8; 16] = *b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";
const FORMAT: [u8; 16] = *b"\x3f\xdd\x9a\x10\x1b\x91\xf5\x49\xa5\xd0\x17\x91\xed\xc8\xae\xd8";
const HEADER: [u8; 16] = *b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
const FOOTER: [u8; 16] = *b"\x22\xa7\xfb\x71\x79\x0f\x0b\x4a\xbb\x13\x89\x92\x56\x42\x6b\x24";

/// A section in the making.
#[derive(Debug, Clone, Default)]
pub struct Section {
    files: Vec<(Option<String>, String, Vec<u8>)>,
}

impl Section {
    /// An empty one.
    pub fn new() -> Self {
        Section::default()
    }

    /// Drops a file onto the page.
    pub fn file(mut self, name: &str, content: &[u8]) -> Self {
        let extension = name.rsplit('.').next().unwrap_or_default().to_owned();
        self.files.push((Some(name.to_owned()), extension, content.to_vec()));
        self
    }

    /// Puts a picture on the page.
    pub fn picture(mut self, extension: &str, content: &[u8]) -> Self {
        self.files.push((None, extension.to_owned(), content.to_vec()));
        self
    }

    /// The same files in a package of elements (MS-ONESTORE 2.8), as Office for the web writes it.
    pub fn packaged(&self) -> Vec<u8> {
        const PACKAGE: [u8; 16] = *b"\x2f\xe9\x8d\x63\xd4\xa6\xc1\x4b\x9a\x36\xb3\xfc\x25\x11\xa5\xb7";
        let mut bytes = [FILE_TYPE, [0x11; 16], [0; 16], PACKAGE].concat();
        bytes.extend([0; 4]);
        // Packaging start, 33 bytes of ids.
        bytes.extend((33u32 << 17 | 0x7A << 3 | 4 | 2).to_le_bytes());
        bytes.extend([0x22; 33]);
        for (_, _, content) in &self.files {
            let length = compact(content.len() as u64);
            // Object Data BLOB with a large length, then the end of an element.
            bytes.extend((0x7FFFu32 << 17 | 2 << 3 | 2).to_le_bytes());
            bytes.extend(compact((length.len() + content.len()) as u64));
            bytes.extend(length);
            bytes.extend(content);
            bytes.push(5);
        }
        bytes
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut bytes = [FILE_TYPE, [0x11; 16], [0; 16], FORMAT].concat();
        bytes.resize(1024, 0);
        let mut places = Vec::new();
        for (_, _, content) in &self.files {
            places.push(bytes.len());
            bytes.extend(object(content));
        }
        for (index, (name, extension, content)) in self.files.iter().enumerate() {
            let guid = [0xa0 + index as u8; 16];
            let size = content.len() as u64;
            // FileDataStoreObjectReferenceFND: node id 0x94, an 8 byte offset and size.
            bytes.extend(0x8000_9094u32.to_le_bytes());
            bytes.extend((places[index] as u64).to_le_bytes());
            bytes.extend(size.to_le_bytes());
            bytes.extend(guid);
            // ObjectDeclarationFileData3RefCountFND: node id 0x73, object id, class, count, two texts.
            bytes.extend(0x8000_5073u32.to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(0x0006_0036u32.to_le_bytes());
            bytes.push(1);
            let text = guid.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
            let (a, b) = (text.split_at(8), text.get(8..).unwrap_or_default());
            let guid = format!("<ifndf>{{{}-{}-{}-{}-{}}}", a.0, &b[..4], &b[4..8], &b[8..12], &b[12..]);
            bytes.extend(counted(&guid));
            bytes.extend(counted(&format!(".{extension}")));
            if let Some(name) = name {
                // A property set: a bool, the name.
                bytes.extend(2u16.to_le_bytes());
                bytes.extend(0x8800_1cb2u32.to_le_bytes());
                bytes.extend(0x1c00_1d77u32.to_le_bytes());
                let units: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
                bytes.extend((units.len() as u32).to_le_bytes());
                bytes.extend(units);
            }
        }
        bytes
    }
}

/// A FileDataStoreObject.
pub fn object(content: &[u8]) -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend(FOOTER);
    bytes
}

fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u32).to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// A number in nine bytes, MS-FSSHTTPB 2.2.1.1.
fn compact(number: u64) -> Vec<u8> {
    [[0x80].as_slice(), &number.to_le_bytes()].concat()
}
