//! A range of bytes of a file, read in order without a shared position, so that threads do not disturb each
//! other. The file is never mapped: one that shrinks while it is read is an error, not a signal.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::ImageError;

/// Stored bytes that have not been read yet.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    path: PathBuf,
    /// An archive that is open already; else the file is opened when it is read, as hundreds of layers must
    /// not need hundreds of file descriptors.
    file: Option<Arc<File>>,
    offset: u64,
    /// Bytes.
    pub(crate) size: u64,
}

/// Reads a blob from its start.
pub(crate) struct BlobReader<'a> {
    path: &'a Path,
    file: Handle<'a>,
    offset: u64,
    left: u64,
}

/// A file that is borrowed or the reader's own.
enum Handle<'a> {
    Shared(&'a File),
    Own(File),
}

impl Blob {
    /// A whole file of `size` bytes.
    pub(crate) fn file(path: PathBuf, size: u64) -> Self {
        Self { path, file: None, offset: 0, size }
    }

    /// A part of an open archive.
    pub(crate) fn part(path: &Path, file: &Arc<File>, offset: u64, size: u64) -> Self {
        Self { path: path.to_owned(), file: Some(Arc::clone(file)), offset, size }
    }

    pub(crate) fn open(&self) -> Result<BlobReader<'_>, ImageError> {
        let file = match &self.file {
            Some(file) => Handle::Shared(file),
            None => Handle::Own(File::open(&self.path).map_err(|error| ImageError::io(&self.path, error))?),
        };
        Ok(BlobReader { path: &self.path, file, offset: self.offset, left: self.size })
    }

    /// Up to 16 bytes from the start.
    pub(crate) fn head(&self) -> Result<Vec<u8>, ImageError> {
        let mut head = vec![0; 16];
        let mut reader = self.open()?;
        let count = reader.read(&mut head)?;
        head.truncate(count);
        Ok(head)
    }
}

impl BlobReader<'_> {
    /// Reads the next bytes; 0 only at the end of the blob (or for an empty buffer).
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let Some(buffer) = buffer.get_mut(..wanted) else { return Ok(0) };
        if buffer.is_empty() {
            return Ok(0);
        }
        let file = match &self.file {
            Handle::Shared(file) => file,
            Handle::Own(file) => file,
        };
        loop {
            match file.read_at(buffer, self.offset) {
                Ok(0) => {
                    let short = std::io::Error::new(
                        std::io::ErrorKind::UnexpectedEof,
                        format!("the file ends {} bytes early", self.left),
                    );
                    return Err(ImageError::io(self.path, short));
                }
                Ok(count) => {
                    self.offset += count as u64;
                    self.left -= count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ImageError::io(self.path, error)),
            }
        }
    }
}
