//! Things that are hidden in an image, or that decide what it runs: what a person wants to be told of even where every
//! file is explained.
//!
//! Each detector is one file of this folder and one line of [`DETECTORS`].

use bomwright_model::{FileAccount, Finding};

use crate::world::World;

/// Looks for one kind of thing.
type Detector = fn(&World<'_>, &[FileAccount]) -> Vec<Finding>;

const DETECTORS: &[Detector] = &[];

/// What every detector finds.
pub(crate) fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    DETECTORS.iter().flat_map(|detector| detector(world, accounts)).collect()
}
