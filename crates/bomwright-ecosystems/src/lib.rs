//! What each ecosystem leaves in an image, and how to read it.
//!
//! One ecosystem is one file of this folder, one line in [`registry`], and one folder of fixtures. It states
//! as data which files it wants ([`Ecosystem::claims`]), turns each into [`Findings`] without ever failing
//! ([`Ecosystem::read`]), and, once the whole image is known, says what leads to what
//! ([`Ecosystem::relate`]). It never opens a file, walks a tree or touches a network: the extractor does.

mod accounts;
mod alpm;
mod apk;
mod bundler;
mod bytecode;
mod cargo;
mod certificates;
mod claim;
mod composer;
mod deb;
mod distro;
mod dpkg_state;
mod elf;
mod findings;
pub mod format;
mod gem;
mod golang;
mod hardening;
mod hooks;
mod initrd;
mod installed;
mod interpreter;
mod kernel;
mod ld_cache;
mod license_text;
pub mod lock;
mod maven;
mod npm;
mod nuget;
mod opkg;
mod os_release;
mod pubspec;
mod pypi;
mod registry;
pub mod rpm;
mod script;
mod secrets;
mod ssh_host_key;

pub use bomwright_model::Observation;
pub use claim::{Claim, Place};
pub use findings::{FileView, Findings, Found, Identity, Part, Requirement};
pub use installed::{Edges, Installed, Tree};
pub use registry::{find, registry};

use bomwright_model::{Distribution, License, Package, PackageId, Purl};

/// Reads one claimed file piece by piece.
pub trait Stream {
    /// Takes the next bytes of the content.
    fn push(&mut self, bytes: &[u8]);

    /// Says what was found, once all bytes have come. The view has no bytes.
    fn finish(self: Box<Self>, file: &FileView<'_>, out: &mut Findings);
}

/// A family of packages that leaves traces of one kind.
pub trait Ecosystem: Sync {
    /// Its name: the purl type where one exists (`deb`, `npm`), else a word of our own (`elf`).
    fn name(&self) -> &'static str;

    /// One line for a person: what it reads and which edges it gives.
    fn about(&self) -> &'static str;

    /// The files that it wants to see.
    fn claims(&self) -> &'static [Claim];

    /// Whether a distribution ships its packages: they own files that other ecosystems only describe.
    fn is_system(&self) -> bool {
        false
    }

    /// Whether its files are worth reading only when every file is to be verified.
    fn only_to_verify(&self) -> bool {
        false
    }

    /// Whether its files are read only where licence files are to be recognised by their text.
    fn only_for_license_texts(&self) -> bool {
        false
    }

    /// Reads one claimed file. Must not fail: what can't be read becomes a diagnostic in `out`.
    ///
    /// The result may depend on nothing but the file's path and bytes, so that it can be cached by layer.
    fn read(&self, file: &FileView<'_>, out: &mut Findings);

    /// A reader that takes `file`, whose view has no bytes yet and which is of `size` bytes, piece by piece as it passes,
    /// so that it need not be in memory as a whole. It must find what [`Ecosystem::read`] finds, which the default leaves
    /// it to.
    fn stream(&self, file: &FileView<'_>, size: u64) -> Option<Box<dyn Stream>> {
        let _ = (file, size);
        None
    }

    /// Relates what is installed once all of it is known. The default looks every requirement of the
    /// ecosystem's own packages up among the names that they provide.
    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        installed.relate_by_name(self.name(), out);
    }

    /// Licences that hang on the merged tree, such as that of a package whose directory of documents is a
    /// link to another's. The default finds none.
    fn licenses(&self, installed: &Installed<'_>) -> Vec<(PackageId, License)> {
        let _ = installed;
        Vec::new()
    }

    /// The purl of one of its packages. The default takes the ecosystem's name as type and the package's
    /// namespace, name and version as they are; `None` when they make no valid purl.
    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        let _ = distribution;
        Purl::build(self.name(), package.namespace.as_deref(), &package.name, &package.version, &[], None)
            .ok()
    }
}
