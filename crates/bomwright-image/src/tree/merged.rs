//! What a container started from the image would see.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use bomwright_model::{Diagnostic, LayerId};
use serde::{Deserialize, Serialize};

use super::slot::{Flags, Id, ROOT, Slot};
use super::store::Store;
use super::walk::{Step, Walk};
use crate::FileFacts;
use crate::path::{components, split};

/// The merged file system of all layers. Paths have no leading slash; the root is the empty path.
///
/// Names that are no UTF-8 are given with replacement characters and can be looked up that way; of several
/// names that look the same then, the first in the order of the layers is found.
#[derive(Debug)]
pub struct MergedTree {
    store: Store,
    aliases: Aliases,
    /// Slots whose names are no UTF-8, by parent and readable form.
    odd_names: HashMap<(Id, String), Id>,
    len: usize,
    /// Living slots in the order of iteration, made when first needed.
    order: OnceLock<Vec<Visit>>,
    diagnostics: Vec<Diagnostic>,
}

/// The kinds of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NodeKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// A socket; only in directories, never in archives.
    Socket,
}

/// What `lstat` would say of a path, and which layer wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    /// What it is.
    pub kind: NodeKind,
    /// Permission bits (07777).
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of a file's content.
    pub size: u64,
    /// Where a symbolic link leads, as written.
    pub link_target: Option<Cow<'a, str>>,
    /// The layer that wrote it; for directories the topmost that has an entry for it.
    pub layer: LayerId,
    /// The layer since which the path has been there without a gap. What was deleted and made again, and what was a
    /// directory before and is none now, or the other way round, is new.
    pub introduced: LayerId,
    /// For a hard link, the path and layer of the entry that holds its content; both as the tar has them.
    pub hard_link: Option<(LayerId, Cow<'a, str>)>,
    /// The capabilities of a program, as the extended attribute `security.capability` holds them (no more than
    /// its first 64 bytes). Not read from directories of the host.
    pub capabilities: Option<&'a [u8]>,
    /// What is known of a regular file's content, if all layers were [read](crate::Reading) with facts.
    pub facts: Option<&'a FileFacts>,
}

/// Directories that a layer writes through symbolic links, and where they are.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    map: HashMap<(u16, Vec<u8>), Id>,
    bytes: usize,
}

impl Aliases {
    /// Remembers one; false where all of them together have more bytes than `limit`.
    pub(super) fn add(&mut self, layer: u16, path: Vec<u8>, directory: Id, limit: usize) -> bool {
        let size = path.len();
        if self.bytes.saturating_add(size) > limit {
            return false;
        }
        if self.map.insert((layer, path), directory).is_none() {
            self.bytes += size;
        }
        true
    }
}

/// One step of the iteration.
#[derive(Debug, Clone, Copy)]
struct Visit {
    id: Id,
    /// The node itself, or all that is below it.
    is_subtree: bool,
}

impl MergedTree {
    pub(super) fn new(mut store: Store, aliases: Aliases, diagnostics: Vec<Diagnostic>) -> Self {
        store.shrink();
        let mut odd_names = HashMap::new();
        let mut len = 0;
        for id in store.ids() {
            let Some(&Slot { parent, flags, .. }) = store.get(id) else { continue };
            let parent_is_dead = store.get(parent).is_some_and(|slot| slot.flags.has(Flags::DEAD));
            if flags.has(Flags::DEAD) || parent_is_dead {
                // So that one look at a slot says whether it is alive.
                if let Some(slot) = store.get_mut(id) {
                    slot.flags.set(Flags::DEAD);
                }
                continue;
            }
            len += 1;
            if let Cow::Owned(readable) = String::from_utf8_lossy(store.name(id)) {
                odd_names.entry((parent, readable)).or_insert(id);
            }
        }
        Self { store, aliases, odd_names, len, order: OnceLock::new(), diagnostics }
    }

    /// How many paths there are, the root not counted.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What was found in the layers and while merging them, sorted, with their layers.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Bytes of memory that the tree takes, without the order of [`MergedTree::iter`].
    pub fn heap_bytes(&self) -> usize {
        self.store.heap_bytes()
    }

    /// What is at `path`; symbolic links are not followed, neither at its end nor on the way.
    pub fn get(&self, path: &str) -> Option<Node<'_>> {
        self.node(self.find(path.as_bytes())?)
    }

    /// The path of the existing node to which `path` leads, symbolic links followed as `open` would in a
    /// container: inside the root, at most 40 of them. A leading slash is allowed.
    pub fn resolve(&self, path: &str) -> Option<String> {
        // The common case has no links and needs no allocation on the way.
        if let Some(id) = self.find(path.as_bytes())
            && self.store.get(id).is_some_and(|slot| slot.kind != NodeKind::Symlink)
        {
            return Some(self.path(id));
        }
        let mut walk = Walk::new(ROOT, path.as_bytes());
        let mut budget = u64::MAX;
        loop {
            match walk.advance(&self.store, &mut budget) {
                Step::Arrived => return Some(self.path(walk.at)),
                Step::NoDirectory { child: Some(child), .. } if walk.is_over() => {
                    return Some(self.path(child));
                }
                Step::NoDirectory { name, child: None } => {
                    // A readable form of a name that is no UTF-8.
                    let child = self.child(walk.at, &name)?;
                    match self.store.get(child)?.kind {
                        NodeKind::Directory => walk.at = child,
                        _ if walk.is_over() => return Some(self.path(child)),
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    /// Where the entry that `layer` has at `path` is, if it was not overwritten or hidden by a later layer (or
    /// by a later entry under another path). Its directories may have been reached through symbolic links of
    /// the layers below.
    pub fn landed(&self, layer: LayerId, path: &str) -> Option<String> {
        let number = u16::try_from(layer.0).ok()?;
        let (directory, name) = split(path.as_bytes());
        let alias = || self.aliases.map.get(&(number, directory.to_vec())).copied();
        let aliased = if self.aliases.map.is_empty() { None } else { alias() };
        let directory = match aliased {
            Some(id) => id,
            None => self.find(directory)?,
        };
        let id = if name.is_empty() { ROOT } else { self.child(directory, name)? };
        let slot = self.store.get(id).filter(|slot| !slot.flags.has(Flags::DEAD))?;
        (slot.layer == number && !self.is_dead(directory)).then(|| self.path(id))
    }

    /// Every path with its node, sorted by the bytes of the path.
    pub fn iter(&self) -> impl Iterator<Item = (String, Node<'_>)> {
        Iter { tree: self, stack: vec![self.visits_below(ROOT)], path: Vec::new(), ends: vec![0] }
    }

    fn is_dead(&self, id: Id) -> bool {
        self.store.get(id).is_none_or(|slot| slot.flags.has(Flags::DEAD))
    }

    /// The slot at `path`, no links followed.
    fn find(&self, path: &[u8]) -> Option<Id> {
        components(path).try_fold(ROOT, |at, name| self.child(at, name))
    }

    fn child(&self, parent: Id, name: &[u8]) -> Option<Id> {
        self.store.find(parent, name).or_else(|| {
            let readable = str::from_utf8(name).ok().filter(|name| name.contains('\u{FFFD}'))?;
            self.odd_names.get(&(parent, readable.to_owned())).copied()
        })
    }

    fn path(&self, id: Id) -> String {
        lossy(&self.store.path(id)).into_owned()
    }

    fn node(&self, id: Id) -> Option<Node<'_>> {
        let slot = self.store.get(id)?;
        let owner = self.store.owner(slot);
        let text = self.store.link(slot).map(lossy);
        let is_hard_link = slot.kind != NodeKind::Symlink && slot.flags.has(Flags::HARD_LINK);
        let (link_target, hard_link) = if is_hard_link { (None, text) } else { (text, None) };
        Some(Node {
            kind: slot.kind,
            mode: owner.mode.into(),
            uid: owner.uid,
            gid: owner.gid,
            size: slot.size,
            link_target,
            layer: LayerId(slot.layer.into()),
            introduced: LayerId(self.store.introduced(id).into()),
            hard_link: hard_link.map(|path| (LayerId(slot.content_layer.into()), path)),
            capabilities: self.store.capability(id),
            facts: self.store.beside.facts(id),
        })
    }

    /// The visits below a directory: a range of the order.
    fn visits_below(&self, id: Id) -> std::slice::Iter<'_, Visit> {
        let parent = |visit: &Visit| self.store.get(visit.id).map_or(ROOT, |slot| slot.parent);
        let order = self.order.get_or_init(|| self.make_order());
        let start = order.partition_point(|visit| parent(visit) < id);
        let rest = order.get(start..).unwrap_or_default();
        let end = rest.partition_point(|visit| parent(visit) <= id);
        rest.get(..end).unwrap_or_default().iter()
    }

    /// Two visits for each directory that has children, one for everything else, sorted by parent and then
    /// by what a path through them continues with: a directory's children come under its name and a slash.
    fn make_order(&self) -> Vec<Visit> {
        let mut has_children = vec![false; self.store.slots.len()];
        let living = || self.store.ids().filter(|&id| !self.is_dead(id));
        for id in living() {
            let parent = self.store.get(id).map_or(ROOT, |slot| slot.parent);
            if let Some(flag) = has_children.get_mut(parent as usize) {
                *flag = true;
            }
        }
        let mut order = Vec::with_capacity(self.len);
        for id in living() {
            order.push(Visit { id, is_subtree: false });
            if has_children.get(id as usize) == Some(&true) {
                order.push(Visit { id, is_subtree: true });
            }
        }
        order.sort_unstable_by(|a, b| {
            let parent = |visit: &Visit| self.store.get(visit.id).map_or(ROOT, |slot| slot.parent);
            let key = |visit: &Visit| {
                self.store.name(visit.id).iter().copied().chain(visit.is_subtree.then_some(b'/'))
            };
            parent(a).cmp(&parent(b)).then_with(|| key(a).cmp(key(b)))
        });
        order
    }
}

/// Walks the order depth first.
struct Iter<'a> {
    tree: &'a MergedTree,
    stack: Vec<std::slice::Iter<'a, Visit>>,
    path: Vec<u8>,
    /// The length of the path at each level of the stack.
    ends: Vec<usize>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (String, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(visit) = self.stack.last_mut()?.next() else {
                self.stack.pop();
                self.ends.pop();
                continue;
            };
            self.path.truncate(self.ends.last().copied().unwrap_or_default());
            if !self.path.is_empty() {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(self.tree.store.name(visit.id));
            if visit.is_subtree {
                self.stack.push(self.tree.visits_below(visit.id));
                self.ends.push(self.path.len());
            } else if let Some(node) = self.tree.node(visit.id) {
                return Some((lossy(&self.path).into_owned(), node));
            }
        }
    }
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
