//! cpio archives, new and portable ASCII and old binary.

/// The make of the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// New ASCII (SVR4).
    New,
    /// New ASCII with sums.
    Sums,
    /// Portable ASCII (POSIX.1-1988).
    Portable,
    /// Old binary, low byte first.
    BinaryLow,
    /// Old binary, high byte first.
    BinaryHigh,
}

/// An archive of files: name, mode and content.
pub fn cpio(make: Make, entries: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, mode, data) in entries.iter().chain(&[("TRAILER!!!", 0, &b""[..])]) {
        let name = [name.as_bytes(), b"\0"].concat();
        let (size, length) = (data.len() as u32, name.len() as u32);
        let unit = match make {
            Make::New | Make::Sums => {
                let sum = match make {
                    Make::Sums => data.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte))),
                    _ => 0,
                };
                out.extend(if make == Make::Sums { b"070702" } else { b"070701" });
                for field in [1, *mode, 0, 0, 1, 0, size, 0, 0, 0, 0, length, sum] {
                    out.extend(format!("{field:08x}").bytes());
                }
                4
            }
            Make::Portable => {
                out.extend(format!("070707{:06o}{:06o}{mode:06o}{:06o}{:06o}{:06o}{:06o}", 0, 1, 0, 0, 1, 0).bytes());
                out.extend(format!("{:011o}{length:06o}{size:011o}", 0).bytes());
                1
            }
            Make::BinaryLow | Make::BinaryHigh => {
                let words = [0o070707, 0, 1, *mode, 0, 0, 1, 0, 0, 0, length, size >> 16, size & 0xffff];
                for word in words {
                    let word = word as u16;
                    out.extend(if make == Make::BinaryLow { word.to_le_bytes() } else { word.to_be_bytes() });
                }
                2
            }
        };
        out.extend(name);
        pad(&mut out, unit);
        out.extend_from_slice(data);
        pad(&mut out, unit);
    }
    out
}

fn pad(out: &mut Vec<u8>, unit: usize) {
    out.resize(out.len().next_multiple_of(unit), 0);
}
