//! Images and forges made by hand, for the end-to-end tests in `it/`.
//!
//! Images are written with the `tar` crate and from the OCI image specification, and forges answer as the
//! documentation of their APIs says; nothing here uses bomwright's own code, so that a misreading of a
//! specification can't hide in both.

mod forge;
mod http;
mod image;
mod layer;

pub use forge::{Action, Comment, Fault, Flavour, Forge, Me, State};
pub use http::Seen;
pub use image::{Compression, Image};
pub use layer::Layer;
