//! The fixed-size parts of a tree.

use serde::{Deserialize, Serialize};

use super::NodeKind;

/// Index of a slot.
pub(super) type Id = u32;
/// The root directory.
pub(super) const ROOT: Id = 0;
/// No text.
pub(super) const NONE: u32 = u32::MAX;

/// One path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) parent: Id,
    /// Where the name starts in the arena.
    pub(super) name: u32,
    pub(super) name_length: u16,
    pub(super) kind: NodeKind,
    pub(super) flags: Flags,
    /// Index of the permissions and owner.
    pub(super) owner: u32,
    /// Where the target of a symbolic link or the content's path of a hard link is in the arena.
    pub(super) link: u32,
    /// Bytes of the content.
    pub(super) size: u64,
    /// The layer that wrote it; 0 in the tree of one layer.
    pub(super) layer: u16,
    /// The layer that holds its content.
    pub(super) content_layer: u16,
}

/// What is known about a slot besides its entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flags(u8);

impl Slot {
    /// A slot without metadata.
    pub(super) fn new(parent: Id, name: u32, name_length: u16, kind: NodeKind) -> Self {
        Self {
            parent,
            name,
            name_length,
            kind,
            flags: Flags::default(),
            owner: 0,
            link: NONE,
            size: 0,
            layer: 0,
            content_layer: 0,
        }
    }
}

impl Flags {
    /// The layer has an entry for it; else it is there for its children or its whiteout.
    pub(super) const EXPLICIT: Self = Self(1);
    /// A whiteout hides what lower layers have here.
    pub(super) const WHITEOUT: Self = Self(2);
    /// An opaque whiteout hides what lower layers have below.
    pub(super) const OPAQUE: Self = Self(4);
    /// It shares the content of another path.
    pub(super) const HARD_LINK: Self = Self(8);
    /// It was removed or replaced.
    pub(super) const DEAD: Self = Self(16);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn set(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Permissions and owner; few distinct ones exist in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) mode: u16,
    pub(super) uid: u64,
    pub(super) gid: u64,
}

impl Owner {
    /// Of directories that no layer has an entry for, as container runtimes create them.
    pub(super) const IMPLIED: Self = Self { mode: 0o755, uid: 0, gid: 0 };
}
