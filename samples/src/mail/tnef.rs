//! TNEF streams (MS-OXTNEF), the `winmail.dat` of Outlook.

use super::msg::Prop;
use crate::office::cfb::clsid_bytes;

/// A TNEF stream in the making.
#[derive(Debug, Clone, Default)]
pub struct Tnef {
    attributes: Vec<(u8, u32, Vec<u8>)>,
    properties: Vec<u8>,
    count: u32,
}

/// IID_IMessage.
const MESSAGE: &str = "00020307-0000-0000-C000-000000000046";

impl Tnef {
    /// A stream whose 8-bit strings are in CP932.
    pub fn new() -> Self {
        Tnef::default().attribute(1, 0x0008_9006, &0x0001_0000u32.to_le_bytes()).attribute(
            1,
            0x0006_9007,
            &[932u32.to_le_bytes(), [0; 4]].concat(),
        )
    }

    /// Adds an attribute: level, id with its type, data.
    pub fn attribute(mut self, level: u8, id: u32, data: &[u8]) -> Self {
        self.attributes.push((level, id, data.to_vec()));
        self
    }

    /// Adds the old subject, in CP932.
    pub fn subject(self, text: &str) -> Self {
        self.attribute(1, 0x0001_8004, &narrow(text))
    }

    /// Adds a property of the message.
    pub fn with(mut self, id: u16, value: Prop) -> Self {
        self.properties.extend(property(id, None, &value));
        self.count += 1;
        self
    }

    /// Adds a named property of the message.
    pub fn named(mut self, id: u16, set: &str, number: u32, value: Prop) -> Self {
        self.properties.extend(property(id, Some((set, number)), &value));
        self.count += 1;
        self
    }

    /// Attaches a file: its title in CP932, its long name in Unicode.
    pub fn attach(self, title: &str, name: &str, data: &[u8]) -> Self {
        let properties = [
            2u32.to_le_bytes().to_vec(),
            property(0x3705, None, &Prop::Long(1)),
            property(0x3707, None, &Prop::Text(name.to_owned())),
        ];
        self.attribute(2, 0x0006_9002, &rendering())
            .attribute(2, 0x0001_8010, &narrow(title))
            .attribute(2, 0x0006_800F, data)
            .attribute(2, 0x0006_9005, &properties.concat())
    }

    /// Attaches a message, itself a TNEF stream.
    pub fn attach_message(self, subject: &str, inner: &Tnef) -> Self {
        let object = [clsid_bytes(MESSAGE).to_vec(), inner.build()].concat();
        let mut data = 0x3701_000Du32.to_le_bytes().to_vec();
        data.extend(1u32.to_le_bytes());
        data.extend(counted(&object));
        let properties = [
            3u32.to_le_bytes().to_vec(),
            property(0x3705, None, &Prop::Long(5)),
            property(0x3001, None, &Prop::Text(subject.to_owned())),
            data,
        ];
        self.attribute(2, 0x0006_9002, &rendering()).attribute(2, 0x0006_9005, &properties.concat())
    }

    /// The stream.
    pub fn build(&self) -> Vec<u8> {
        let mut out = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0];
        let properties = [self.count.to_le_bytes().to_vec(), self.properties.clone()].concat();
        let message = self.attributes.iter().filter(|(level, ..)| *level == 1).cloned();
        let attachments = self.attributes.iter().filter(|(level, ..)| *level != 1).cloned();
        for (level, id, data) in message.chain([(1, 0x0006_9003, properties)]).chain(attachments) {
            out.push(level);
            out.extend(id.to_le_bytes());
            out.extend((data.len() as u32).to_le_bytes());
            out.extend(&data);
            out.extend(data.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).to_le_bytes());
        }
        out
    }
}

fn rendering() -> Vec<u8> {
    [[1, 0].as_slice(), &[0xFF; 4], &[0; 8]].concat()
}

fn narrow(text: &str) -> Vec<u8> {
    let mut bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    bytes.push(0);
    bytes
}

fn counted(data: &[u8]) -> Vec<u8> {
    let mut out = (data.len() as u32).to_le_bytes().to_vec();
    out.extend(data);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn property(id: u16, name: Option<(&str, u32)>, value: &Prop) -> Vec<u8> {
    let kind: u16 = match value {
        Prop::Text(_) => 0x001F,
        Prop::Binary(_) => 0x0102,
        Prop::Long(_) => 0x0003,
        Prop::Flag(_) => 0x000B,
        Prop::Time(_) => 0x0040,
    };
    let mut out = kind.to_le_bytes().to_vec();
    out.extend(id.to_le_bytes());
    if let Some((set, number)) = name {
        out.extend(clsid_bytes(set));
        out.extend(0u32.to_le_bytes());
        out.extend(number.to_le_bytes());
    }
    let stored = match value {
        Prop::Text(text) => {
            let wide: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
            [1u32.to_le_bytes().to_vec(), counted(&wide)].concat()
        }
        Prop::Binary(bytes) => [1u32.to_le_bytes().to_vec(), counted(bytes)].concat(),
        Prop::Long(number) => number.to_le_bytes().to_vec(),
        Prop::Flag(flag) => u32::from(*flag).to_le_bytes().to_vec(),
        Prop::Time(time) => time.to_le_bytes().to_vec(),
    };
    out.extend(stored);
    out
}
