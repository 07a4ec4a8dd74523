//! Packages of programs that are zip archives.

use crate::archive::zip::ZipFile;

/// An Android app that asks for these permissions; its code is a mark only.
pub fn apk(package: &str, permissions: &[&str]) -> Vec<u8> {
    ZipFile::new()
        .entry("AndroidManifest.xml", android_manifest(package, permissions))
        .entry("classes.dex", b"dex\n035\0and nothing else".to_vec())
        .build()
}

/// A Java archive; with a main class it is a program.
pub fn jar(main_class: Option<&str>) -> Vec<u8> {
    let main = main_class.map(|class| format!("Main-Class: {class}\r\n")).unwrap_or_default();
    ZipFile::new()
        .entry("META-INF/MANIFEST.MF", format!("Manifest-Version: 1.0\r\n{main}\r\n"))
        .entry("com/example/Main.class", [&b"\xca\xfe\xba\xbe\0\0\0\x34"[..], &[0; 32]].concat())
        .build()
}

/// A Windows app package whose settings start a script.
pub fn msix(script: &str) -> Vec<u8> {
    let manifest = "<?xml version=\"1.0\"?><Package><Identity Name=\"Example.Viewer\" Publisher=\"CN=Example\"/>\
                    <Applications><Application Id=\"A\" Executable=\"PsfLauncher64.exe\"/></Applications></Package>";
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"text/xml\"/></Types>";
    let settings = format!(
        "{{\"applications\":[{{\"id\":\"A\",\"executable\":\"viewer.exe\",\"startScript\":{{\"scriptPath\":\"{script}\"}}}}]}}"
    );
    ZipFile::new()
        .entry("AppxManifest.xml", manifest)
        .entry("config.json", settings)
        .entry("[Content_Types].xml", types)
        .build()
}

/// Android's binary XML: a pool of texts in UTF-16, then an element for the manifest and one for each permission.
fn android_manifest(package: &str, permissions: &[&str]) -> Vec<u8> {
    let mut texts = vec!["manifest".to_owned(), "package".to_owned(), package.to_owned()];
    texts.extend(["uses-permission".to_owned(), "name".to_owned()]);
    texts.extend(permissions.iter().map(|permission| format!("android.permission.{permission}")));
    let (mut offsets, mut data) = (Vec::new(), Vec::new());
    for text in &texts {
        offsets.extend((data.len() as u32).to_le_bytes());
        let units: Vec<u16> = text.encode_utf16().collect();
        data.extend((units.len() as u16).to_le_bytes());
        data.extend(units.iter().chain(&[0]).flat_map(|unit| unit.to_le_bytes()));
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let start = 28 + offsets.len();
    let mut pool = vec![1, 0, 28, 0];
    for number in [start + data.len(), texts.len(), 0, 0, start, 0] {
        pool.extend((number as u32).to_le_bytes());
    }
    pool.extend(offsets);
    pool.extend(data);
    let mut body = pool;
    body.extend(element(0, 1, 2));
    for index in 0..permissions.len() as u32 {
        body.extend(element(3, 4, 5 + index));
    }
    let mut bytes = vec![3, 0, 8, 0];
    bytes.extend((body.len() as u32 + 8).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn element(name: u32, attribute: u32, value: u32) -> Vec<u8> {
    let mut bytes = vec![2, 1, 16, 0];
    for number in [56, 1, u32::MAX, u32::MAX, name] {
        bytes.extend(number.to_le_bytes());
    }
    for number in [20u16, 20, 1, 0, 0, 0] {
        bytes.extend(number.to_le_bytes());
    }
    for number in [u32::MAX, attribute, value, 0x0300_0008, value] {
        bytes.extend(number.to_le_bytes());
    }
    bytes
}
