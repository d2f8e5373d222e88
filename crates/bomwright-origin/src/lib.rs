//! Pure rules that say where a package or a file came from, each with its reason.
//!
//! Vendor means that a distribution's package database lists it; upstream, that a language's package
//! manager installed it; in-house needs **positive** evidence: the team's own policy, a package marked
//! private, an installation from a directory of the build. That something is local, or that nothing else
//! fits, is no evidence: then the verdict is `unknown`, which is a finding.

mod host;
mod policy;
mod rules;

pub use host::{AppArmor, Effective, Fips, Ground, Host, Kernel, Module, Selinux, host};
pub use policy::{Policy, PolicyError};
pub use rules::{classify, rules};
