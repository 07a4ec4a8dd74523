//! Bytes as a file without a name, which nobody can change once it is made.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

/// A sealed file that holds these bytes.
pub fn sealed(bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know files that can never be run.
    let fd = memfd_create(c"input", flags | MemfdFlags::NOEXEC_SEAL).or_else(|_| memfd_create(c"input", flags))?;
    let mut file = File::from(fd);
    file.write_all(bytes)?;
    let fd = OwnedFd::from(file);
    fcntl_add_seals(&fd, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(fd)
}

/// The first `size` bytes of a file, or all if it is shorter. Memory is taken as `size` says, so it must come from
/// somebody trusted.
pub fn read(file: impl AsFd, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    while bytes.len() < size {
        let at = bytes.len() as u64;
        match rustix::io::pread(&file, rustix::buffer::spare_capacity(&mut bytes), at) {
            Ok(0) => break,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(size);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_can_be_read_again_and_not_changed() {
        let fd = sealed(b"From: a@example.com").unwrap();
        assert_eq!(read(&fd, 19).unwrap(), b"From: a@example.com");
        assert_eq!(read(&fd, 4).unwrap(), b"From");
        assert_eq!(read(&fd, 100).unwrap().len(), 19);
        let mut file = File::from(fd);
        assert_eq!(file.write_all(b"x").unwrap_err().raw_os_error(), Some(nix::libc::EPERM));
        assert_eq!(file.set_len(3).unwrap_err().raw_os_error(), Some(nix::libc::EPERM));
    }
}
