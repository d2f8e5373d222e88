//! When lock files count.
//!
//! A lock file says what was asked for, not what is installed. In an image, or a root file system, what is
//! installed can be seen, and a lock file that was left there would only count things twice or name what never
//! got in. In the source tree of a project it is all there is. So lock files are read where the source is a
//! directory, a file or a git revision; they are left out again where that turns out to be a root file system;
//! and what is both locked and installed is one package.

use std::collections::HashMap;

use bomwright_ecosystems::{Ecosystem, Found};
use bomwright_image::OpenImage;
use bomwright_model::{Package, Purl};

use crate::assemble::{absorb, tidy};
use crate::layer::FileFindings;

/// Directories of what others made: their lock files are for their own development.
const OF_OTHERS: &[&str] = &[
    "node_modules",
    "bower_components",
    "site-packages",
    "dist-packages",
    "vendor",
    "gems",
    "fixtures",
    "__fixtures__",
    "testdata",
    "test-fixtures",
];

/// Whether lock files of `image` are worth reading.
pub(crate) fn are_wanted(image: &OpenImage) -> bool {
    !image.is_layered()
}

/// Whether a lock file in `directory` is that of somebody else's project, or of a test.
pub(crate) fn is_of_others(directory: &str) -> bool {
    directory.split('/').any(|part| OF_OTHERS.contains(&part))
}

/// Takes what lock files say out of `findings` where they are those of a root file system.
pub(crate) fn leave_out_of_roots(findings: &mut [Vec<FileFindings>], registry: &[&'static dyn Ecosystem]) {
    let is_installed = |file: &FileFindings| {
        let is_system = registry.get(file.ecosystem).is_some_and(|ecosystem| ecosystem.is_system());
        file.findings.distribution.is_some() || is_system && !file.findings.packages.is_empty()
    };
    if findings.iter().flatten().any(is_installed) {
        for layer in findings {
            layer.retain(|file| !registry.get(file.ecosystem).is_some_and(|it| is_lock(*it, &file.path)));
        }
    }
}

fn is_lock(ecosystem: &dyn Ecosystem, path: &str) -> bool {
    ecosystem.claims().iter().any(|claim| claim.is_lock && claim.matches(path, b""))
}

/// Makes one package of what is both locked and installed: a package that only lock files tell of, at no place
/// of its own, and the copies of it below the directory of a lock file. What the copies need, they say
/// themselves.
pub(crate) fn settle(packages: Vec<Found>, registry: &[&'static dyn Ecosystem]) -> Vec<Found> {
    let find = |name: &str| registry.iter().find(|it| it.name() == name).copied();
    let purl = |package: &Package| -> Option<Purl> { find(&package.ecosystem)?.purl(package, None) };
    let is_locked = |found: &Found| {
        let package = &found.package;
        let mut evidence = package.evidence.iter();
        package.location.is_none()
            && !package.evidence.is_empty()
            && evidence.all(|it| find(&it.parser).is_some_and(|ecosystem| is_lock(ecosystem, &it.path)))
    };
    let (locked, mut all): (Vec<_>, Vec<_>) = packages.into_iter().partition(is_locked);
    if locked.is_empty() {
        return all;
    }
    let mut copies: HashMap<Purl, Vec<usize>> = HashMap::new();
    for (index, found) in all.iter().enumerate().filter(|(_, found)| found.package.location.is_some()) {
        if let Some(purl) = purl(&found.package) {
            copies.entry(purl).or_default().push(index);
        }
    }
    for found in locked {
        let places = purl(&found.package).and_then(|purl| copies.get(&purl)).map_or(&[][..], Vec::as_slice);
        let mut is_installed = false;
        for &place in places {
            if let Some(copy) = all.get_mut(place).filter(|copy| is_beside(&found.package, &copy.package)) {
                is_installed = true;
                absorb(copy, Found { locked: Vec::new(), requires: Vec::new(), ..found.clone() });
                tidy(copy);
            }
        }
        if !is_installed {
            all.push(found);
        }
    }
    all.sort_by(crate::assemble::order);
    all
}

/// Whether `copy` lies below the directory of a lock file that tells of `locked`.
fn is_beside(locked: &Package, copy: &Package) -> bool {
    let location = copy.location.as_deref().unwrap_or_default();
    locked.evidence.iter().any(|evidence| {
        let (directory, _) = evidence.path.rsplit_once('/').unwrap_or_default();
        directory.is_empty() || location.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    })
}
