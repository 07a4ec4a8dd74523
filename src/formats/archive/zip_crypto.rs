//! The traditional cipher of zip (APPNOTE 6.1), which ALZ and EGG took over.

/// Bytes of the header in front of the content.
pub(crate) const HEADER: usize = 12;

/// The state of the cipher.
struct Keys(u32, u32, u32);

impl Keys {
    fn new(password: &[u8]) -> Self {
        let mut keys = Keys(0x1234_5678, 0x2345_6789, 0x3456_7890);
        for byte in password {
            keys.update(*byte);
        }
        keys
    }

    fn update(&mut self, byte: u8) {
        self.0 = step(self.0, byte);
        self.1 = self.1.wrapping_add(self.0 & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
        self.2 = step(self.2, (self.1 >> 24) as u8);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let mixed = (self.2 | 2) & 0xffff;
        let plain = byte ^ ((mixed.wrapping_mul(mixed ^ 1) >> 8) & 0xff) as u8;
        self.update(plain);
        plain
    }
}

/// One step of CRC-32 without its inversions.
fn step(crc: u32, byte: u8) -> u32 {
    let mut crc = crc ^ u32::from(byte);
    for _ in 0..8 {
        crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    }
    crc
}

/// The content behind an encrypted header; none if the header's last byte is not the expected one, as it is with 255
/// of 256 wrong passwords.
pub(crate) fn decrypt(header: &[u8], content: &[u8], password: &[u8], check: u8) -> Option<Vec<u8>> {
    let mut keys = Keys::new(password);
    let last = header.iter().fold(0u8, |_, byte| keys.decrypt(*byte));
    (header.len() == HEADER && last == check).then(|| content.iter().map(|byte| keys.decrypt(*byte)).collect())
}
