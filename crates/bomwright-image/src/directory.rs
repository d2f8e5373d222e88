//! Directories and single files of the host, presented as a layer.
//!
//! Links are not followed, other file systems are not entered, and nothing but regular files is opened.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use walkdir::WalkDir;

use crate::presenter::{About, Presenter};
use crate::tree::Meta;
use crate::{ImageError, LayerTree, Limits, NodeKind, Progress, Visitor};

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
    let mut to = Presenter::new(limits, facts, progress, visitor);
    let walk = WalkDir::new(&root).same_file_system(true).sort_by_file_name().min_depth(1);
    for found in walk.max_depth(limits.path_depth) {
        match found {
            Err(error) => {
                let path = error.path().and_then(|path| path.strip_prefix(&root).ok());
                to.unreadable(bytes(path.unwrap_or(Path::new(""))), &error.to_string());
            }
            Ok(found) => {
                let Ok(relative) = found.path().strip_prefix(&root) else { continue };
                match found.metadata() {
                    Ok(metadata) => entry(&mut to, found.path(), relative.as_os_str(), &metadata),
                    Err(error) => to.unreadable(bytes(relative), &error.to_string()),
                }
            }
        }
    }
    Ok(to.finish())
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
    let mut to = Presenter::new(limits, facts, progress, visitor);
    entry(&mut to, path, path.file_name().unwrap_or(OsStr::new("file")), &metadata);
    Ok(to.finish())
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

fn entry(to: &mut Presenter<'_>, place: &Path, relative: &OsStr, metadata: &Metadata) {
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
    let added = to.entry(relative.as_bytes(), &meta);
    if !added || kind != NodeKind::File {
        return;
    }
    if let Err(error) = file(to, place, metadata) {
        to.unreadable(relative.as_bytes(), &error.to_string());
    }
}

/// Shows a regular file to the visitor.
fn file(to: &mut Presenter<'_>, place: &Path, metadata: &Metadata) -> std::io::Result<()> {
    let mut file = File::open(place)?;
    let opened = file.metadata()?;
    if (opened.dev(), opened.ino(), opened.is_file()) != (metadata.dev(), metadata.ino(), true) {
        return Err(std::io::Error::other("the file was replaced while it was read"));
    }
    let about = About {
        size: metadata.len(),
        mode: metadata.mode() & 0o7777,
        uid: metadata.uid().into(),
        gid: metadata.gid().into(),
        mtime: metadata.mtime(),
    };
    to.content(&mut file, &about)
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
