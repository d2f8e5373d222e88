//! The trait Ecosystem, the registry, and one file for each ecosystem.
