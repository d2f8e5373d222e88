//! File formats that more than one ecosystem, or more than one file of an ecosystem, is written in.

pub mod go_buildinfo;
pub mod jar_identity;
pub mod jar_manifest;
pub mod jar_name;
pub mod java_archive;
pub mod pom;
pub mod zip_archive;
