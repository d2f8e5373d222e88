//! Images made by hand, for the end-to-end tests in `it/`.
//!
//! Written with the `tar` crate and from the OCI image specification, not with bomwright's own code, so that
//! a misreading of the specification can't hide in both.

mod image;
mod layer;

pub use image::{Compression, Image};
pub use layer::Layer;
