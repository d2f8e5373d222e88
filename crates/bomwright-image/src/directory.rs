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
use crate::facts::{Digester, Digests, FactsReader, Start};
use crate::path::normalise;
use crate::tar::Member;
use crate::tree::{Builder, Meta};
use crate::{Entry, ImageError, LayerTree, Limits, NodeKind, Progress, Take, Visitor};

/// Bytes that a visitor is shown of every file.
const HEAD: u64 = 512;

/// Bytes of a file that are hashed at once.
const PIECE: u64 = 256 << 10;

/// Reads everything below `root`, sorted by name.
pub(crate) fn read(
    root: &Path,
    limits: &Limits,
    facts: bool,
    progress: &dyn Progress,
    visitor: &mut dyn Visitor,
) -> Result<LayerTree, ImageError> {
    let root = root.canonicalize().map_err(|error| ImageError::io(root, error))?;
    std::fs::read_dir(&root).map_err(|error| ImageError::io(&root, error))?;
    let mut reader = Reader::new(limits, facts, progress, visitor);
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
    facts: bool,
    progress: &dyn Progress,
    visitor: &mut dyn Visitor,
) -> Result<LayerTree, ImageError> {
    let metadata = std::fs::metadata(path).map_err(|error| ImageError::io(path, error))?;
    let mut reader = Reader::new(limits, facts, progress, visitor);
    reader.entry(path, path.file_name().unwrap_or(OsStr::new("file")), &metadata);
    Ok(reader.builder.finish())
}

struct Reader<'a> {
    builder: Builder,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    visitor: &'a mut dyn Visitor,
    /// Set where the facts of files are wanted.
    facts: Option<FactsReader>,
    path: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn new(
        limits: &'a Limits,
        facts: bool,
        progress: &'a dyn Progress,
        visitor: &'a mut dyn Visitor,
    ) -> Self {
        Self {
            builder: Builder::new(limits),
            limits,
            progress,
            visitor,
            facts: facts.then(|| FactsReader::new(0)),
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
        if let Some(facts) = &mut self.facts {
            facts.see(&self.path);
        }
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
        let result = self.facts(&mut file, metadata.mtime());
        self.buffer.shrink_to(1 << 20);
        result
    }

    /// Makes the facts of the file whose first bytes are in the buffer.
    fn facts(&mut self, file: &mut File, mtime: i64) -> std::io::Result<()> {
        let Some(facts) = &mut self.facts else { return Ok(()) };
        let size = self.buffer.len() as u64;
        let member = Member { size, stored: size, mtime, ..Member::default() };
        match facts.start(&member) {
            Start::Same(index) => self.builder.share_facts(index),
            Start::Empty(empty) => {
                if let Some(index) = self.builder.add_facts(empty) {
                    facts.keep_empty(mtime, index);
                }
            }
            Start::TooSparse => {}
            Start::Coming => {
                let mut left = self.limits.layer_bytes;
                let mut digester = Digester::default();
                // The index is asked for at the end: a file that cannot be read has no facts.
                facts.open(0, &member);
                while !self.buffer.is_empty() {
                    left = left.saturating_sub(self.buffer.len() as u64);
                    if let Some(hash) = facts.hash() {
                        hash.update(&self.buffer);
                    }
                    facts.locate(0);
                    facts.data(&self.buffer);
                    digester.run(&self.buffer, &facts.take_pieces());
                    self.buffer.clear();
                    file.take(left.min(PIECE)).read_to_end(&mut self.buffer)?;
                    self.progress.bytes(self.buffer.len() as u64);
                }
                let found = facts.end();
                digester.run(&[], &facts.take_pieces());
                if let Some(index) = found.and_then(|(_, found)| self.builder.add_facts(found)) {
                    for digests in digester.finish() {
                        self.builder.set_digests(&Digests { index, ..digests });
                    }
                }
            }
        }
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
