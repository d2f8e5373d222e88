//! What one layer says: its entries in the order of its tar, its whiteouts, its diagnostics.

use bomwright_model::{Code, Diagnostic};
use serde::{Deserialize, Serialize};

use super::NodeKind;
use super::slot::{Flags, Id, Owner, ROOT, Slot};
use super::store::{Full, Store};
use crate::diagnostics::{Diagnostics, lossy};
use crate::facts::Digests;
use crate::path::{components, split};
use crate::{FileFacts, Limits};

/// One layer's entries and whiteouts, in a form small enough to keep for every layer and to cache.
///
/// It depends on the layer's bytes and the [`Limits`] alone, not on the image or the layers below.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LayerTree {
    pub(super) store: Store,
    /// No path occurs twice, nothing lies below a link or file, and there are no whiteouts: as a bottom layer
    /// it is the merged tree already.
    pub(super) is_plain: bool,
    diagnostics: Vec<Diagnostic>,
}

impl LayerTree {
    /// What could not be read or was brought into order. The layer is not set: the same layer may be at
    /// another place in another image.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many entries the layer has, each path counted once; whiteouts and implied directories not counted.
    pub fn len(&self) -> usize {
        let counts = |slot: &&Slot| slot.flags.has(Flags::EXPLICIT) && !slot.flags.has(Flags::DEAD);
        self.store.slots.iter().skip(1).filter(counts).count()
    }

    /// Whether it has no entries; it may have whiteouts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that it takes, as allocated.
    pub fn heap_bytes(&self) -> usize {
        self.store.heap_bytes()
    }

    /// Paths that the layer hides in the layers below, as written, sorted: `dir/name` for a whiteout and
    /// `dir/` for everything in an opaque directory.
    pub fn whiteouts(&self) -> Vec<String> {
        let mut list = Vec::new();
        for id in std::iter::once(ROOT).chain(self.store.ids()) {
            let Some(slot) = self.store.get(id) else { continue };
            if slot.flags.has(Flags::WHITEOUT) {
                list.push(lossy(&self.store.path(id)));
            }
            if slot.flags.has(Flags::OPAQUE) {
                list.push(lossy(&self.store.path(id)) + "/");
            }
        }
        list.sort_unstable();
        list
    }

    pub(super) fn into_parts(self) -> (Store, Vec<Diagnostic>) {
        (self.store, self.diagnostics)
    }
}

/// What an entry says besides its path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meta<'a> {
    pub(crate) kind: NodeKind,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    /// The target of a symbolic link, as written.
    pub(crate) link: Option<&'a [u8]>,
}

/// A file that a hard link points to.
pub(crate) struct Target<'a> {
    /// Its slot.
    id: Id,
    /// The path at which its content is.
    pub(crate) path: Vec<u8>,
    /// What it says of itself.
    pub(crate) meta: Meta<'a>,
}

/// Makes a [`LayerTree`] from entries in the order of the tar. Paths are normalised.
#[derive(Debug)]
pub(crate) struct Builder {
    tree: LayerTree,
    pub(crate) diagnostics: Diagnostics,
    /// The directory of the last entry: most entries follow one of the same directory.
    last: (Vec<u8>, Id),
    /// The slot of the last entry.
    newest: Id,
    is_full: bool,
}

impl Builder {
    pub(crate) fn new(limits: &Limits) -> Self {
        let store = Store::new(limits.entries, limits.name_bytes);
        Self {
            tree: LayerTree { store, is_plain: true, diagnostics: Vec::new() },
            diagnostics: Diagnostics::new(limits.diagnostics),
            last: (Vec::new(), ROOT),
            newest: ROOT,
            is_full: false,
        }
    }

    /// Adds an entry; false where there is no more room.
    pub(crate) fn entry(&mut self, path: &[u8], meta: &Meta<'_>) -> bool {
        let result = self.try_entry(path, meta, Flags::EXPLICIT);
        self.check(result)
    }

    /// Adds a hard link to `target`, whose path is normalised. The metadata is the target's where the layer
    /// has it already, else the merge finds it in the layers below.
    pub(crate) fn hard_link(&mut self, path: &[u8], target: &[u8]) -> bool {
        let result = self.try_hard_link(path, target);
        self.check(result)
    }

    /// Hides `path` in the layers below.
    pub(crate) fn whiteout(&mut self, path: &[u8]) -> bool {
        self.mark(path, Flags::WHITEOUT)
    }

    /// Hides what the layers below have in the directory `path`.
    pub(crate) fn opaque(&mut self, path: &[u8]) -> bool {
        self.mark(path, Flags::OPAQUE)
    }

    /// Sets the capabilities of the last entry; false where there is no more room.
    pub(crate) fn capability(&mut self, bytes: &[u8]) -> bool {
        let result = self.tree.store.set_capability(self.newest, Some(bytes));
        self.check(result)
    }

    /// Adds facts for the last entry; returns their index.
    pub(crate) fn add_facts(&mut self, facts: FileFacts) -> Option<u32> {
        let index = self.tree.store.beside.add(facts)?;
        self.tree.store.beside.set_index(self.newest, Some(index));
        Some(index)
    }

    /// Gives the last entry the facts at `index`.
    pub(crate) fn share_facts(&mut self, index: u32) {
        self.tree.store.beside.set_index(self.newest, Some(index));
    }

    /// Writes facts to an index, but for MD5 and SHA-1.
    pub(crate) fn set_facts(&mut self, index: u32, facts: FileFacts) {
        if let Some(place) = self.tree.store.beside.facts_mut(index) {
            *place = facts;
        }
    }

    /// Writes MD5 and SHA-1 to where they belong.
    pub(crate) fn set_digests(&mut self, digests: &Digests) {
        if let Some(place) = self.tree.store.beside.facts_mut(digests.index) {
            (place.md5, place.sha1) = (digests.md5, digests.sha1);
        }
    }

    fn find(&self, path: &[u8]) -> Option<Id> {
        components(path).try_fold(ROOT, |at, name| self.tree.store.find(at, name))
    }

    /// The file of this layer that a hard link to `path` would have the content of.
    pub(crate) fn target(&self, path: &[u8]) -> Option<Target<'_>> {
        let store = &self.tree.store;
        let id = self.find(path)?;
        let slot = store.get(id).filter(|slot| slot.flags.has(Flags::EXPLICIT))?;
        let owner = store.owner(slot);
        let hard_link = store.link(slot).filter(|_| slot.flags.has(Flags::HARD_LINK));
        let meta = Meta {
            kind: slot.kind,
            size: slot.size,
            mode: owner.mode.into(),
            uid: owner.uid,
            gid: owner.gid,
            link: store.link(slot).filter(|_| slot.kind == NodeKind::Symlink),
        };
        Some(Target { id, path: hard_link.unwrap_or(path).to_vec(), meta })
    }

    pub(crate) fn finish(mut self) -> LayerTree {
        self.tree.store.shrink();
        self.tree.diagnostics = self.diagnostics.into_list();
        self.tree
    }

    fn check(&mut self, result: Result<(), Full>) -> bool {
        if result.is_err() && !self.is_full {
            self.is_full = true;
            let message = "the layer has more entries or longer names than the limit; the rest was not read";
            self.diagnostics.add(|| Diagnostic::new(Code::LimitExceeded, message));
        }
        result.is_ok()
    }

    fn try_entry(&mut self, path: &[u8], meta: &Meta<'_>, flags: Flags) -> Result<(), Full> {
        if path.is_empty() && meta.kind != NodeKind::Directory {
            // The root is a directory, whatever an entry claims.
            return Ok(());
        }
        let id = self.place(path, meta.kind)?;
        self.newest = id;
        let mode = u16::try_from(meta.mode & 0o7777).unwrap_or_default();
        self.tree.store.set_owner(id, Owner { mode, uid: meta.uid, gid: meta.gid })?;
        self.tree.store.set_link(id, meta.link)?;
        if let Some(slot) = self.tree.store.get_mut(id) {
            slot.kind = meta.kind;
            slot.size = meta.size;
            slot.flags.set(flags);
        }
        Ok(())
    }

    fn try_hard_link(&mut self, path: &[u8], target: &[u8]) -> Result<(), Full> {
        let mut flags = Flags::EXPLICIT;
        flags.set(Flags::HARD_LINK);
        let unknown = Meta { kind: NodeKind::File, size: 0, mode: 0, uid: 0, gid: 0, link: Some(target) };
        let found = self.target(target).filter(|found| found.meta.kind != NodeKind::Directory);
        let Some(found) = found else {
            self.tree.is_plain = false;
            return self.try_entry(path, &unknown, flags);
        };
        let (symlink, target) = (found.meta.link.map(<[u8]>::to_vec), found.id);
        let meta = Meta { link: None, ..found.meta };
        let link = symlink.unwrap_or(found.path);
        self.try_entry(path, &Meta { link: Some(&link), ..meta }, flags)?;
        self.tree.store.share(target, self.newest);
        Ok(())
    }

    fn mark(&mut self, path: &[u8], flag: Flags) -> bool {
        self.tree.is_plain = false;
        let (directory, name) = split(path);
        let result = self.directory(directory).and_then(|parent| {
            let id = if name.is_empty() {
                ROOT
            } else if let Some(id) = self.tree.store.find(parent, name) {
                id
            } else {
                self.tree.store.add(parent, name, NodeKind::Directory)?
            };
            if let Some(slot) = self.tree.store.get_mut(id) {
                slot.flags.set(flag);
            }
            Ok(())
        });
        self.check(result)
    }

    /// The slot for an entry of this kind: a new one, unless one can be updated in place.
    fn place(&mut self, path: &[u8], kind: NodeKind) -> Result<Id, Full> {
        let (directory, name) = split(path);
        if name.is_empty() {
            return Ok(ROOT);
        }
        let parent = self.directory(directory)?;
        let Some(id) = self.tree.store.find(parent, name) else {
            return self.tree.store.add(parent, name, kind);
        };
        let Some(&Slot { kind: old, flags, .. }) = self.tree.store.get(id) else { return Err(Full) };
        if flags.has(Flags::EXPLICIT) {
            self.diagnostics.at(Code::DuplicateEntry, path, "the layer has this path more than once");
        }
        if kind == NodeKind::Directory && old == NodeKind::Directory {
            return Ok(id);
        }
        // The order of the tar is the order of the slots, so the later entry gets a slot of its own. Replaying
        // both gives what unpacking gives, whatever lies below either.
        self.tree.is_plain = false;
        self.last = (Vec::new(), ROOT);
        self.tree.store.kill(id);
        self.tree.store.add(parent, name, kind)
    }

    /// The slot of a directory, with slots for it and all above it where there are none.
    fn directory(&mut self, path: &[u8]) -> Result<Id, Full> {
        if self.last.0 == path {
            return Ok(self.last.1);
        }
        let mut at = ROOT;
        for name in components(path) {
            at = match self.tree.store.find(at, name) {
                Some(id) => id,
                None => self.tree.store.add(at, name, NodeKind::Directory)?,
            };
            self.tree.is_plain &=
                self.tree.store.get(at).is_some_and(|slot| slot.kind == NodeKind::Directory);
        }
        self.last.0.clear();
        self.last.0.extend_from_slice(path);
        self.last.1 = at;
        Ok(at)
    }
}
