//! The nodes of a tree: one vector of fixed-size slots, one arena of names, one index.
//!
//! About 40 bytes a path where names are short. Nodes are only ever appended and a parent always comes before
//! its children; what goes away is marked dead and taken out of the index, and with it everything below,
//! because nothing can be reached through it any more.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::NodeKind;
use super::beside::Beside;
use super::slot::{Flags, Id, NONE, Owner, ROOT, Slot};

/// The limit that stopped a tree from growing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// All slots of a tree.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) slots: Vec<Slot>,
    arena: Vec<u8>,
    owners: Vec<Owner>,
    pub(super) beside: Beside,
    /// For slots that a later layer wrote again, the layer that made them. Only in merged trees.
    introduced: HashMap<Id, u16>,
    index: HashTable<Id>,
    owner_index: HashTable<u32>,
    state: RandomState,
    max_slots: usize,
    max_arena: usize,
}

impl Store {
    /// A tree that has only a root and may grow to `max_slots` paths and `max_arena` bytes of names.
    pub(super) fn new(max_slots: usize, max_arena: usize) -> Self {
        let root = Slot::new(ROOT, 0, 0, NodeKind::Directory);
        let mut store = Self::from_parts(vec![root], Vec::new(), vec![Owner::IMPLIED], Beside::default());
        store.limit(max_slots, max_arena);
        store
    }

    fn from_parts(slots: Vec<Slot>, arena: Vec<u8>, owners: Vec<Owner>, beside: Beside) -> Self {
        Self {
            slots,
            arena,
            owners,
            beside,
            introduced: HashMap::new(),
            index: HashTable::new(),
            owner_index: HashTable::new(),
            state: RandomState::default(),
            max_slots: usize::MAX,
            max_arena: usize::MAX,
        }
    }

    /// Sets how far the tree may grow from now on.
    pub(super) fn limit(&mut self, max_slots: usize, max_arena: usize) {
        // Ids and offsets are 32 bits wide, and one value means "none".
        self.max_slots = max_slots.saturating_add(1).min(1 << 31);
        self.max_arena = max_arena.min(u32::MAX as usize - 1);
    }

    /// Ids of all slots but the root, parents before children.
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        1..Id::try_from(self.slots.len()).unwrap_or(Id::MAX)
    }

    pub(super) fn get(&self, id: Id) -> Option<&Slot> {
        self.slots.get(id as usize)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Slot> {
        self.slots.get_mut(id as usize)
    }

    /// The last component of the path.
    pub(super) fn name(&self, id: Id) -> &[u8] {
        self.get(id).map_or(&[], |slot| self.slice(slot.name, usize::from(slot.name_length)))
    }

    /// The text that the slot's link points to.
    pub(super) fn link(&self, slot: &Slot) -> Option<&[u8]> {
        if slot.link == NONE { None } else { self.text(slot.link) }
    }

    /// The capabilities of a program, as its extended attribute holds them.
    pub(super) fn capability(&self, id: Id) -> Option<&[u8]> {
        self.text(self.beside.capability(id)?)
    }

    /// Sets or clears the capabilities of a slot.
    pub(super) fn set_capability(&mut self, id: Id, bytes: Option<&[u8]>) -> Result<(), Full> {
        let start = bytes.map(|bytes| self.keep_text(bytes)).transpose()?;
        self.beside.set_capability(id, start);
        Ok(())
    }

    /// Gives a slot the facts and capabilities of another, whose content it shares.
    pub(super) fn share(&mut self, from: Id, to: Id) {
        self.beside.set_index(to, self.beside.index(from));
        self.beside.set_capability(to, self.beside.capability(from));
    }

    pub(super) fn owner(&self, slot: &Slot) -> Owner {
        self.owners.get(slot.owner as usize).copied().unwrap_or(Owner::IMPLIED)
    }

    /// The whole path, without a leading slash.
    pub(super) fn path(&self, id: Id) -> Vec<u8> {
        let mut chain = Vec::new();
        let mut at = id;
        while at != ROOT {
            chain.push(at);
            at = self.get(at).map_or(ROOT, |slot| slot.parent);
        }
        let mut path = Vec::new();
        for &id in chain.iter().rev() {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(self.name(id));
        }
        path
    }

    /// The child of `parent` that has this name.
    pub(super) fn find(&self, parent: Id, name: &[u8]) -> Option<Id> {
        let found = self.index.find(self.hash(parent, name), |&id| self.is(id, parent, name));
        found.copied()
    }

    /// Appends a slot and makes it the one that `find` finds.
    pub(super) fn add(&mut self, parent: Id, name: &[u8], kind: NodeKind) -> Result<Id, Full> {
        if self.slots.len() >= self.max_slots {
            return Err(Full);
        }
        let start = self.keep(name)?;
        let id = Id::try_from(self.slots.len()).map_err(|_| Full)?;
        let length = u16::try_from(name.len()).map_err(|_| Full)?;
        self.slots.push(Slot::new(parent, start, length, kind));
        self.index(id);
        Ok(id)
    }

    /// Marks the slot dead: it and everything below can no longer be found.
    pub(super) fn kill(&mut self, id: Id) {
        let Some(slot) = self.slots.get_mut(id as usize) else { return };
        slot.flags.set(Flags::DEAD);
        let hash = self.hash(self.get(id).map_or(ROOT, |slot| slot.parent), self.name(id));
        if let Ok(found) = self.index.find_entry(hash, |&other| other == id) {
            found.remove();
        }
    }

    /// The layer since which the slot has been there.
    pub(super) fn introduced(&self, id: Id) -> u16 {
        let own = || self.get(id).map_or(0, |slot| slot.layer);
        self.introduced.get(&id).copied().unwrap_or_else(own)
    }

    /// Says since which layer the slot has been there, before another layer writes it; what was said first stays.
    pub(super) fn keep_introduced(&mut self, id: Id, layer: u16) {
        self.introduced.entry(id).or_insert(layer);
    }

    /// Sets permissions and owner of a slot.
    pub(super) fn set_owner(&mut self, id: Id, owner: Owner) -> Result<(), Full> {
        let index = self.intern(owner)?;
        if let Some(slot) = self.get_mut(id) {
            slot.owner = index;
        }
        Ok(())
    }

    /// Sets or clears the text that a slot's link points to.
    pub(super) fn set_link(&mut self, id: Id, target: Option<&[u8]>) -> Result<(), Full> {
        let link = target.map_or(Ok(NONE), |target| self.keep_text(target))?;
        if let Some(slot) = self.get_mut(id) {
            slot.link = link;
        }
        Ok(())
    }

    /// Makes the index anew from the slots; the last of several with the same path wins.
    pub(super) fn reindex(&mut self) {
        self.index = HashTable::with_capacity(self.slots.len());
        for id in self.ids() {
            if self.get(id).is_some_and(|slot| !slot.flags.has(Flags::DEAD)) {
                self.index(id);
            }
        }
        self.owner_index = HashTable::new();
        for index in 0..u32::try_from(self.owners.len()).unwrap_or(u32::MAX) {
            self.index_owner(index);
        }
    }

    /// Bytes of memory that the tree takes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.beside.heap_bytes()
            + self.introduced.capacity() * 8 / 7 * (size_of::<(Id, u16)>() + 1)
            + self.slots.capacity() * size_of::<Slot>()
            + self.arena.capacity()
            + self.owners.capacity() * size_of::<Owner>()
            + (self.index.capacity() + self.owner_index.capacity()) * 8 / 7 * (size_of::<Id>() + 1)
    }

    /// Gives back memory that was reserved for growth.
    pub(super) fn shrink(&mut self) {
        self.slots.shrink_to_fit();
        self.arena.shrink_to_fit();
        self.owners.shrink_to_fit();
        self.beside.shrink();
        self.introduced.shrink_to_fit();
    }

    fn slice(&self, start: u32, length: usize) -> &[u8] {
        let start = start as usize;
        self.arena.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<u32, Full> {
        if self.arena.len().saturating_add(bytes.len()) > self.max_arena {
            return Err(Full);
        }
        let start = u32::try_from(self.arena.len()).map_err(|_| Full)?;
        self.arena.extend_from_slice(bytes);
        Ok(start)
    }

    /// Keeps a text with its length.
    fn keep_text(&mut self, text: &[u8]) -> Result<u32, Full> {
        let length = u16::try_from(text.len()).map_err(|_| Full)?;
        let start = self.keep(&length.to_le_bytes())?;
        self.keep(text)?;
        Ok(start)
    }

    /// A text that was kept with its length.
    fn text(&self, start: u32) -> Option<&[u8]> {
        let length = self.slice(start, 2).first_chunk::<2>()?;
        Some(self.slice(start.checked_add(2)?, usize::from(u16::from_le_bytes(*length))))
    }

    fn intern(&mut self, owner: Owner) -> Result<u32, Full> {
        if self.owner_index.is_empty() {
            self.index_owner(0);
        }
        let hash = self.state.hash_one(owner);
        if let Some(&index) =
            self.owner_index.find(hash, |&index| self.owners.get(index as usize) == Some(&owner))
        {
            return Ok(index);
        }
        let index = u32::try_from(self.owners.len()).map_err(|_| Full)?;
        self.owners.push(owner);
        self.index_owner(index);
        Ok(index)
    }

    fn index_owner(&mut self, index: u32) {
        let (owners, state) = (&self.owners, &self.state);
        let hash =
            |&index: &u32| state.hash_one(owners.get(index as usize).copied().unwrap_or(Owner::IMPLIED));
        self.owner_index.insert_unique(hash(&index), index, hash);
    }

    /// Makes `id` the slot that is found under its path.
    fn index(&mut self, id: Id) {
        let (parent, name) = (self.get(id).map_or(ROOT, |slot| slot.parent), self.name(id));
        let hash = self.hash(parent, name);
        let Self { index, slots, arena, state, .. } = self;
        let view = |id: Id| view(slots, arena, id);
        let wanted = view(id);
        if let Some(existing) = index.find_mut(hash, |&other| view(other) == wanted) {
            *existing = id;
            return;
        }
        index.insert_unique(hash, id, |&other| state.hash_one(view(other)));
    }

    fn is(&self, id: Id, parent: Id, name: &[u8]) -> bool {
        view(&self.slots, &self.arena, id) == (parent, name)
    }

    fn hash(&self, parent: Id, name: &[u8]) -> u64 {
        self.state.hash_one((parent, name))
    }
}

/// What identifies a slot: its parent and name.
fn view<'a>(slots: &[Slot], arena: &'a [u8], id: Id) -> (Id, &'a [u8]) {
    slots.get(id as usize).map_or((ROOT, &[]), |slot| {
        let start = slot.name as usize;
        (slot.parent, arena.get(start..start + usize::from(slot.name_length)).unwrap_or_default())
    })
}

/// A store as it is kept in a cache: without the indexes.
#[derive(Deserialize)]
#[serde(rename = "Store")]
struct Stored {
    slots: Vec<Slot>,
    arena: Vec<u8>,
    owners: Vec<Owner>,
    beside: Beside,
}

impl Serialize for Store {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Store")]
        struct Borrowed<'a> {
            slots: &'a [Slot],
            arena: &'a [u8],
            owners: &'a [Owner],
            beside: &'a Beside,
        }
        let Self { slots, arena, owners, beside, .. } = self;
        Borrowed { slots, arena, owners, beside }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Store {
    /// Checks what the rest of this module relies on: a root, and parents before their children. Everything
    /// else that could be wrong in a damaged cache reads as empty. The index is made by `reindex`.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let well_formed = stored.slots.first().is_some_and(|root| root.parent == ROOT)
            && stored.slots.iter().zip(0..).skip(1).all(|(slot, id)| slot.parent < id);
        if !well_formed || stored.owners.is_empty() {
            return Err(serde::de::Error::custom("a slot comes before its parent"));
        }
        Ok(Self::from_parts(stored.slots, stored.arena, stored.owners, stored.beside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_until_they_die() {
        let mut store = Store::new(10, 100);
        let usr = store.add(ROOT, b"usr", NodeKind::Directory).unwrap();
        let bin = store.add(usr, b"bin", NodeKind::Directory).unwrap();
        assert_eq!(store.find(usr, b"bin"), Some(bin));
        assert_eq!(store.find(ROOT, b"bin"), None);
        assert_eq!(store.path(bin), b"usr/bin");
        store.kill(bin);
        assert_eq!(store.find(usr, b"bin"), None);
        let again = store.add(usr, b"bin", NodeKind::File).unwrap();
        assert_eq!(store.find(usr, b"bin"), Some(again));
    }

    #[test]
    fn growth_is_bounded() {
        let mut store = Store::new(2, 5);
        store.add(ROOT, b"abc", NodeKind::File).unwrap();
        assert_eq!(store.add(ROOT, b"abcd", NodeKind::File), Err(Full), "names");
        store.add(ROOT, b"x", NodeKind::File).unwrap();
        assert_eq!(store.add(ROOT, b"y", NodeKind::File), Err(Full), "slots");
    }

    #[test]
    fn owners_and_links_are_kept() {
        let mut store = Store::new(10, 100);
        let owner = Owner { mode: 0o4755, uid: 1, gid: 2 };
        for name in [&b"a"[..], b"b"] {
            let id = store.add(ROOT, name, NodeKind::Symlink).unwrap();
            store.set_owner(id, owner).unwrap();
            store.set_link(id, Some(b"target")).unwrap();
            let slot = *store.get(id).unwrap();
            assert_eq!((store.owner(&slot), store.link(&slot)), (owner, Some(&b"target"[..])));
        }
        assert_eq!(store.owners.len(), 2, "one for the root, one for both");
    }

    #[test]
    fn a_damaged_cache_is_refused() {
        let mut store = Store::new(10, 100);
        let a = store.add(ROOT, b"a", NodeKind::Directory).unwrap();
        store.add(a, b"b", NodeKind::File).unwrap();
        let good = serde_json::to_string(&store).unwrap();
        let mut copy: Store = serde_json::from_str(&good).unwrap();
        copy.reindex();
        assert_eq!(copy.find(a, b"b"), store.find(a, b"b"));
        let bad = good.replace("\"parent\":1", "\"parent\":2");
        assert_ne!(good, bad);
        assert!(serde_json::from_str::<Store>(&bad).is_err());
    }
}
