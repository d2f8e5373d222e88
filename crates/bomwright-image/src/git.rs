//! The tree of a git revision, read from the object database and presented as a layer.
//!
//! Nothing is checked out, written or fetched, and no other program runs: the objects are read by `gix`, whose
//! configuration is the repository's own and nothing else. A revision is what gitrevisions(7) describes
//! (`HEAD~2`, `v1.2`, `origin/main`, a commit id); behind a colon may follow a path, as in `git show`.

use std::path::{Path, PathBuf};

use bomwright_model::Code;
use gix::bstr::BStr;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, Repository};

use crate::presenter::{About, Presenter};
use crate::tree::Meta;
use crate::{ImageError, LayerTree, Limits, NodeKind, Progress, Visitor};

/// Bytes of one tree object; one with 100 000 names has some 4 MiB.
const TREE_BYTES: u64 = 64 << 20;
/// The last second of the year 9999, the last that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

/// A revision that was found.
#[derive(Debug)]
pub(crate) struct Revision {
    /// The repository's own directory, `.git` in most cases.
    directory: PathBuf,
    /// What is read: a tree, or one blob with its name and mode.
    object: Object,
    /// The commit; `None` where the revision names a tree.
    pub(crate) commit: Option<String>,
    /// The commit's time, in seconds since 1970.
    seconds: i64,
}

#[derive(Debug)]
enum Object {
    Tree(ObjectId),
    Blob { id: ObjectId, kind: EntryKind, name: Vec<u8> },
}

/// Finds `text` (`REV[:PATH]`) in the repository that `directory` lies in.
pub(crate) fn find(directory: &Path, text: &str, limits: &Limits) -> Result<Revision, ImageError> {
    let shown = directory.canonicalize().map_err(|error| ImageError::io(directory, error))?;
    let repository =
        gix::discover_opts(directory, gix::discover::upwards::Options::default(), options(limits))
            .map_err(|error| ImageError::NoRepository { path: shown.clone(), reason: error.to_string() })?;
    let is_shallow = repository.is_shallow().unwrap_or_default();
    let (revision, path) = split(text);
    let unknown = |reason: String| ImageError::UnknownRevision {
        revision: revision.to_owned(),
        repository: shown.clone(),
        reason,
        is_shallow,
    };
    let missing = |what: String| ImageError::MissingObject { what, is_shallow };
    if revision.is_empty() {
        return Err(unknown("it is empty".to_owned()));
    }
    let id =
        repository.rev_parse_single(<&BStr>::from(revision)).map_err(|error| unknown(error.to_string()))?;
    let object = id.object().map_err(|_| missing(id.to_string()))?;
    let commit = object.clone().peel_to_commit().ok();
    let seconds = commit.as_ref().and_then(|commit| Some(commit.time().ok()?.seconds)).unwrap_or_default();
    let commit = commit.map(|commit| commit.id.to_string());
    let what = commit.clone().unwrap_or_else(|| id.to_string());
    let tree = object.peel_to_tree().map_err(|_| missing(format!("the tree of {what}")))?;
    let directory = repository.git_dir().to_owned();
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let object = match parts.last() {
        None => Object::Tree(tree.id),
        Some(name) => {
            let found = tree.lookup_entry(parts.iter().map(|part| part.as_bytes()));
            let entry = found.map_err(|_| missing(format!("a tree of '{path}'")))?.ok_or_else(|| {
                ImageError::NoSuchPath { revision: revision.to_owned(), path: path.to_owned() }
            })?;
            match entry.mode().kind() {
                EntryKind::Tree => Object::Tree(entry.object_id()),
                EntryKind::Commit => return Err(ImageError::Unsupported(format!("the submodule '{path}'"))),
                kind => Object::Blob { id: entry.object_id(), kind, name: name.as_bytes().to_vec() },
            }
        }
    };
    Ok(Revision { directory, object, commit, seconds })
}

/// The repository's own configuration counts and nothing else, and no object may take more memory than a file or a
/// tree.
fn options(limits: &Limits) -> gix::open::Options {
    let most = format!("gitoxide.objects.allocLimit={}", limits.captured_bytes.max(TREE_BYTES));
    gix::open::Options::isolated().config_overrides([most])
}

/// The revision and the path. Colons in braces belong to the revision: `HEAD^{/fix: x}`.
fn split(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or("")),
            _ => {}
        }
    }
    (text, "")
}

impl Revision {
    /// The commit's time in RFC 3339 and UTC.
    pub(crate) fn time(&self) -> Option<String> {
        self.commit.as_ref()?;
        let seconds = Some(self.seconds).filter(|seconds| (0..=LAST_SECOND).contains(seconds))?;
        let time = gix::date::Time::new(seconds, 0);
        let text = time.format(gix::date::time::format::ISO8601_STRICT).ok()?;
        Some(format!("{}Z", text.strip_suffix("+00:00")?))
    }

    /// Reads all of it, sorted by name as directories are.
    pub(crate) fn read(
        &self,
        limits: &Limits,
        facts: bool,
        progress: &dyn Progress,
        visitor: &mut dyn Visitor,
    ) -> Result<LayerTree, ImageError> {
        let repository = gix::open_opts(&self.directory, options(limits)).map_err(|error| {
            ImageError::NoRepository { path: self.directory.clone(), reason: error.to_string() }
        })?;
        let mut walk = Walk {
            is_shallow: repository.is_shallow().unwrap_or_default(),
            repository,
            limits,
            seconds: self.seconds,
            to: Presenter::new(limits, facts, progress, visitor),
            left: limits.layer_bytes,
        };
        let mut pending = match &self.object {
            Object::Tree(id) => walk.entries(*id, &[], 0)?,
            Object::Blob { id, kind, name } => {
                vec![Pending { path: name.clone(), id: *id, kind: *kind, depth: 1 }]
            }
        };
        // A tree that holds itself again and again ends with the room for entries.
        while let Some(next) = pending.pop().filter(|_| !walk.to.is_full()) {
            walk.entry(&next)?;
            if next.kind == EntryKind::Tree {
                pending.extend(walk.entries(next.id, &next.path, next.depth)?);
            }
        }
        Ok(walk.to.finish())
    }
}

/// An entry that is still to be looked at.
struct Pending {
    path: Vec<u8>,
    id: ObjectId,
    kind: EntryKind,
    depth: usize,
}

struct Walk<'a> {
    repository: Repository,
    is_shallow: bool,
    limits: &'a Limits,
    seconds: i64,
    to: Presenter<'a>,
    /// Bytes of all files that may still be read.
    left: u64,
}

impl Walk<'_> {
    /// The entries of a tree, the last by name first.
    fn entries(&mut self, id: ObjectId, path: &[u8], depth: usize) -> Result<Vec<Pending>, ImageError> {
        if depth >= self.limits.path_depth {
            self.to.note(
                Code::LimitExceeded,
                path,
                "the path has too many components; what is below was left out",
            );
            return Ok(Vec::new());
        }
        let size = self.size(id, "tree")?;
        if size > TREE_BYTES {
            let message = format!("the tree has more bytes than the limit of {TREE_BYTES}; it was not read");
            self.to.note(Code::LimitExceeded, path, &message);
            return Ok(Vec::new());
        }
        let object = self.repository.find_object(id).map_err(|_| self.missing("tree", id))?;
        let mut entries = Vec::new();
        for entry in gix::objs::TreeRefIter::from_bytes(&object.data, id.kind()) {
            let Ok(entry) = entry else {
                self.to.note(
                    Code::MalformedFile,
                    path,
                    "the tree object is malformed; the rest of it was not read",
                );
                break;
            };
            let name: &[u8] = entry.filename;
            if matches!(name, b"" | b"." | b"..") || name.contains(&b'/') {
                self.to.note(Code::PathEscape, path, "a name that no tree may hold; the entry was left out");
                continue;
            }
            let full = if path.is_empty() { name.to_vec() } else { [path, b"/", name].concat() };
            let id = entry.oid.to_owned();
            entries.push(Pending { path: full, id, kind: entry.mode.kind(), depth: depth + 1 });
        }
        entries.sort_by(|a, b| b.path.cmp(&a.path));
        Ok(entries)
    }

    fn entry(&mut self, entry: &Pending) -> Result<(), ImageError> {
        let Pending { path, id, kind, .. } = entry;
        let (node, mode) = match kind {
            EntryKind::Tree | EntryKind::Commit => (NodeKind::Directory, 0o755),
            EntryKind::Blob => (NodeKind::File, 0o644),
            EntryKind::BlobExecutable => (NodeKind::File, 0o755),
            EntryKind::Link => (NodeKind::Symlink, 0o777),
        };
        let mut meta = Meta { kind: node, size: 0, mode, uid: 0, gid: 0, link: None };
        match kind {
            EntryKind::Tree => {
                self.to.entry(path, &meta);
            }
            EntryKind::Commit => {
                self.to.entry(path, &meta);
                let message =
                    format!("a submodule at commit {id}; its files are in a repository of their own");
                self.to.note(Code::Unsupported, path, &message);
            }
            EntryKind::Link => {
                let size = self.size(*id, "symbolic link")?;
                if size > self.limits.path_bytes as u64 {
                    self.to.note(
                        Code::LimitExceeded,
                        path,
                        "the link's target is too long; the entry was left out",
                    );
                    return Ok(());
                }
                let target =
                    self.repository.find_object(*id).map_err(|_| self.missing("symbolic link", *id))?;
                meta.link = Some(&target.data);
                self.to.entry(path, &meta);
            }
            EntryKind::Blob | EntryKind::BlobExecutable => {
                meta.size = self.size(*id, "file")?;
                if self.to.entry(path, &meta) {
                    self.file(entry, meta.size, mode)?;
                }
            }
        }
        Ok(())
    }

    /// Shows a file to the visitor. An object is inflated as a whole, so a huge one is not even begun.
    fn file(&mut self, entry: &Pending, size: u64, mode: u32) -> Result<(), ImageError> {
        let limit = self.limits.captured_bytes.min(self.left);
        if size > limit {
            let message = format!("the file has more bytes than the limit of {limit}; it was not read");
            self.to.note(Code::LimitExceeded, &entry.path, &message);
            return Ok(());
        }
        self.left = self.left.saturating_sub(size);
        let object = self.repository.find_object(entry.id).map_err(|_| self.missing("file", entry.id))?;
        let about = About { size: object.data.len() as u64, mode, uid: 0, gid: 0, mtime: self.seconds };
        if let Err(error) = self.to.content(&mut object.data.as_slice(), &about) {
            self.to.unreadable(&entry.path, &error.to_string());
        }
        Ok(())
    }

    fn size(&self, id: ObjectId, what: &str) -> Result<u64, ImageError> {
        let header = self.repository.find_header(id);
        header.map(|header| header.size()).map_err(|_| self.missing(what, id))
    }

    fn missing(&self, what: &str, id: ObjectId) -> ImageError {
        ImageError::MissingObject { what: format!("the {what} {id}"), is_shallow: self.is_shallow }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_follows_the_first_colon_outside_of_braces() {
        // gitrevisions(7): `<rev>:<path>` and `<rev>^{/<text>}`.
        for (text, revision, path) in [
            ("main", "main", ""),
            ("main:web", "main", "web"),
            ("HEAD~2:a:b", "HEAD~2", "a:b"),
            ("HEAD^{/fix: x}:web/app", "HEAD^{/fix: x}", "web/app"),
            (":web", "", "web"),
        ] {
            assert_eq!(split(text), (revision, path), "{text}");
        }
    }
}
