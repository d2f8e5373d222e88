//! Applies one layer to the tree of the layers below it, the way a container runtime unpacks it.
//!
//! First the whiteouts, which act on lower layers only (OCI image-spec v1.1, layer.md, "Whiteouts"), then the
//! entries in the order of the tar. A parent directory that is a symbolic link is followed inside the root;
//! one that is missing is made.

use bomwright_model::{Code, Diagnostic, LayerId};

use super::NodeKind;
use super::merged::Aliases;
use super::slot::{Flags, Id, Owner, ROOT, Slot};
use super::store::{Full, Store};
use super::walk::{Step, Walk};
use crate::Limits;
use crate::diagnostics::{Diagnostics, lossy};
use crate::path::split;

/// The directory that a directory of the layer became.
#[derive(Clone, Copy)]
struct Landing {
    directory: Id,
    /// When it was looked up; links and directories may be replaced later.
    epoch: u32,
    /// No symbolic link was followed on the way.
    is_direct: bool,
}

/// Why an entry has no place.
enum Lost {
    Full,
    /// Too many symbolic links.
    Loop,
    /// Only when nothing may be created.
    Absent,
}

impl From<Full> for Lost {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

/// The tree so far, and the layer that is being applied to it.
pub(super) struct Replay<'a> {
    pub(super) tree: &'a mut Store,
    pub(super) aliases: &'a mut Aliases,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Steps that all lookups through links may still take together.
    pub(super) budget: &'a mut u64,
    pub(super) limits: &'a Limits,
    layer: u16,
    store: &'a Store,
    /// What must be added to the indexes of the layer's facts; `None` where the tree has no room for them.
    facts_offset: Option<u32>,
    landings: Vec<Option<Landing>>,
    epoch: u32,
    is_full: bool,
}

/// What a hard link shares with its target.
struct Shared {
    slot: Slot,
    owner: Owner,
    /// Where the content is, or where the link leads.
    text: Vec<u8>,
    /// The target's slot in the tree, if it is there.
    target: Option<Id>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        tree: &'a mut Store,
        aliases: &'a mut Aliases,
        diagnostics: &'a mut Diagnostics,
        budget: &'a mut u64,
        limits: &'a Limits,
        (layer, store): (u16, &'a Store),
    ) -> Self {
        let landings = vec![None; store.slots.len()];
        let facts_offset = tree.beside.append(&store.beside);
        let (epoch, is_full) = (0, false);
        Self {
            tree,
            aliases,
            diagnostics,
            budget,
            limits,
            layer,
            store,
            facts_offset,
            landings,
            epoch,
            is_full,
        }
    }

    /// Applies everything.
    pub(super) fn run(mut self) {
        for id in std::iter::once(ROOT).chain(self.store.ids()) {
            self.whiteout(id);
        }
        self.epoch += 1;
        let root = self.store.get(ROOT).filter(|root| root.flags.has(Flags::EXPLICIT));
        if let Some(Err(lost)) = root.map(|root| self.describe(ROOT, ROOT, root)) {
            self.report(ROOT, &lost);
        }
        for id in self.store.ids() {
            let Some(slot) = self.store.get(id).filter(|slot| slot.flags.has(Flags::EXPLICIT)) else {
                continue;
            };
            if let Err(lost) = self.entry(id, slot) {
                self.report(id, &lost);
            }
            if self.is_full {
                return;
            }
        }
    }

    fn report(&mut self, id: Id, lost: &Lost) {
        let path = self.store.path(id);
        match lost {
            Lost::Loop => {
                let message = "too many symbolic links on the way to its directory";
                self.note(Code::InconsistentImage, &path, message);
            }
            Lost::Absent => self.note(Code::DanglingLink, &path, "the hard link names no earlier file"),
            Lost::Full => {
                self.is_full = true;
                let message = "the merged tree has more paths or longer names than the limit";
                let layer = LayerId(self.layer.into());
                self.diagnostics.add(|| Diagnostic::new(Code::LimitExceeded, message).in_layer(layer));
            }
        }
    }

    fn note(&mut self, code: Code, path: &[u8], message: &str) {
        let layer = LayerId(self.layer.into());
        self.diagnostics.add(|| Diagnostic::new(code, message).at(lossy(path)).in_layer(layer));
    }

    /// Hides what the layers below have at or below a path.
    fn whiteout(&mut self, id: Id) {
        let Some(slot) = self.store.get(id) else { return };
        if slot.flags.has(Flags::WHITEOUT)
            && id != ROOT
            && let Ok(parent) = self.landing(slot.parent, false)
            && let Some(hidden) = self.tree.find(parent, self.store.name(id))
        {
            self.remove(hidden);
        }
        if slot.flags.has(Flags::OPAQUE)
            && let Ok(directory) = self.landing(id, false)
        {
            self.empty(directory);
        }
    }

    /// Hides everything in a directory.
    fn empty(&mut self, directory: Id) {
        self.epoch += 1;
        let Some(&old) = self.tree.get(directory) else { return };
        if directory == ROOT {
            for id in self.tree.ids() {
                if self.tree.get(id).is_some_and(|slot| slot.parent == ROOT && !slot.flags.has(Flags::DEAD)) {
                    self.tree.kill(id);
                }
            }
            return;
        }
        // A new slot for the directory leaves all children with the dead one.
        let (name, owner) = (self.tree.name(directory).to_vec(), self.tree.owner(&old));
        let introduced = self.tree.introduced(directory);
        self.tree.kill(directory);
        if let Ok(new) = self.tree.add(old.parent, &name, NodeKind::Directory) {
            let _ = self.tree.set_owner(new, owner);
            if let Some(slot) = self.tree.get_mut(new) {
                (slot.layer, slot.content_layer) = (old.layer, old.content_layer);
            }
            self.tree.keep_introduced(new, introduced);
        }
    }

    /// Applies one entry.
    fn entry(&mut self, id: Id, slot: &Slot) -> Result<(), Lost> {
        let parent = self.landing(slot.parent, true)?;
        let name = self.store.name(id);
        let content = if slot.flags.has(Flags::HARD_LINK) { Some(self.link_target(slot)?) } else { None };
        let place = self.place(parent, name, slot.kind, id)?;
        match content {
            Some(target) => Ok(self.link(place, &target)?),
            None => self.describe(place, id, slot),
        }
    }

    /// Copies metadata from the layer's slot `id`.
    fn describe(&mut self, place: Id, id: Id, slot: &Slot) -> Result<(), Lost> {
        self.tree.set_owner(place, self.store.owner(slot))?;
        self.tree.set_link(place, self.store.link(slot))?;
        self.tree.set_capability(place, self.store.capability(id))?;
        let facts = self.store.beside.index(id).zip(self.facts_offset);
        self.tree.beside.set_index(place, facts.and_then(|(index, offset)| index.checked_add(offset)));
        let layer = self.layer;
        if let Some(target) = self.tree.get_mut(place) {
            target.kind = slot.kind;
            target.size = slot.size;
            target.flags = slot.flags;
            (target.layer, target.content_layer) = (layer, layer);
        }
        Ok(())
    }

    /// What a hard link of the layer shares: a copy of the target's slot, and where the content is.
    fn link_target(&mut self, slot: &Slot) -> Result<Shared, Lost> {
        let text = self.store.link(slot).unwrap_or_default().to_vec();
        if slot.kind == NodeKind::Symlink {
            // Another name of a symbolic link of this layer: the text is the link's own target.
            let mut slot = *slot;
            slot.content_layer = self.layer;
            return Ok(Shared { slot, owner: self.store.owner(&slot), text, target: None });
        }
        let (directory, name) = split(&text);
        let start = self.walk(ROOT, directory, false)?;
        let target = if name.is_empty() { None } else { self.tree.find(start, name) };
        let target = target.and_then(|target| self.tree.get(target).copied().map(|slot| (target, slot)));
        let Some((target, found)) = target.filter(|(_, found)| found.kind != NodeKind::Directory) else {
            return Err(Lost::Absent);
        };
        let text = match self.tree.link(&found) {
            Some(text) => text.to_vec(),
            None if found.layer == self.layer => text,
            None => self.tree.path(target),
        };
        Ok(Shared { slot: found, owner: self.tree.owner(&found), text, target: Some(target) })
    }

    fn link(&mut self, place: Id, shared: &Shared) -> Result<(), Full> {
        self.tree.set_owner(place, shared.owner)?;
        self.tree.set_link(place, Some(&shared.text))?;
        if let Some(target) = shared.target {
            self.tree.share(target, place);
        } else {
            self.tree.beside.set_index(place, None);
            self.tree.beside.set_capability(place, None);
        }
        let layer = self.layer;
        if let Some(slot) = self.tree.get_mut(place) {
            slot.kind = shared.slot.kind;
            slot.size = shared.slot.size;
            slot.flags.set(Flags::HARD_LINK);
            slot.layer = layer;
            slot.content_layer = shared.slot.content_layer;
        }
        Ok(())
    }

    /// The slot that an entry of this kind is written to; what it replaces is gone.
    fn place(&mut self, parent: Id, name: &[u8], kind: NodeKind, id: Id) -> Result<Id, Full> {
        let Some(existing) = self.tree.find(parent, name) else { return self.tree.add(parent, name, kind) };
        let Some(&old) = self.tree.get(existing) else { return Err(Full) };
        let keeps_children = kind == NodeKind::Directory && old.kind == NodeKind::Directory;
        if !keeps_children && old.layer == self.layer && old.flags.has(Flags::EXPLICIT) && self.is_alias(id) {
            let path = self.store.path(id);
            self.note(Code::DuplicateEntry, &path, "the layer writes this file under another path too");
        }
        if keeps_children || (kind != NodeKind::Directory && old.kind != NodeKind::Directory) {
            self.epoch += u32::from(old.kind == NodeKind::Symlink);
            if old.layer != self.layer {
                self.tree.keep_introduced(existing, old.layer);
            }
            return Ok(existing);
        }
        self.remove(existing);
        self.tree.add(parent, name, kind)
    }

    fn is_alias(&self, id: Id) -> bool {
        let parent = self.store.get(id).map_or(ROOT, |slot| slot.parent);
        self.landings.get(parent as usize).copied().flatten().is_some_and(|landing| !landing.is_direct)
    }

    fn remove(&mut self, id: Id) {
        if self.tree.get(id).is_some_and(|slot| matches!(slot.kind, NodeKind::Directory | NodeKind::Symlink))
        {
            self.epoch += 1;
        }
        self.tree.kill(id);
    }

    /// The directory in the tree into which the children of the layer's slot `id` go.
    fn landing(&mut self, id: Id, create: bool) -> Result<Id, Lost> {
        let mut chain = Vec::new();
        let mut at = id;
        let mut landing = loop {
            if at == ROOT {
                break Landing { directory: ROOT, epoch: self.epoch, is_direct: true };
            }
            match self.landings.get(at as usize).copied().flatten() {
                Some(known) if known.epoch == self.epoch => break known,
                _ => chain.push(at),
            }
            at = self.store.get(at).map_or(ROOT, |slot| slot.parent);
        };
        while let Some(id) = chain.pop() {
            let name = self.store.name(id);
            let directory = match self.tree.find(landing.directory, name) {
                Some(child) if self.kind(child) == NodeKind::Directory => child,
                _ => {
                    let directory = self.walk(landing.directory, name, create)?;
                    let is_child = self.tree.find(landing.directory, name) == Some(directory);
                    landing.is_direct &= is_child;
                    directory
                }
            };
            landing.directory = directory;
            landing.epoch = self.epoch;
            if let Some(slot) = self.landings.get_mut(id as usize) {
                *slot = Some(landing);
            }
            if create && !landing.is_direct {
                let path = self.store.path(id);
                if !self.aliases.add(self.layer, path, directory, self.limits.name_bytes) {
                    return Err(Lost::Full);
                }
            }
        }
        Ok(landing.directory)
    }

    fn kind(&self, id: Id) -> NodeKind {
        self.tree.get(id).map_or(NodeKind::Directory, |slot| slot.kind)
    }

    /// The directory at `path` from `start`, links followed inside the root; missing ones are made if `create`.
    fn walk(&mut self, start: Id, path: &[u8], create: bool) -> Result<Id, Lost> {
        let mut walk = Walk::new(start, path);
        loop {
            match walk.advance(self.tree, self.budget) {
                Step::Arrived => return Ok(walk.at),
                Step::TooFar => return Err(Lost::Loop),
                Step::NoDirectory { .. } if !create => return Err(Lost::Absent),
                Step::NoDirectory { name, child } => {
                    if let Some(child) = child {
                        let path = self.tree.path(child);
                        self.note(
                            Code::InconsistentImage,
                            &path,
                            "a file in place of a directory was replaced",
                        );
                        self.remove(child);
                    }
                    walk.at = self.imply(walk.at, &name)?;
                }
            }
        }
    }

    /// Makes a directory that the layer has no entry for.
    fn imply(&mut self, parent: Id, name: &[u8]) -> Result<Id, Full> {
        let id = self.tree.add(parent, name, NodeKind::Directory)?;
        let layer = self.layer;
        if let Some(slot) = self.tree.get_mut(id) {
            (slot.layer, slot.content_layer) = (layer, layer);
        }
        Ok(id)
    }
}
