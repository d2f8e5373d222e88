//! What the rest of an image says about which distribution it is. Anybody can write `os-release`; it is harder to
//! make packages, their versions and the repositories agree with it.

use std::collections::BTreeMap;

use super::{Installed, Surroundings, Table};

/// Packages with a mark of their distribution that are needed before the most frequent mark counts.
const MIN_MARKED: usize = 3;

/// One thing that says which distribution it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Says {
    /// Kebab-case name of the kind of thing.
    pub(super) source: &'static str,
    /// The file, where it is one.
    pub(super) path: Option<String>,
    /// What was seen, for people.
    pub(super) seen: String,
    /// Distributions of one family share their packages' marks; any of these may be meant.
    pub(super) families: Vec<&'static str>,
    /// The `ID`, where the thing tells members of a family apart.
    pub(super) id: Option<&'static str>,
    /// Versions that may be meant; none when the thing tells no version.
    pub(super) versions: Vec<String>,
}

/// `ID`s of os-release and the family whose packages they use.
const FAMILIES: &[(&str, &[&str])] = &[
    ("debian", &["debian"]),
    ("ubuntu", &["ubuntu"]),
    ("el", &["rhel", "centos", "rocky", "almalinux", "ol", "scientific", "miraclelinux", "cloudlinux"]),
    ("fedora", &["fedora"]),
    ("alpine", &["alpine"]),
    ("wolfi", &["wolfi", "chainguard"]),
    ("amzn", &["amzn"]),
    ("photon", &["photon"]),
    ("azurelinux", &["azurelinux"]),
    ("mariner", &["mariner"]),
    (
        "suse",
        &["sles", "sled", "sle_hpc", "sle-micro", "opensuse", "opensuse-leap", "opensuse-tumbleweed", "suse"],
    ),
    ("arch", &["arch", "archarm"]),
];

/// The family of an `ID`.
pub(super) fn family(id: &str) -> Option<&'static str> {
    FAMILIES.iter().find(|(_, ids)| ids.contains(&id)).map(|(family, _)| *family)
}

/// What `ID_LIKE` of a derivative of this family would say.
pub(super) fn likes(family: &str) -> &'static [&'static str] {
    match family {
        "ubuntu" => &["ubuntu", "debian"],
        "el" => &["rhel", "centos", "fedora"],
        _ => FAMILIES.iter().find(|(name, _)| *name == family).map_or(&[], |(_, ids)| *ids),
    }
}

/// Families that a package database can belong to.
const DATABASES: &[(&str, &[&str])] = &[
    ("deb", &["debian", "ubuntu"]),
    ("rpm", &["el", "fedora", "amzn", "photon", "azurelinux", "mariner", "suse"]),
    ("apk", &["alpine", "wolfi"]),
    ("alpm", &["arch"]),
];

/// Packages that a distribution is recognised by: ecosystem, name, family, `ID` where it is certain, and whether
/// the package has the version of the distribution.
const BASE_PACKAGES: &[(&str, &str, &str, Option<&str>, bool)] = &[
    // Oracle Linux has redhat-release too, so that one tells the family only.
    ("rpm", "redhat-release", "el", None, true),
    ("rpm", "redhat-release-server", "el", None, true),
    ("rpm", "almalinux-release", "el", Some("almalinux"), true),
    ("rpm", "rocky-release", "el", Some("rocky"), true),
    ("rpm", "oraclelinux-release", "el", Some("ol"), true),
    ("rpm", "centos-release", "el", Some("centos"), true),
    ("rpm", "centos-linux-release", "el", Some("centos"), true),
    ("rpm", "centos-stream-release", "el", Some("centos"), true),
    ("rpm", "fedora-release-common", "fedora", Some("fedora"), true),
    ("rpm", "system-release", "amzn", Some("amzn"), true),
    ("rpm", "photon-release", "photon", Some("photon"), true),
    ("rpm", "azurelinux-release", "azurelinux", Some("azurelinux"), true),
    ("rpm", "mariner-release", "mariner", Some("mariner"), true),
    ("rpm", "sles-release", "suse", None, true),
    ("rpm", "openSUSE-release", "suse", None, true),
    ("rpm", "Leap-release", "suse", None, true),
    ("apk", "alpine-release", "alpine", Some("alpine"), true),
    ("apk", "alpine-baselayout", "alpine", Some("alpine"), false),
    ("apk", "wolfi-baselayout", "wolfi", None, false),
    ("apk", "chainguard-baselayout", "wolfi", None, false),
    ("alpm", "filesystem", "arch", None, false),
];

/// The C library's packages.
const LIBC: &[(&str, &str)] = &[("deb", "libc6"), ("rpm", "glibc"), ("apk", "musl"), ("apk", "glibc")];

/// Everything in the image that says which distribution it is, the best first.
pub(super) fn all(surroundings: &Surroundings<'_>, table: &Table) -> Vec<Says> {
    let mut found = Vec::new();
    found.extend(surroundings.packages.iter().filter_map(base_package));
    found.extend(release_files(surroundings, table));
    found.extend(surroundings.packages.iter().filter_map(libc));
    found.extend(most_marked(surroundings.packages));
    found.extend(repositories(surroundings, table));
    found.extend(database(surroundings.packages));
    found
}

fn base_package(package: &Installed<'_>) -> Option<Says> {
    let says = |families: &[&'static str], id, versions| Says {
        source: "base-package",
        path: None,
        seen: format!("{} {}", package.name, package.version),
        families: families.to_vec(),
        id,
        versions,
    };
    if (package.ecosystem, package.name) == ("deb", "base-files") {
        // Debian's has the version of the distribution (12.4+deb12u5), Ubuntu's a count (12ubuntu4.6).
        if package.version.contains("ubuntu") {
            return Some(says(&["ubuntu"], Some("ubuntu"), Vec::new()));
        }
        let major = leading_number(package.version).filter(|&major| major < 100)?;
        return Some(says(&["debian"], None, vec![major.to_string()]));
    }
    let known = |row: &&(&str, &str, &str, _, _)| (row.0, row.1) == (package.ecosystem, package.name);
    let (_, _, family, id, tells) = *BASE_PACKAGES.iter().find(known)?;
    let bare = without_epoch(package.version);
    let upstream = bare.rsplit_once('-').map_or(bare, |(version, _)| version);
    let versions = if tells { vec![upstream.to_owned()] } else { Vec::new() };
    Some(says(&[family], id, versions))
}

fn libc(package: &Installed<'_>) -> Option<Says> {
    LIBC.contains(&(package.ecosystem, package.name)).then_some(())?;
    let (family, version) = match (package.ecosystem, package.name) {
        ("apk", "musl") => ("alpine", None),
        ("apk", _) => ("wolfi", None),
        _ => mark(package)?,
    };
    Some(Says {
        source: "libc-package",
        path: None,
        seen: format!("{} {}", package.name, package.version),
        families: vec![family],
        id: None,
        versions: version.into_iter().collect(),
    })
}

/// What the most packages are marked with.
fn most_marked(packages: &[Installed<'_>]) -> Option<Says> {
    let mut marks = BTreeMap::<_, usize>::new();
    for found in packages.iter().filter_map(mark) {
        *marks.entry(found).or_default() += 1;
    }
    let total: usize = marks.values().sum();
    let ((family, version), count) = marks.into_iter().max_by_key(|(_, count)| *count)?;
    (total >= MIN_MARKED && count * 2 > total).then(|| Says {
        source: "version-suffixes",
        path: None,
        seen: format!(
            "{count} of {total} marked packages are of {family} {}",
            version.as_deref().unwrap_or("")
        ),
        families: vec![family],
        id: None,
        versions: version.into_iter().collect(),
    })
}

/// Which kind of packages there are most of.
fn database(packages: &[Installed<'_>]) -> Option<Says> {
    let count = |ecosystem: &str| packages.iter().filter(|package| package.ecosystem == ecosystem).count();
    let counted = DATABASES.iter().map(|(ecosystem, families)| (count(ecosystem), *ecosystem, *families));
    let (count, ecosystem, families) =
        counted.max_by_key(|(count, ..)| *count).filter(|(count, ..)| *count > 0)?;
    Some(Says {
        source: "package-database",
        path: None,
        seen: format!("{count} {ecosystem} packages"),
        families: families.to_vec(),
        id: None,
        versions: Vec::new(),
    })
}

/// The mark of its distribution in a package's version: `+deb12u5`, `ubuntu4`, `.el9_4`, `.fc40`, `.amzn2023`.
fn mark(package: &Installed<'_>) -> Option<(&'static str, Option<String>)> {
    let digits_after = |text: &str, prefix: &str| {
        let digits: String = text.strip_prefix(prefix)?.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    match package.ecosystem {
        "deb" => {
            if package.version.contains("ubuntu") {
                return Some(("ubuntu", None));
            }
            let mut parts = package.version.split_inclusive(['+', '~']);
            parts.next()?;
            parts.find_map(|part| digits_after(part, "deb")).map(|version| ("debian", Some(version)))
        }
        "rpm" => {
            let (_, release) = package.version.rsplit_once('-')?;
            let marks = [
                ("el", "el"),
                ("fc", "fedora"),
                ("amzn", "amzn"),
                ("ph", "photon"),
                ("azl", "azurelinux"),
                ("cm", "mariner"),
            ];
            release.split(['.', '_', '+', '~']).rev().find_map(|part| {
                marks.iter().find_map(|(prefix, family)| Some((*family, Some(digits_after(part, prefix)?))))
            })
        }
        _ => None,
    }
}

/// `etc/debian_version` and its like.
fn release_files(surroundings: &Surroundings<'_>, table: &Table) -> Vec<Says> {
    let mut found = Vec::new();
    let mut add = |path: &str, value: &str, families: &[&'static str], versions| {
        let (seen, path) = (format!("/{path} says '{}'", shortened(value)), Some(path.to_owned()));
        let families = families.to_vec();
        found.push(Says { source: "release-file", path, seen, families, id: None, versions });
    };
    for (path, value) in surroundings.values("debian-version") {
        if let Some(codename) = value.strip_suffix("/sid") {
            // Ubuntu keeps the file of the Debian that it was made from.
            let row = table.find("debian", None, Some(codename));
            let version = row.and_then(|row| row.version.clone());
            add(path, value, &["debian", "ubuntu"], version.into_iter().collect());
        } else {
            let versions = leading_number(value).map(|major| vec![major.to_string()]);
            add(path, value, &["debian"], versions.unwrap_or_default());
        }
    }
    for (path, value) in surroundings.values("alpine-release") {
        add(path, value, &["alpine"], vec![value.to_owned()]);
    }
    for (path, value) in surroundings.values("redhat-release") {
        let names = [("Fedora", "fedora"), ("Amazon Linux", "amzn"), ("VMware Photon", "photon")];
        let family =
            names.iter().find(|(name, _)| value.starts_with(name)).map_or("el", |(_, family)| family);
        let words = value.split_ascii_whitespace();
        let version = words.skip_while(|word| *word != "release").nth(1);
        add(path, value, &[family], version.map(str::to_owned).into_iter().collect());
    }
    found
}

/// How archives of distributions, and mirrors of them, name their directory. What is built for a distribution is kept
/// so too, and says the same of the system.
const APT_DIRECTORIES: &[(&str, &str)] = &[
    ("debian", "debian"),
    ("debian-archive", "debian"),
    ("debian-security", "debian"),
    ("ubuntu", "ubuntu"),
    ("ubuntu-ports", "ubuntu"),
];

/// The family whose directory is in `address`.
fn family_of(address: &str) -> Option<&'static str> {
    let mut parts = address.split('/').skip(3);
    parts.find_map(|part| APT_DIRECTORIES.iter().find(|(name, _)| *name == part)).map(|(_, family)| *family)
}

/// One statement for each family of repositories; the versions of all of them may be meant.
fn repositories(surroundings: &Surroundings<'_>, table: &Table) -> Vec<Says> {
    let mut found = BTreeMap::<&'static str, Says>::new();
    let mut add = |family: &'static str, path: &str, value: &str, version: Option<String>| {
        let says = found.entry(family).or_insert_with(|| Says {
            source: "repositories",
            path: Some(path.to_owned()),
            seen: format!("/{path} names '{}'", shortened(value)),
            families: vec![family],
            id: None,
            versions: Vec::new(),
        });
        if let Some(version) = version.filter(|version| !says.versions.contains(version)) {
            says.versions.push(version);
        }
    };
    for (path, value) in surroundings.values("apt-source") {
        let mut words = value.split_ascii_whitespace();
        let (Some(address), Some(suite)) = (words.next(), words.next()) else { continue };
        let Some(family) = family_of(address) else { continue };
        // bookworm, bookworm-updates, bookworm/updates
        let codename = suite.split(['-', '/']).next();
        let row = table.find(family, None, codename);
        add(family, path, value, row.and_then(|row| row.version.clone()));
    }
    for (path, value) in surroundings.values("apk-repository") {
        if value.split('/').any(|part| part == "alpine") {
            let branch =
                value.split('/').find_map(|part| part.strip_prefix('v').filter(|rest| rest.contains('.')));
            add("alpine", path, value, branch.map(str::to_owned));
        } else if value.contains("wolfi") {
            add("wolfi", path, value, None);
        }
    }
    for (path, value) in surroundings.values("yum-repository").chain(surroundings.values("content-set")) {
        let rest = value.strip_prefix("rhel-").or_else(|| value.strip_prefix("ubi-"));
        if let Some(major) = rest.and_then(leading_number) {
            add("el", path, value, Some(major.to_string()));
        }
    }
    found.into_values().collect()
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

fn without_epoch(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, rest)| rest)
}

/// As much of a value as a person wants to see.
fn shortened(value: &str) -> String {
    value.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_carry_the_mark_of_their_distribution() {
        let mark = |ecosystem, version| {
            mark(&Installed { ecosystem, name: "x", version })
                .map(|(family, version)| format!("{family} {}", version.unwrap_or_default()))
        };
        // Versions of packages in the distributions' archives.
        for (ecosystem, version, expected) in [
            ("deb", "2.36-9+deb12u10", Some("debian 12")),
            ("deb", "1:1.2.11.dfsg-2+deb11u2", Some("debian 11")),
            ("deb", "7.88.1-10~deb12u1", Some("debian 12")),
            ("deb", "2.35-0ubuntu3.8", Some("ubuntu ")),
            ("deb", "5.2.15-2+b7", None),
            ("deb", "1.0", None),
            ("rpm", "2.34-100.el9_4.2", Some("el 9")),
            ("rpm", "1:3.0.7-27.el9.0.2", Some("el 9")),
            ("rpm", "5.26.3-422.module+el8.9.0+1", Some("el 8")),
            ("rpm", "2.39-22.fc40", Some("fedora 40")),
            ("rpm", "2.34-52.amzn2023.0.10", Some("amzn 2023")),
            ("rpm", "2.26-64.amzn2.0.2", Some("amzn 2")),
            ("rpm", "2.38-8.azl3", Some("azurelinux 3")),
            ("rpm", "2.35-7.cm2", Some("mariner 2")),
            ("rpm", "2.36-9.ph5", Some("photon 5")),
            ("rpm", "150600.14.1-1", None),
            ("apk", "1.2.5-r8", None),
        ] {
            assert_eq!(mark(ecosystem, version).as_deref(), expected, "{version}");
        }
    }
}
