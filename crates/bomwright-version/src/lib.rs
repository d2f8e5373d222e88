//! Version strings of each packaging scheme: parse and order.
//!
//! Whether a changed package went up or down depends on who wrote its version: `1.0~rc1` is older than `1.0` to
//! dpkg and no version at all to npm. Each scheme is one file that says whose rules it follows, and the tests
//! put the schemes next to the tools that own them.
//!
//! Two rules hold for every scheme:
//!
//! - A pair gets an answer only when both strings are versions of the scheme **and** the scheme's owner orders them
//!   consistently. Everything else is an error, so that a caller can say "changed" instead of guessing.
//! - Where there are answers they form a total preorder: reflexive, antisymmetric and transitive. Different strings
//!   may be equal in order (`1.0` and `1.0.0` in PEP 440).
//!
//! Numbers have no upper bound unless a scheme's owner sets one, work is linear in the input, nothing panics.

mod alpm;
mod apk;
mod composer;
mod deb;
mod gem;
mod generic;
mod golang;
#[cfg(test)]
mod laws;
mod maven;
mod npm;
mod nuget;
mod parts;
mod pep440;
mod rpm;
mod scheme;
mod semver;
mod syntax;

pub use parts::Distance;
pub use scheme::{Scheme, VersionError};
