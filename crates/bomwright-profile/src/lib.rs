//! What a document must state to be accepted, and whether it does.
//!
//! [`check`] holds what a document states ([`bomwright_model::DocumentFacts`]) against a [`Profile`]: a list of
//! [`Requirement`]s, which are data ([`Profile::requirements`]). Nothing here reads a document or knows a format's syntax, so a
//! new profile is a new table.
//!
//! Stating that something is unknown is not the same as saying nothing, and where a profile takes the one for an answer, its
//! table says so.

mod check;
mod fix;
mod profile;
mod requirement;
mod tables;

pub use check::{Row, Score, check};
pub use fix::{declared_by, fix};
pub use profile::Profile;
pub use requirement::{Level, Requirement, Scope};
