//! Trees of millions of paths in little memory.
//!
//! A path is a node with a parent and one component (a trie), so that no path is ever stored whole:
//! [`store::Store`]. [`LayerTree`] is what one layer says, in the order of its tar and with its whiteouts;
//! [`merge()`] applies layers to each other and gives the [`MergedTree`], what a container would see.

mod beside;
mod layer;
mod merge;
mod merged;
mod replay;
mod slot;
mod store;
#[cfg(test)]
mod tests;
mod walk;

pub use layer::LayerTree;
pub(crate) use layer::{Builder, Meta};
pub use merge::merge;
pub use merged::{MergedTree, Node, NodeKind};
