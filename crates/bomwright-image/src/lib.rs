//! Image sources as verified layers, and the merged tree.
//!
//! [`open()`] reads a source's manifests; [`OpenImage::read_layer`] streams one layer past a [`Visitor`], checks
//! every digest on the way and gives a [`LayerTree`]; [`merge()`] puts the trees on top of each other.
//! Nothing is unpacked to disk, and memory does not grow with the size of the files.

mod codec;
mod consumer;
mod diagnostics;
mod directory;
mod error;
mod facts;
mod git;
mod hash;
mod layer;
mod layout;
mod limits;
mod memory;
mod open;
mod path;
mod platform;
mod presenter;
mod source;
mod stream;
mod tap;
mod tar;
#[cfg(test)]
mod testing;
mod tree;
mod visitor;

pub use error::ImageError;
pub use facts::{FileFacts, Head};
pub use limits::Limits;
pub use memory::read_tar;
pub use open::{OpenImage, Options, Reading, open};
pub use platform::{InvalidPlatform, Platform};
pub use source::SourceSpec;
pub use tar::TarError;
pub use tree::{LayerTree, MergedTree, Node, NodeKind, merge};
pub use visitor::{Entry, Progress, Take, Visitor};
