//! Pure rules that say where a package or a file came from, each with its reason.
//!
//! Vendor means that a distribution published it; upstream, that a third party or an open-source project
//! did; in-house needs **positive** evidence: the team's own policy, a package marked private, an
//! installation from a directory of the build. That something is local, or that nothing else fits, is no
//! evidence: then the verdict is `unknown`, or `upstream` as a guess that says so. What contradicts itself
//! becomes a [`bomwright_model::Finding`].
//!
//! [`classify`] judges packages and the listed executables of any inventory; [`account`] judges every file of a tree
//! whose bytes were read, and finds what is hidden in it.

mod account;
pub mod base;
mod conclude;
mod declare;
mod facts;
mod generated;
mod hidden;
mod hints;
mod host;
pub mod instruction;
pub mod lifecycle;
mod policy;
mod rules;
mod world;

pub use account::account;
pub use conclude::conclude;
pub use declare::declare;
pub use facts::{Facts, IndexTier, Listing, ListingFact, PackageFacts, SignatureFact};
pub use generated::rules as generated_rules;
pub use hidden::detectors;
pub use host::{AppArmor, Effective, Fips, Ground, Host, Kernel, Module, Selinux, host};
pub use policy::{
    Allowance, Allowed, Glob, InHouse, Part, Place, Policy, PolicyError, Proposal, Proposals, Publisher,
    template,
};
pub use rules::{Judge, classify, rules};
pub use world::{Backing, Claim, TreeFacts};
