//! A member behind a password.

use std::io::{self, Read};

/// A wrong password can look like damage: the check of zip's old encryption lets one in 256 through, and 7z has none.
pub(super) struct Decrypted<'r> {
    inner: &'r mut dyn Read,
    is_encrypted: bool,
    has_begun: bool,
}

impl<'r> Decrypted<'r> {
    pub(super) fn new(inner: &'r mut dyn Read, is_encrypted: bool) -> Self {
        Self { inner, is_encrypted, has_begun: false }
    }
}

impl Read for Decrypted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(bytes) => {
                self.has_begun |= bytes > 0;
                Ok(bytes)
            }
            Err(error) if !self.is_encrypted || error.raw_os_error().is_some() => Err(error),
            // The reader of failures takes this kind for a wrong password.
            Err(error) if !self.has_begun => Err(io::Error::new(io::ErrorKind::PermissionDenied, error)),
            Err(error) => Err(io::Error::new(error.kind(), format!("{error} (or the password is wrong)"))),
        }
    }
}
