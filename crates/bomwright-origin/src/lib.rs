//! Pure rules that say where a package or a file came from, each with its reason.
//!
//! Vendor means that a distribution's package database lists it; upstream, that a language's package
//! manager installed it; in-house needs **positive** evidence: the team's own policy, a package marked
//! private, an installation from a directory of the build. That something is local, or that nothing else
//! fits, is no evidence: then the verdict is `unknown`, which is a finding.
//!
//! [`classify`] judges packages and the listed executables of any inventory; [`account`] judges every file of a tree
//! whose bytes were read, and finds what is hidden in it.

mod account;
mod generated;
mod hidden;
mod policy;
mod rules;
mod world;

pub use account::account;
pub use hidden::detectors;
pub use policy::{Policy, PolicyError};
pub use rules::{classify, rules};
pub use world::{Backing, Claim, Facts};
