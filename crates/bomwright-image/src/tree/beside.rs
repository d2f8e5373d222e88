//! What few slots have, or only where it was asked for: apart from the slots, so that millions of them do not
//! pay for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::slot::{Id, NONE};
use crate::FileFacts;

/// Tables beside the slots.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Beside {
    facts: Vec<FileFacts>,
    /// For each slot the index of its facts; as long as it has to be. Hard links share theirs.
    facts_of: Vec<u32>,
    /// Where in the arena the capabilities of a slot are.
    capabilities: BTreeMap<Id, u32>,
}

impl Beside {
    /// The facts of a slot.
    pub(super) fn facts(&self, id: Id) -> Option<&FileFacts> {
        self.facts.get(self.index(id)? as usize)
    }

    /// Facts by their index.
    pub(super) fn facts_mut(&mut self, index: u32) -> Option<&mut FileFacts> {
        self.facts.get_mut(index as usize)
    }

    /// The index of a slot's facts.
    pub(super) fn index(&self, id: Id) -> Option<u32> {
        self.facts_of.get(id as usize).copied().filter(|&index| index != NONE)
    }

    /// Sets or clears the index of a slot's facts.
    pub(super) fn set_index(&mut self, id: Id, index: Option<u32>) {
        let at = id as usize;
        if index.is_some() && self.facts_of.len() <= at {
            self.facts_of.resize(at + 1, NONE);
        }
        if let Some(target) = self.facts_of.get_mut(at) {
            *target = index.unwrap_or(NONE);
        }
    }

    /// Adds facts; returns their index, or `None` where there are too many.
    pub(super) fn add(&mut self, facts: FileFacts) -> Option<u32> {
        let index = u32::try_from(self.facts.len()).ok().filter(|&index| index != NONE)?;
        self.facts.push(facts);
        Some(index)
    }

    /// Adds all facts of another; returns what must be added to its indexes, `None` where there are too many.
    pub(super) fn append(&mut self, other: &Self) -> Option<u32> {
        let offset = u32::try_from(self.facts.len()).ok()?;
        let end = self.facts.len().checked_add(other.facts.len())?;
        u32::try_from(end).ok().filter(|&end| end != NONE)?;
        self.facts.extend_from_slice(&other.facts);
        Some(offset)
    }

    /// Where in the arena a slot's capabilities are.
    pub(super) fn capability(&self, id: Id) -> Option<u32> {
        self.capabilities.get(&id).copied()
    }

    /// Sets or clears where a slot's capabilities are.
    pub(super) fn set_capability(&mut self, id: Id, start: Option<u32>) {
        match start {
            Some(start) => {
                self.capabilities.insert(id, start);
            }
            None => {
                self.capabilities.remove(&id);
            }
        }
    }

    pub(super) fn shrink(&mut self) {
        self.facts.shrink_to_fit();
        self.facts_of.shrink_to_fit();
    }

    /// Bytes of memory that the tables take.
    pub(super) fn heap_bytes(&self) -> usize {
        // A node of the map has room for eleven entries and is at least half full.
        let entry = 2 * size_of::<(Id, u32)>();
        self.facts.capacity() * size_of::<FileFacts>()
            + self.facts_of.capacity() * size_of::<u32>()
            + self.capabilities.len() * entry
    }
}
