//! The members of an outer archive, by name. Only headers are read; data is passed over.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Blob;
use crate::path::normalise;
use crate::tar::{BLOCK, Member, MemberKind, Parser, Remark, Sink};
use crate::{ImageError, Limits};

/// Links followed from one member to another.
const MAX_HOPS: usize = 8;

/// An open tar whose members are known.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    file: Arc<File>,
    members: HashMap<String, Place>,
}

/// Where a member's content is.
#[derive(Debug, Clone)]
enum Place {
    Range {
        offset: u64,
        size: u64,
    },
    /// Old archives link one layer to another of the same content.
    Link(String),
}

impl Archive {
    /// Reads all headers.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, ImageError> {
        let mut index = Index { members: HashMap::new(), limits };
        let file = walk(path, limits, &mut index, |_| true)?;
        Ok(Self { path: path.to_owned(), file: Arc::new(file), members: index.members })
    }

    /// The member with this name, links followed.
    pub(crate) fn blob(&self, name: &str) -> Option<Blob> {
        let mut place = self.members.get(name)?;
        for _ in 0..MAX_HOPS {
            match place {
                Place::Range { offset, size } => {
                    return Some(Blob::part(&self.path, &self.file, *offset, *size));
                }
                Place::Link(target) => place = self.members.get(target)?,
            }
        }
        None
    }
}

/// What the names in a tar say about what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArchiveKind {
    Docker,
    Oci,
    Other,
}

/// Recognises the tar at `path` by its first members' names; an error where it is no tar.
pub(crate) fn recognise(path: &Path, limits: &Limits) -> Result<ArchiveKind, ImageError> {
    let mut names = Names::default();
    // A root file system shows itself by names that no image archive has.
    walk(path, limits, &mut names, |names| names.foreign < 16 && !names.has_manifest)?;
    Ok(match names {
        Names { has_manifest: true, .. } => ArchiveKind::Docker,
        Names { has_layout: true, has_index: true, .. } => ArchiveKind::Oci,
        _ => ArchiveKind::Other,
    })
}

/// Whether the first header of a tar is that of an image archive; `None` where it is no header.
pub(crate) fn guess(block: &[u8]) -> Option<bool> {
    let mut names = Names::default();
    Parser::new(&Limits::default()).push(block, &mut names).ok()?;
    Some(names.members > 0 && names.foreign == 0)
}

/// Feeds all headers to `sink` while `goes_on` says so.
fn walk<S: Sink>(
    path: &Path,
    limits: &Limits,
    sink: &mut S,
    goes_on: impl Fn(&S) -> bool,
) -> Result<File, ImageError> {
    let failed = |error| ImageError::io(path, error);
    let tar_error = |source| ImageError::Tar { what: format!("the archive {}", path.display()), source };
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut parser = Parser::new(limits);
    let mut offset = 0;
    let mut blocks = 0_usize;
    while offset < length && !parser.has_ended() && goes_on(sink) {
        let mut block = [0; BLOCK];
        let count = file.read_at(&mut block, offset).map_err(failed)?;
        if count == 0 {
            break;
        }
        parser.push(block.get(..count).unwrap_or_default(), sink).map_err(tar_error)?;
        offset += count as u64;
        offset = offset.saturating_add(parser.skip(sink));
        blocks += 1;
        if blocks > limits.archive_members.saturating_mul(4) {
            let what = format!("the number of members of {}", path.display());
            return Err(ImageError::Limit { what, limit: limits.archive_members as u64 });
        }
    }
    if goes_on(sink) {
        parser.finish().map_err(tar_error)?;
        if offset.saturating_sub(length) >= BLOCK as u64 {
            return Err(tar_error(crate::TarError::Truncated));
        }
    }
    Ok(file)
}

/// Collects members.
struct Index<'a> {
    members: HashMap<String, Place>,
    limits: &'a Limits,
}

impl Index<'_> {
    fn name(&self, raw: &[u8]) -> Option<String> {
        let mut name = Vec::new();
        normalise(raw, self.limits, &mut name).ok()?;
        String::from_utf8(name).ok()
    }
}

impl Sink for Index<'_> {
    fn member(&mut self, member: &Member) {
        let Some(name) = self.name(&member.name) else { return };
        let place = match member.kind {
            MemberKind::File if member.sparse.is_none() => {
                Some(Place::Range { offset: member.data_offset, size: member.stored })
            }
            MemberKind::HardLink => self.name(&member.link).map(Place::Link),
            MemberKind::Symlink => {
                let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
                let target = [directory.as_bytes(), b"/", &member.link].concat();
                self.name(&target).map(Place::Link)
            }
            _ => None,
        };
        if let Some(place) = place {
            self.members.insert(name, place);
        }
    }

    fn data(&mut self, _: &[u8]) {}
    fn end(&mut self) {}
    fn remark(&mut self, _: Remark) {}
}

/// Collects what the names tell.
#[derive(Default)]
struct Names {
    has_manifest: bool,
    has_index: bool,
    has_layout: bool,
    members: usize,
    /// Members at or below names that are in no image archive.
    foreign: usize,
}

impl Sink for Names {
    fn member(&mut self, member: &Member) {
        let name = member.name.strip_prefix(b"./").unwrap_or(&member.name);
        // The root itself is in archives of both kinds.
        self.members += usize::from(!name.is_empty());
        let top = name.split(|&byte| byte == b'/').next().unwrap_or_default();
        let is_id = |name: &[u8]| name.len() >= 64 && name.iter().take(64).all(u8::is_ascii_hexdigit);
        match name {
            b"manifest.json" => self.has_manifest = true,
            b"index.json" => self.has_index = true,
            b"oci-layout" => self.has_layout = true,
            _ if is_id(top) || matches!(top, b"" | b"." | b"blobs" | b"repositories") => {}
            _ => self.foreign += 1,
        }
    }

    fn data(&mut self, _: &[u8]) {}
    fn end(&mut self) {}
    fn remark(&mut self, _: Remark) {}
}
