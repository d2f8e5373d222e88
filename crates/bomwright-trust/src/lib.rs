//! Who vouches for a package: the signer of its header, or an archive or index that the user holds.
//!
//! A manifest inside an image proves nothing by itself, because whoever changes a file can change its line as
//! well. Two things lie outside of the reach of whoever built the image: the private key of a distribution,
//! whose signature an rpm database keeps over every header ([`Keyring`]), and the archives and indexes of a
//! distribution, which the user has from elsewhere ([`Anchors`]).
//!
//! Nothing here decides what a result means for a file; it says what was verified, with which key, and where
//! that key came from. Nothing is unpacked, and no network is touched.

mod anchor;
mod ar;
mod compression;
mod deb;
mod error;
mod index;
mod key;
mod keyring;
mod release;
mod walk;

pub use anchor::{Anchors, Listing, Tier};
pub use deb::{AnchoredFile, AnchoredManifest};
pub use error::TrustError;
pub use key::{KeySource, Signer};
pub use keyring::{Added, Keyring, Outcome};
