//! Evidence that an image gets updates that must be paid for. That they exist is no evidence.

use bomwright_model::{Evidence, Reason};

use super::Surroundings;

/// A paid extension that shows in the image.
pub(super) struct Extension {
    /// As the table calls it.
    pub(super) name: &'static str,
    pub(super) reason: Reason,
}

/// Words of Red Hat's content sets and repository ids, as in `rhel-9-for-x86_64-baseos-eus-rpms`.
const RED_HAT: &[(&str, &str)] =
    &[("eus", "EUS"), ("els", "ELS"), ("e4s", "E4S"), ("aus", "AUS"), ("tus", "TUS")];

/// Parts of addresses in apt's sources (Ubuntu Pro client, Freexian's ELTS documentation).
const APT: &[(&str, &str)] = &[
    ("esm.ubuntu.com/infra-legacy/", "Legacy"),
    ("esm.ubuntu.com/infra/", "ESM"),
    ("esm.ubuntu.com/apps/", "ESM"),
    ("deb.freexian.com/extended-lts", "ELTS"),
];

/// All paid extensions that show, in the order of where they show.
pub(super) fn extensions(surroundings: &Surroundings<'_>) -> Vec<Extension> {
    let mut found = Vec::new();
    let mut add = |name: &'static str, detail: String, path: Option<&str>| {
        if found.iter().all(|known: &Extension| known.name != name) {
            let evidence = path.map(|path| Evidence::new(path, "lifecycle"));
            found.push(Extension {
                name,
                reason: Reason { rule: "paid-evidence".to_owned(), detail, evidence },
            });
        }
    };
    for package in surroundings.packages {
        if package.ecosystem == "deb" && is_esm(package.version) {
            add("ESM", format!("{} {} is an ESM update", package.name, package.version), None);
        }
        if package.ecosystem == "rpm" && package.name.to_ascii_lowercase().ends_with("-ltss-release") {
            add("LTSS", format!("{} is installed", package.name), None);
        }
    }
    for (path, value) in surroundings.values("apt-source") {
        // The client keeps lists of what could be had below var/lib; only these are in use.
        let slashed = format!("{}/", value.split_ascii_whitespace().next().unwrap_or_default());
        for (_, name) in APT.iter().filter(|(part, _)| path.starts_with("etc/apt/") && slashed.contains(part))
        {
            add(name, format!("/{path} names {value}"), Some(path));
        }
    }
    for (path, value) in surroundings.values("content-set").chain(surroundings.values("yum-repository")) {
        for (word, name) in RED_HAT {
            if value.split('-').any(|part| part == *word) {
                add(name, format!("/{path} names {value}"), Some(path));
            }
        }
    }
    found
}

/// Whether a Debian version ends like those of ESM: `1.2-3ubuntu4+esm1`, `2.0~esm2`.
fn is_esm(version: &str) -> bool {
    version.match_indices("esm").any(|(at, _)| {
        let (before, after) = version.split_at(at);
        before.ends_with(['+', '~']) && after.as_bytes().get(3).is_some_and(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esm_updates_show_in_their_versions() {
        // Versions of the Ubuntu security notices USN-5573-1 and USN-6663-3.
        assert!(is_esm("1:1.2.8.dfsg-2ubuntu4.3+esm2"));
        assert!(is_esm("1.0.2g-1ubuntu4.20+esm12"));
        assert!(is_esm("2.0~esm1"));
        for not in ["1.0", "1.0+esm", "7esm1", "1+resm1"] {
            assert!(!is_esm(not), "{not}");
        }
    }
}
