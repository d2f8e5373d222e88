//! Things that are hidden in an image, or that decide what it runs: what a person wants to be told of even where every
//! file is explained.
//!
//! Each detector is one file of this folder and one line of [`DETECTORS`]. It sees the whole tree and the verdict on
//! each path, never a byte of a file, and takes time in proportion to the number of paths.

mod capabilities;
mod coverage;
mod dark;
mod data_bit;
mod database_files;
mod database_missing;
mod environment;
mod gem_metadata;
mod loader;
mod manifest_link;
mod node_metadata;
mod note;
mod packed;
mod persistence;
mod place;
mod python_metadata;
mod python_startup;
mod secrets;
mod seen;
mod setuid;
mod shadowing;
mod shell_override;
mod stanza;
#[cfg(test)]
pub(crate) mod testing;
mod world_writable;

use bomwright_model::{FileAccount, Finding};

pub(crate) use self::dark::UNOWNED;

use crate::world::World;

/// Looks for one kind of thing.
pub(crate) struct Detector {
    /// The ids of the findings that it makes, each with what it means.
    rules: &'static [(&'static str, &'static str)],
    find: fn(&World<'_>, &[FileAccount]) -> Vec<Finding>,
}

#[rustfmt::skip]
const DETECTORS: &[Detector] = &[
    dark::DETECTOR,
    data_bit::DETECTOR,
    setuid::DETECTOR,
    capabilities::DETECTOR,
    world_writable::DETECTOR,
    packed::DETECTOR,
    shadowing::DETECTOR,
    loader::DETECTOR,
    environment::DETECTOR,
    python_startup::DETECTOR,
    shell_override::DETECTOR,
    persistence::DETECTOR,
    database_missing::DETECTOR,
    database_files::DETECTOR,
    stanza::DETECTOR,
    manifest_link::DETECTOR,
    python_metadata::DETECTOR,
    node_metadata::DETECTOR,
    gem_metadata::DETECTOR,
    note::DETECTOR,
    secrets::DETECTOR,
    coverage::DETECTOR,
];

/// What every detector finds. `accounts` are sorted by path.
pub(crate) fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    DETECTORS.iter().flat_map(|detector| (detector.find)(world, accounts)).collect()
}

/// Every rule that looks for hidden things: the id of its findings, and what it means; for help and documentation.
pub fn detectors() -> impl Iterator<Item = (&'static str, &'static str)> {
    DETECTORS.iter().flat_map(|detector| detector.rules.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::testing::{Scene, elf};
    use super::*;

    #[test]
    fn ids_are_unique_and_explained() {
        let ids: BTreeSet<_> = detectors().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), detectors().count());
        for (id, about) in detectors() {
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
            assert!(about.len() > 20 && !about.ends_with('.'), "{id}: {about}");
        }
    }

    #[test]
    fn a_clean_image_has_no_findings() {
        let mut scene = Scene::new();
        let coreutils = scene.package("deb", "coreutils");
        scene.own(coreutils, elf("usr/bin/ls"));
        scene.own(coreutils, elf("usr/bin/true"));
        let (_, findings) = scene.account();
        assert_eq!(findings, []);
    }

    #[test]
    fn findings_reach_the_account() {
        let mut scene = Scene::new();
        let openssl = scene.package("deb", "openssl");
        scene.own(openssl, elf("usr/bin/openssl"));
        scene.add(elf("tmp/x"));
        let (_, findings) = scene.account();
        let rules: Vec<_> = findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["executable-in-temporary-directory"]);
    }
}
