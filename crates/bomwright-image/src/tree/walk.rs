//! Path lookup that follows symbolic links without ever leaving the root.

use super::NodeKind;
use super::slot::{Id, ROOT};
use super::store::Store;
use crate::path::components;

/// Symbolic links followed for one path, as in Linux.
const MAX_HOPS: u32 = 40;
/// Components walked for one path with all the links in it.
const MAX_COMPONENTS: usize = 4096;

/// A path that is being walked: where it is, and what is left, with the targets of links spliced in.
pub(super) struct Walk {
    /// The directory reached.
    pub(super) at: Id,
    /// What is left, last component first.
    left: Vec<Vec<u8>>,
    hops: u32,
    taken: usize,
}

/// Why a walk stops.
pub(super) enum Step {
    /// At its end, which is a directory.
    Arrived,
    /// At something that is missing or no directory. The walk goes on if the caller moves `at`.
    NoDirectory { name: Vec<u8>, child: Option<Id> },
    /// Too many links or components.
    TooFar,
}

impl Walk {
    /// A walk along `path` from the directory `start`.
    pub(super) fn new(start: Id, path: &[u8]) -> Self {
        let mut walk = Self { at: start, left: Vec::new(), hops: 0, taken: 0 };
        walk.splice(path);
        walk
    }

    /// Nothing of the path is left.
    pub(super) fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// Goes on as far as there are directories and links to them; each component costs one of `budget`.
    pub(super) fn advance(&mut self, tree: &Store, budget: &mut u64) -> Step {
        while let Some(name) = self.left.pop() {
            self.taken += 1;
            if self.taken > MAX_COMPONENTS || *budget == 0 {
                return Step::TooFar;
            }
            *budget -= 1;
            match name.as_slice() {
                b"." => continue,
                b".." => {
                    self.at = tree.get(self.at).map_or(ROOT, |slot| slot.parent);
                    continue;
                }
                _ => {}
            }
            let child = tree.find(self.at, &name);
            let slot = child.and_then(|child| tree.get(child));
            match (child, slot) {
                (Some(child), Some(slot)) if slot.kind == NodeKind::Directory => self.at = child,
                (_, Some(slot)) if slot.kind == NodeKind::Symlink => {
                    self.hops += 1;
                    if self.hops > MAX_HOPS {
                        return Step::TooFar;
                    }
                    self.splice(tree.link(slot).unwrap_or_default());
                }
                _ => return Step::NoDirectory { name, child },
            }
        }
        Step::Arrived
    }

    fn splice(&mut self, path: &[u8]) {
        if path.first() == Some(&b'/') {
            self.at = ROOT;
        }
        let start = self.left.len();
        // What cannot be walked anyway need not be kept.
        self.left.extend(components(path).take(MAX_COMPONENTS + 1).map(<[u8]>::to_vec));
        if let Some(new) = self.left.get_mut(start..) {
            new.reverse();
        }
    }
}
