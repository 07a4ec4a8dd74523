//! CRC-16 as ARC introduced it (polynomial 0x8005, reflected), which ZOO and LHA took over.

/// The checksum of these bytes.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |crc, byte| {
        let mut crc = crc ^ u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xa001 } else { crc >> 1 };
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_check_value() {
        assert_eq!(super::crc16(b"123456789"), 0xbb3d);
    }
}
