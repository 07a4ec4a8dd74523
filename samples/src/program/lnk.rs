//! Windows shortcuts after MS-SHLLINK. They point to programs that do not exist.

/// A shortcut to be built.
#[derive(Debug, Clone, Default)]
pub struct Lnk {
    target: Option<String>,
    share: Option<(String, String)>,
    description: Option<String>,
    relative_path: Option<String>,
    working_folder: Option<String>,
    arguments: Option<String>,
    icon: Option<(String, i32)>,
    environment: Option<String>,
    machine: Option<String>,
    show: Option<u32>,
    is_crammed: bool,
    overlay: Vec<u8>,
}

impl Lnk {
    /// A shortcut to nothing; give it at least a target, a share or an environment target.
    pub fn new() -> Self {
        Lnk::default()
    }

    /// A shortcut to a file on a drive: `C:\Windows\System32\harmless-none.exe`.
    pub fn to(target: &str) -> Self {
        Lnk { target: Some(target.to_owned()), ..Lnk::default() }
    }

    /// A shortcut to a file on a share: `\\fileserver.example.com\docs`, `規程\旅費規程.docx`.
    pub fn to_share(share: &str, path: &str) -> Self {
        Lnk { share: Some((share.to_owned(), path.to_owned())), ..Lnk::default() }
    }

    /// The comment.
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// The target, relative to the shortcut.
    pub fn relative_path(mut self, text: &str) -> Self {
        self.relative_path = Some(text.to_owned());
        self
    }

    /// The folder to start in.
    pub fn working_folder(mut self, text: &str) -> Self {
        self.working_folder = Some(text.to_owned());
        self
    }

    /// Command line arguments.
    pub fn arguments(mut self, text: &str) -> Self {
        self.arguments = Some(text.to_owned());
        self
    }

    /// Where the icon is, and its index.
    pub fn icon(mut self, path: &str, index: i32) -> Self {
        self.icon = Some((path.to_owned(), index));
        self
    }

    /// An EnvironmentVariableDataBlock: `%windir%\harmless-none.exe`.
    pub fn environment(mut self, target: &str) -> Self {
        self.environment = Some(target.to_owned());
        self
    }

    /// A TrackerDataBlock naming the machine it was made on.
    pub fn machine(mut self, name: &str) -> Self {
        self.machine = Some(name.to_owned());
        self
    }

    /// ShowCommand: 1 normal, 3 maximised, 7 minimised.
    pub fn show(mut self, command: u32) -> Self {
        self.show = Some(command);
        self
    }

    /// Writes the whole path into one item of the list, as a stomped shortcut has it.
    pub fn crammed(mut self) -> Self {
        self.is_crammed = true;
        self
    }

    /// Bytes after the end of the shortcut.
    pub fn overlay(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.overlay.extend_from_slice(bytes.as_ref());
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let strings = [
            (0x04u32, self.description.as_deref()),
            (0x08, self.relative_path.as_deref()),
            (0x10, self.working_folder.as_deref()),
            (0x20, self.arguments.as_deref()),
            (0x40, self.icon.as_ref().map(|(path, _)| path.as_str())),
        ];
        let mut flags = 0x80;
        let mut body = Vec::new();
        if let Some(target) = &self.target {
            flags |= 0x01 | 0x02;
            body.extend(target_list(target, self.is_crammed));
            body.extend(local_link_info(target));
        } else if let Some((share, path)) = &self.share {
            flags |= 0x02;
            body.extend(share_link_info(share, path));
        }
        for (flag, text) in strings {
            if let Some(text) = text {
                flags |= flag;
                let units: Vec<u16> = text.encode_utf16().collect();
                body.extend_from_slice(&(units.len() as u16).to_le_bytes());
                body.extend(units.into_iter().flat_map(u16::to_le_bytes));
            }
        }
        if let Some(target) = &self.environment {
            flags |= 0x200;
            body.extend_from_slice(&0x314u32.to_le_bytes());
            body.extend_from_slice(&0xa000_0001u32.to_le_bytes());
            let mut ansi: Vec<u8> = target.bytes().filter(u8::is_ascii).take(259).collect();
            ansi.resize(260, 0);
            body.extend(ansi);
            let mut wide: Vec<u8> = target.encode_utf16().take(259).flat_map(u16::to_le_bytes).collect();
            wide.resize(520, 0);
            body.extend(wide);
        }
        if let Some(machine) = &self.machine {
            for value in [0x60u32, 0xa000_0003, 0x58, 0] {
                body.extend_from_slice(&value.to_le_bytes());
            }
            let mut name: Vec<u8> = machine.bytes().take(15).collect();
            name.resize(16, 0);
            body.extend(name);
            // Volume and object droid, twice; the object droids end in the MAC address 02:00:5e:10:00:01.
            for _ in 0..2 {
                body.extend([0x10; 16]);
                body.extend([
                    0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0xe6, 0x11, 0x80, 0x00, 0x02, 0x00, 0x5e, 0x10, 0x00, 0x01,
                ]);
            }
        }
        body.extend([0; 4]);

        let mut file = 0x4cu32.to_le_bytes().to_vec();
        file.extend([0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]);
        for value in [flags, 0x20, 0, 0, 0, 0, 0, 0, 0] {
            file.extend_from_slice(&u32::to_le_bytes(value));
        }
        file.extend_from_slice(&self.icon.as_ref().map_or(0, |(_, index)| *index).to_le_bytes());
        file.extend_from_slice(&self.show.unwrap_or(1).to_le_bytes());
        file.extend([0; 12]);
        file.extend(body);
        file.extend_from_slice(&self.overlay);
        file
    }
}

/// LinkTargetIDList: this computer, the drive, the folders, the file.
fn target_list(target: &str, is_crammed: bool) -> Vec<u8> {
    let mut items = vec![vec![
        0x1f, 0x50, 0xe0, 0x4f, 0xd0, 0x20, 0xea, 0x3a, 0x69, 0x10, 0xa2, 0xd8, 0x08, 0x00, 0x2b, 0x30, 0x30, 0x9d,
    ]];
    let mut parts = target.splitn(if is_crammed { 2 } else { usize::MAX }, '\\').peekable();
    if let Some(drive) = parts.next() {
        let mut item = vec![0x2f];
        item.extend_from_slice(drive.as_bytes());
        item.push(b'\\');
        item.resize(23, 0);
        items.push(item);
    }
    while let Some(part) = parts.next() {
        items.push(file_item(part, parts.peek().is_some()));
    }
    let mut list = Vec::new();
    for item in items {
        list.extend_from_slice(&(item.len() as u16 + 2).to_le_bytes());
        list.extend(item);
    }
    list.extend([0, 0]);
    let mut out = (list.len() as u16).to_le_bytes().to_vec();
    out.extend(list);
    out
}

/// A file entry with a short name and, in the extension block 0xBEEF0004 (version 3), the long Unicode name.
fn file_item(name: &str, is_folder: bool) -> Vec<u8> {
    let mut item = vec![if is_folder { 0x31 } else { 0x32 }, 0];
    item.extend([0; 8]);
    item.extend_from_slice(&(if is_folder { 0x10u16 } else { 0x20 }).to_le_bytes());
    item.extend(ansi(name));
    item.push(0);
    if item.len() % 2 == 1 {
        item.push(0);
    }
    let start = item.len() as u16 + 2;
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let length = 20 + wide.len() as u16 + 2;
    item.extend_from_slice(&length.to_le_bytes());
    item.extend_from_slice(&3u16.to_le_bytes());
    item.extend_from_slice(&0xbeef_0004u32.to_le_bytes());
    item.extend([0; 8]);
    item.extend_from_slice(&0x14u16.to_le_bytes());
    item.extend_from_slice(&0u16.to_le_bytes());
    item.extend(wide);
    item.extend_from_slice(&start.to_le_bytes());
    item
}

fn ansi(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// LinkInfo with VolumeID and LocalBasePath.
fn local_link_info(target: &str) -> Vec<u8> {
    let volume = [0x11u32, 3, 0x1234_5678, 0x10].map(u32::to_le_bytes).concat();
    let volume = [volume, vec![0]].concat();
    let path = [ansi(target), vec![0]].concat();
    let path_at = 0x1c + volume.len() as u32;
    let suffix_at = path_at + path.len() as u32;
    let size = suffix_at + 1;
    let mut out = [size, 0x1c, 1, 0x1c, path_at, 0, suffix_at].map(u32::to_le_bytes).concat();
    out.extend(volume);
    out.extend(path);
    out.push(0);
    out
}

/// LinkInfo with CommonNetworkRelativeLink (share and drive letter) and CommonPathSuffix.
fn share_link_info(share: &str, path: &str) -> Vec<u8> {
    let name = [ansi(share), vec![0]].concat();
    let device = b"S:\0";
    let device_at = 0x14 + name.len() as u32;
    let link_size = device_at + device.len() as u32;
    let mut link = [link_size, 3, 0x14, device_at, 0x0002_0000].map(u32::to_le_bytes).concat();
    link.extend(name);
    link.extend_from_slice(device);
    let suffix = [ansi(path), vec![0]].concat();
    let suffix_at = 0x1c + link_size;
    let size = suffix_at + suffix.len() as u32;
    let mut out = [size, 0x1c, 2, 0, 0, 0x1c, suffix_at].map(u32::to_le_bytes).concat();
    out.extend(link);
    out.extend(suffix);
    out
}
