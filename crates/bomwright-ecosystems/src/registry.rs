//! Every ecosystem that bomwright reads, in the order in which outputs list them.

use crate::Ecosystem;

/// One line for each ecosystem; everything else (help, documentation, routing, fuzzing, fixture tests) is
/// driven by this slice.
#[rustfmt::skip]
const REGISTRY: &[&dyn Ecosystem] = &[
    &crate::accounts::Accounts,
    &crate::alpm::Alpm,
    &crate::apk::Apk,
    &crate::bundler::Bundler,
    &crate::bytecode::PythonBytecode,
    &crate::cargo::Cargo,
    &crate::certificates::Certificates,
    &crate::composer::Composer,
    &crate::deb::Deb,
    &crate::distro::Distro,
    &crate::dpkg_state::DpkgState,
    &crate::elf::Elf,
    &crate::gem::Gem,
    &crate::golang::Golang,
    &crate::hardening::Hardening,
    &crate::hooks::Hooks,
    &crate::initrd::Initrd,
    &crate::kernel::Kernel,
    &crate::ld_cache::LdCache,
    &crate::license_text::LicenseText,
    &crate::maven::Maven,
    &crate::npm::Npm,
    &crate::nuget::NuGet,
    &crate::opkg::Opkg,
    &crate::os_release::OsRelease,
    &crate::pubspec::Pub,
    &crate::pypi::PyPi,
    &crate::rpm::Rpm,
    &crate::script::Script,
    &crate::secrets::Secrets,
    &crate::ssh_host_key::SshHostKey,
];

/// Every ecosystem.
pub fn registry() -> &'static [&'static dyn Ecosystem] {
    REGISTRY
}

/// The ecosystem named `name`.
pub fn find(name: &str) -> Option<&'static dyn Ecosystem> {
    REGISTRY.iter().copied().find(|ecosystem| ecosystem.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    #[test]
    fn names_are_unique_and_lowercase() {
        let mut names: Vec<_> = registry().iter().map(|ecosystem| ecosystem.name()).collect();
        for name in &names {
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{name}"
            );
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), registry().len());
    }

    #[test]
    fn claims_are_relative_paths_and_short_magic() {
        for ecosystem in registry() {
            assert!(!ecosystem.claims().is_empty(), "{} claims nothing", ecosystem.name());
            assert!(ecosystem.about().len() > 20, "{} says nothing about itself", ecosystem.name());
            for claim in ecosystem.claims() {
                match claim.place {
                    Place::Path(path) | Place::In(path, _) | Place::Beginning(path, _) => {
                        assert!(!path.starts_with('/') && !path.ends_with('/'), "{path}");
                    }
                    Place::Magic(magic) => assert!((2..=16).contains(&magic.len())),
                    Place::Name(name)
                    | Place::NamedLike(name)
                    | Place::Suffix(name)
                    | Place::Inside(name, _)
                    | Place::SuffixInside(name, _) => {
                        assert!(!name.is_empty() && !name.contains('/'), "{name}");
                    }
                }
            }
        }
    }
}
