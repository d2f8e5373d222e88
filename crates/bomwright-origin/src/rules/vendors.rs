//! What the packages of a distribution say of themselves, so that others' are not taken for them.
//!
//! All of it is claims that anybody may copy; it tells honest third parties apart, not forgers.

use bomwright_model::{Distribution, LicenseKind, Package};

use crate::lifecycle::family_of_id;
use crate::policy::begins;

/// For the `ID` of os-release, what the `Vendor` tag of the distribution's RPM packages begins with, in lower
/// case. For other distributions it must begin with their `ID` or the first word of their name.
#[rustfmt::skip]
const RPM_VENDORS: &[(&str, &[&str])] = &[
    ("almalinux", &["almalinux"]),
    ("amzn", &["amazon"]),
    ("azurelinux", &["microsoft"]),
    ("centos", &["centos"]),
    ("fedora", &["fedora project"]),
    ("mariner", &["microsoft"]),
    ("ol", &["oracle america"]),
    ("openEuler", &["http://openeuler.org", "openeuler"]),
    ("opensuse-leap", &["opensuse", "suse llc", "suse linux"]),
    ("opensuse-tumbleweed", &["opensuse"]),
    ("photon", &["vmware", "broadcom"]),
    ("rhel", &["red hat"]),
    ("rocky", &["rocky"]),
    ("sled", &["suse llc", "suse linux"]),
    ("sles", &["suse llc", "suse linux"]),
];

/// Marks of build services in which anybody builds packages; their vendor begins like the distribution's.
const PUBLIC_BUILDERS: &[&str] = &["copr", "obs://"];

/// For each distribution tag of RPM releases, the `ID`s that use it.
const DIST_TAGS: &[(&str, &[&str])] = &[
    ("amzn", &["amzn"]),
    ("azl", &["azurelinux"]),
    ("cm", &["mariner"]),
    ("fc", &["fedora"]),
    ("mga", &["mageia"]),
];
const ENTERPRISE: &[&str] = &["almalinux", "centos", "ol", "rhel", "rocky"];

/// The sections of Debian's archive (Debian Policy 2.4), which Ubuntu has too.
#[rustfmt::skip]
const SECTIONS: &[&str] = &[
    "admin", "cli-mono", "comm", "database", "debian-installer", "debug", "devel", "doc", "editors", "education",
    "electronics", "embedded", "fonts", "games", "gnome", "gnu-r", "gnustep", "golang", "graphics", "hamradio",
    "haskell", "httpd", "interpreters", "introspection", "java", "javascript", "kde", "kernel", "libdevel", "libs",
    "lisp", "localization", "mail", "math", "metapackages", "misc", "net", "news", "ocaml", "oldlibs", "otherosfs",
    "perl", "php", "python", "raku", "ruby", "rust", "science", "shells", "sound", "tasks", "tex", "text",
    "translations", "utils", "vcs", "video", "web", "x11", "xfce", "zope",
];
const PRIORITIES: &[&str] = &["required", "important", "standard", "optional", "extra"];

/// Whether the distribution is `id` or says that it is like it.
pub(super) fn is_like(distribution: &Distribution, id: &str) -> bool {
    distribution.id == id || distribution.id_like.iter().any(|like| like == id)
}

/// Whether `text`, a vendor or a key's owner, begins as the distribution's own do.
pub(super) fn is_own_vendor(text: &str, distribution: &Distribution) -> bool {
    let text = text.to_lowercase();
    if PUBLIC_BUILDERS.iter().any(|mark| text.contains(mark)) {
        return false;
    }
    if let Some((_, vendors)) = RPM_VENDORS.iter().find(|(id, _)| *id == distribution.id) {
        return vendors.iter().any(|vendor| begins(&text, vendor));
    }
    let name = distribution.pretty_name.as_deref().unwrap_or_default().to_lowercase();
    let word = name.split_whitespace().next().unwrap_or_default();
    begins(&text, &distribution.id.to_lowercase())
        || (word.len() >= 3 && word != "linux" && begins(&text, word))
}

/// Whether `text` begins as the vendors of some distribution of `family` do.
pub(super) fn is_vendor_of_family(text: &str, family: &str) -> bool {
    let text = text.to_lowercase();
    let of_family = RPM_VENDORS.iter().filter(|(id, _)| family_of_id(id) == Some(family));
    !PUBLIC_BUILDERS.iter().any(|mark| text.contains(mark))
        && of_family.flat_map(|(_, vendors)| *vendors).any(|vendor| begins(&text, vendor))
}

/// Whether `text` begins as those of some well-known distribution do.
fn is_some_vendor(text: &str) -> bool {
    let text = text.to_lowercase();
    !PUBLIC_BUILDERS.iter().any(|mark| text.contains(mark))
        && RPM_VENDORS.iter().flat_map(|(_, vendors)| *vendors).any(|vendor| begins(&text, vendor))
}

/// Whether `package` looks like one of the distribution's own; `Err` says what does not fit. Without a
/// distribution only what the format itself asks for is looked at.
pub(super) fn fits(package: &Package, distribution: Option<&Distribution>) -> Result<(), String> {
    match package.ecosystem.as_str() {
        "deb" => fits_debian(package, distribution),
        "rpm" => fits_rpm(package, distribution),
        "apk" => fits_alpine(package, distribution),
        "alpm" => fits_arch(package, distribution),
        _ => Ok(()),
    }
}

/// Why `package` can't be of a distribution like Debian: tools that build packages outside of Debian's own
/// (fpm, nfpm, electron-builder) write fields that Debian's packages don't have, and leave out some.
pub(super) fn built_outside_debian(package: &Package) -> Option<String> {
    let property = |key: &str| package.properties.get(key).map_or("", String::as_str);
    let declares = |it: &&bomwright_model::License| it.kind == LicenseKind::Declared;
    if !property("vendor").is_empty() {
        return Some(format!("has a field Vendor ({}), which Debian's don't", property("vendor")));
    }
    if package.licenses.iter().any(|it| declares(&it)) {
        return Some("has a field License, which Debian's don't".to_owned());
    }
    let section = property("section");
    if !SECTIONS.contains(&section.rsplit('/').next().unwrap_or_default()) {
        let section =
            if section.is_empty() { "no section".to_owned() } else { format!("section '{section}'") };
        return Some(format!("has {section}; the archive's have one of its own"));
    }
    if !PRIORITIES.contains(&property("priority")) {
        return Some("has no priority of the archive".to_owned());
    }
    if package.supplier.is_none() {
        return Some("names no maintainer".to_owned());
    }
    // A personal package archive of Launchpad marks its versions so.
    package.version.contains("ppa").then(|| "its version is that of a personal package archive".to_owned())
}

fn fits_debian(package: &Package, distribution: Option<&Distribution>) -> Result<(), String> {
    if let Some(distribution) = distribution.filter(|it| !is_like(it, "debian") && !is_like(it, "ubuntu")) {
        return Err(format!("a Debian package on {}", distribution.id));
    }
    built_outside_debian(package).map_or(Ok(()), Err)
}

fn fits_rpm(package: &Package, distribution: Option<&Distribution>) -> Result<(), String> {
    let Some(vendor) = package.supplier.as_deref() else { return Err("names no vendor".to_owned()) };
    let fits = match distribution {
        Some(distribution) => is_own_vendor(vendor, distribution),
        None => is_some_vendor(vendor),
    };
    let whose = distribution.map_or("any known distribution", |it| it.id.as_str());
    if fits { Ok(()) } else { Err(format!("its vendor '{vendor}' is not that of {whose}")) }
}

/// Alpine's build tools record the commit of the build recipe; those of others don't, or call it dirty.
fn fits_alpine(package: &Package, distribution: Option<&Distribution>) -> Result<(), String> {
    let alpine = ["alpine", "wolfi", "chainguard", "postmarketos"];
    if let Some(distribution) = distribution.filter(|it| !alpine.iter().any(|id| is_like(it, id))) {
        return Err(format!("an Alpine package on {}", distribution.id));
    }
    let commit = package.properties.get("commit").map_or("", String::as_str);
    if commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    // apk-add(8), option --virtual.
    Err(if package.name.starts_with('.') {
        "a name that a command of the build gave to a group of packages".to_owned()
    } else {
        "no commit of the distribution's recipes is recorded".to_owned()
    })
}

/// Packagers of Arch and its kin sign with addresses of the distribution's domain.
fn fits_arch(package: &Package, distribution: Option<&Distribution>) -> Result<(), String> {
    let packager = package.supplier.as_deref().unwrap_or_default().to_lowercase();
    let domains = ["archlinux", distribution.map_or("archlinux", |it| it.id.as_str())];
    let domain = packager.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !domains.iter().any(|name| begins(domain, &name.to_lowercase())) {
        return Err(format!("its packager '{packager}' has no address of the distribution"));
    }
    match package.properties.get("validation").map(String::as_str) {
        Some("none") => Err("it was installed without a signature".to_owned()),
        _ => Ok(()),
    }
}

/// The distribution that `package` was built for, by its version, when it is not `distribution`.
pub(super) fn foreign(package: &Package, distribution: &Distribution) -> Option<String> {
    match package.ecosystem.as_str() {
        "deb" => {
            let (_, revision) = package.version.rsplit_once('-')?;
            let mark = |name: &str| {
                let rest = revision.split_once(name)?.1;
                rest.trim_start_matches(['.', '~']).starts_with(|c: char| c.is_ascii_digit()).then_some(())
            };
            let of = [("ubuntu", "Ubuntu"), ("kali", "Kali")];
            let found = of.iter().find(|(id, _)| mark(id).is_some() && !is_like(distribution, id));
            found.map(|(_, name)| {
                format!("version {} is {name}'s, this is {}", package.version, distribution.id)
            })
        }
        "rpm" => {
            let (_, release) = package.version.rsplit_once('-')?;
            let (tag, users) = release.split(['.', '_', '+']).find_map(dist_tag)?;
            let enterprise = ENTERPRISE.contains(&distribution.id.as_str()) || is_like(distribution, "rhel");
            let fits = match users {
                None => enterprise || is_like(distribution, "centos"),
                Some(users) => {
                    users.contains(&distribution.id.as_str())
                    // Remixes of Fedora say that they are like it, but so do the enterprise ones.
                    || (!enterprise && users.iter().any(|id| is_like(distribution, id)))
                }
            };
            (!fits).then(|| format!("release tag {tag} is not one of {}", distribution.id))
        }
        _ => None,
    }
}

/// A distribution tag with the distributions that use it; `None` in place of them for the enterprise family.
fn dist_tag(word: &str) -> Option<(&str, Option<&'static [&'static str]>)> {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if word.strip_prefix("el").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return Some((word, None));
    }
    let users = DIST_TAGS.iter().find(|(tag, _)| *tag == name && name.len() < word.len());
    users.map(|(_, users)| (word, Some(*users)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(id: &str, like: &[&str]) -> Distribution {
        let id_like = like.iter().map(|it| (*it).to_owned()).collect();
        Distribution { id: id.into(), id_like, ..Distribution::default() }
    }

    fn rpm(vendor: &str, version: &str) -> Package {
        let mut package = Package::new("rpm", "x", version);
        package.supplier = Some(vendor.to_owned()).filter(|it| !it.is_empty());
        package
    }

    #[test]
    fn vendors_of_rpm_distributions() {
        // The Vendor tags of the distributions' own packages, as `rpm -qi` prints them.
        for (id, like, vendor) in [
            ("rhel", "fedora", "Red Hat, Inc."),
            ("rocky", "rhel", "Rocky Enterprise Software Foundation"),
            ("almalinux", "rhel", "AlmaLinux"),
            ("centos", "rhel", "CentOS"),
            ("fedora", "", "Fedora Project"),
            ("amzn", "fedora", "Amazon Linux"),
            ("opensuse-leap", "suse", "SUSE LLC <https://www.suse.com/>"),
            ("opensuse-tumbleweed", "suse", "openSUSE"),
            ("ol", "fedora", "Oracle America"),
            ("azurelinux", "", "Microsoft Corporation"),
            ("mageia", "", "Mageia.Org"),
        ] {
            assert!(fits(&rpm(vendor, "1-1"), Some(&distribution(id, &[like]))).is_ok(), "{id}");
            for other in [
                "",
                "Example Shop Ltd",
                "Fedora Copr - user someone",
                "obs://build.opensuse.org/home:x",
                "Red Hattery",
            ] {
                assert!(fits(&rpm(other, "1-1"), Some(&distribution(id, &[like]))).is_err(), "{id} {other}");
            }
        }
        assert!(fits(&rpm("Fedora Project", "1-1.el9"), Some(&distribution("rocky", &["rhel"]))).is_err());
        assert!(fits(&rpm("Red Hat, Inc.", "1-1"), None).is_ok());
        assert!(fits(&rpm("Example", "1-1"), None).is_err());
    }

    #[test]
    fn release_tags_tell_foreign_packages() {
        let is_foreign = |id: &str, like: &[&str], version: &str| {
            foreign(&rpm("X", version), &distribution(id, like)).is_some()
        };
        assert!(!is_foreign("rocky", &["rhel", "centos", "fedora"], "1.0-3.el9_4"));
        assert!(!is_foreign("rhel", &["fedora"], "1.0-3.module+el8.9.0+19519+e25b965a"));
        assert!(is_foreign("rhel", &["fedora"], "1.0-3.fc39"));
        assert!(!is_foreign("fedora", &[], "1.0-3.fc40"));
        assert!(is_foreign("fedora", &[], "1.0-3.el9"));
        assert!(!is_foreign("amzn", &["fedora"], "1.0-3.amzn2023.0.2"));
        assert!(is_foreign("rocky", &["rhel"], "1.0-3.amzn2"));
        assert!(!is_foreign("corpus", &["rhel", "fedora"], "5.2.15-2+b13.cl9"));
        assert!(!is_foreign("opensuse-leap", &["suse"], "1.0-150600.3.3.1"));
    }

    #[test]
    fn versions_tell_packages_of_ubuntu() {
        let is_foreign = |id: &str, like: &[&str], version: &str| {
            foreign(&Package::new("deb", "x", version), &distribution(id, like)).is_some()
        };
        assert!(is_foreign("debian", &[], "3.0.2-0ubuntu1.15"));
        assert!(is_foreign("debian", &[], "5:24.0.7-1~ubuntu.22.04~jammy"));
        assert!(!is_foreign("ubuntu", &["debian"], "3.0.2-0ubuntu1.15"));
        assert!(!is_foreign("linuxmint", &["ubuntu", "debian"], "3.0.2-0ubuntu1.15"));
        assert!(!is_foreign("debian", &[], "2.36-9+deb12u7"));
        // Synchronised from Debian, with Debian's version.
        assert!(!is_foreign("ubuntu", &["debian"], "1.2-3+deb11u1build0.20.04.1"));
        assert!(!is_foreign("debian", &[], "2021.03.26"));
    }
}
