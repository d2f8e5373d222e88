//! Directories and single files of the host, presented as a layer.
//!
//! Links are not followed, other file systems are not entered, and nothing but regular files is opened.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use bomwright_model::{Code, Diagnostic};
use walkdir::WalkDir;

use crate::diagnostics::lossy;
use crate::path::normalise;
use crate::tree::{Builder, Meta};
use crate::{Entry, ImageError, LayerTree, Limits, NodeKind, Progress, Take, Visitor};

/// Bytes that a visitor is shown of every file.
const HEAD: u64 = 512;

/// Reads everything below `root`, sorted by name.
pub(crate) fn read(
    root: &Path,
    limits: &Limits,
    progress: &dyn Progress,
    visitor: &mut dyn Visitor,
) -> Result<LayerTree, ImageError> {
    let root = root.canonicalize().map_err(|error| ImageError::io(root, error))?;
    std::fs::read_dir(&root).map_err(|error| ImageError::io(&root, error))?;
    let mut reader = Reader::new(limits, progress, visitor);
    let walk = WalkDir::new(&root).same_file_system(true).sort_by_file_name().min_depth(1);
    for found in walk.max_depth(limits.path_depth) {
        match found {
            Err(error) => {
                let path = error.path().and_then(|path| path.strip_prefix(&root).ok());
                reader.unreadable(path.unwrap_or(Path::new("")), &error.to_string());
            }
            Ok(found) => {
                let Ok(relative) = found.path().strip_prefix(&root) else { continue };
                match found.metadata() {
                    Ok(metadata) => reader.entry(found.path(), relative.as_os_str(), &metadata),
                    Err(error) => reader.unreadable(relative, &error.to_string()),
                }
            }
        }
    }
    Ok(reader.builder.finish())
}

/// Reads one file, presented under its own name.
pub(crate) fn read_file(
    path: &Path,
    limits: &Limits,
    progress: &dyn Progress,
    visitor: &mut dyn Visitor,
) -> Result<LayerTree, ImageError> {
    let metadata = std::fs::metadata(path).map_err(|error| ImageError::io(path, error))?;
    let mut reader = Reader::new(limits, progress, visitor);
    reader.entry(path, path.file_name().unwrap_or(OsStr::new("file")), &metadata);
    Ok(reader.builder.finish())
}

struct Reader<'a> {
    builder: Builder,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    visitor: &'a mut dyn Visitor,
    path: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits, progress: &'a dyn Progress, visitor: &'a mut dyn Visitor) -> Self {
        Self {
            builder: Builder::new(limits),
            limits,
            progress,
            visitor,
            path: Vec::new(),
            buffer: Vec::new(),
        }
    }

    fn unreadable(&mut self, path: &Path, message: &str) {
        self.builder.diagnostics.at(Code::Unreadable, path.as_os_str().as_bytes(), message);
    }

    fn entry(&mut self, place: &Path, relative: &OsStr, metadata: &Metadata) {
        let raw = relative.as_bytes();
        if let Err(bad) = normalise(raw, self.limits, &mut self.path) {
            self.builder.diagnostics.at(Code::LimitExceeded, raw, bad.message());
            return;
        }
        let kind = kind(metadata);
        let link = if kind == NodeKind::Symlink { std::fs::read_link(place).ok() } else { None };
        let meta = Meta {
            kind,
            size: if kind == NodeKind::File { metadata.len() } else { 0 },
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid().into(),
            gid: metadata.gid().into(),
            link: link.as_ref().map(|target| target.as_os_str().as_bytes()),
        };
        if !self.builder.entry(&self.path, &meta) || kind != NodeKind::File {
            return;
        }
        if let Err(error) = self.file(place, metadata) {
            self.unreadable(Path::new(relative), &error.to_string());
        }
    }

    /// Shows a regular file to the visitor.
    fn file(&mut self, place: &Path, metadata: &Metadata) -> std::io::Result<()> {
        let mut file = File::open(place)?;
        let opened = file.metadata()?;
        if (opened.dev(), opened.ino(), opened.is_file()) != (metadata.dev(), metadata.ino(), true) {
            return Err(std::io::Error::other("the file was replaced while it was read"));
        }
        self.buffer.clear();
        (&mut file).take(HEAD).read_to_end(&mut self.buffer)?;
        let path = lossy(&self.path);
        let entry = Entry {
            path: &path,
            size: metadata.len(),
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid().into(),
            gid: metadata.gid().into(),
            mtime: metadata.mtime(),
            sha256: None,
        };
        if let Take::Capture { limit, .. } = self.visitor.regular(&entry, &self.buffer) {
            let limit = limit.min(self.limits.captured_bytes);
            (&mut file)
                .take(limit.saturating_add(1).saturating_sub(self.buffer.len() as u64))
                .read_to_end(&mut self.buffer)?;
            if self.buffer.len() as u64 > limit || entry.size > limit {
                let message = format!("the file has more bytes than the limit of {limit}; it was not read");
                self.builder.diagnostics.add(|| Diagnostic::new(Code::LimitExceeded, message).at(&path));
            } else {
                self.visitor.content(&entry, &self.buffer);
            }
        }
        self.progress.bytes(self.buffer.len() as u64);
        self.buffer.shrink_to(1 << 20);
        Ok(())
    }
}

fn kind(metadata: &Metadata) -> NodeKind {
    let kind = metadata.file_type();
    if kind.is_dir() {
        NodeKind::Directory
    } else if kind.is_symlink() {
        NodeKind::Symlink
    } else if kind.is_char_device() {
        NodeKind::CharacterDevice
    } else if kind.is_block_device() {
        NodeKind::BlockDevice
    } else if kind.is_fifo() {
        NodeKind::Fifo
    } else if kind.is_socket() {
        NodeKind::Socket
    } else {
        NodeKind::File
    }
}
