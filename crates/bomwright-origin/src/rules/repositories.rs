//! Whose the repositories are from which packages were installed, by the ids and addresses that package managers keep.
//!
//! Ids are chosen by whoever writes the configuration: they tell honest third parties apart, not forgers. What is in none
//! of the lists says nothing.

use bomwright_model::Distribution;

use super::vendors::is_like;
use crate::lifecycle::family_of_id;

/// Whose a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The distribution's.
    Distribution,
    /// Of somebody who publishes for distributions.
    ThirdParty(&'static str),
    /// No repository: the package was installed from a file.
    File,
}

/// What ids of the repositories of a family of distributions begin with.
#[rustfmt::skip]
const OWN: &[(&str, &[&str])] = &[
    ("amzn", &["amazonlinux", "amzn2-core", "amzn2extra-", "amzn-"]),
    ("azurelinux", &["azurelinux-official"]),
    ("el", &["rhel-", "ubi-", "baseos", "appstream", "extras", "crb", "powertools", "base", "updates", "ol7_", "ol8_", "ol9_", "ol10_"]),
    ("fedora", &["fedora", "updates", "rawhide"]),
    ("mariner", &["mariner-official"]),
    ("photon", &["photon"]),
    ("suse", &["repo-oss", "repo-non-oss", "repo-update", "repo-sle-update", "SLE_BCI", "SLES", "SLE-", "openSUSE"]),
];

/// What ids and addresses of third parties' repositories begin with, and who they are.
const THIRD_PARTIES: &[(&str, &str)] = &[
    ("cuda-", "NVIDIA"),
    ("docker-ce", "Docker"),
    ("elasticsearch", "Elastic"),
    ("elastic-", "Elastic"),
    ("elrepo", "ELRepo"),
    ("epel", "EPEL"),
    ("gitlab", "GitLab"),
    ("google-c", "Google"),
    ("grafana", "Grafana"),
    ("hashicorp", "HashiCorp"),
    ("jenkins", "Jenkins"),
    ("kubernetes", "Kubernetes"),
    ("microsoft-prod", "Microsoft"),
    ("mongodb-", "MongoDB"),
    ("mysql", "MySQL"),
    ("nodesource", "NodeSource"),
    ("nvidia-", "NVIDIA"),
    ("packages-microsoft-com", "Microsoft"),
    ("pgdg", "PostgreSQL"),
    ("remi", "Remi"),
    ("rpmfusion-", "RPM Fusion"),
];

/// Whose the repository `id` is for packages on `distribution`.
pub(super) fn whose(id: &str, distribution: Option<&Distribution>) -> Option<Whose> {
    // dnf, rpm-ostree and Anaconda name so what they did not take from a repository.
    if matches!(id, "@commandline" | "(none)" | "installed" | "@System") {
        return Some(Whose::File);
    }
    if id.starts_with("copr:") {
        return Some(Whose::ThirdParty("a user of Copr"));
    }
    if let Some((_, name)) = THIRD_PARTIES.iter().find(|(beginning, _)| id.starts_with(beginning)) {
        return Some(Whose::ThirdParty(name));
    }
    let distribution = distribution?;
    let is_of = |family: &str| {
        family_of_id(&distribution.id) == Some(family) || (family == "el" && is_like(distribution, "rhel"))
    };
    let mut own = OWN.iter().filter(|(family, _)| is_of(family)).flat_map(|(_, ids)| *ids);
    own.any(|beginning| id.starts_with(beginning)).then_some(Whose::Distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_of_distributions_and_others() {
        let on = |distribution: &str, id: &str| {
            let distribution = Distribution { id: distribution.to_owned(), ..Distribution::default() };
            whose(id, Some(&distribution))
        };
        // Ids as the distributions' own images configure them.
        for (distribution, id) in [
            ("rhel", "ubi-9-baseos-rpms"),
            ("rhel", "rhel-9-for-x86_64-appstream-rpms"),
            ("rocky", "baseos"),
            ("almalinux", "appstream"),
            ("fedora", "updates"),
            ("amzn", "amazonlinux"),
            ("ol", "ol9_baseos_latest"),
            ("opensuse-leap", "repo-oss"),
        ] {
            assert_eq!(on(distribution, id), Some(Whose::Distribution), "{id}");
        }
        for (id, name) in [("docker-ce-stable", "Docker"), ("epel", "EPEL"), ("pgdg16", "PostgreSQL")] {
            assert_eq!(on("rocky", id), Some(Whose::ThirdParty(name)), "{id}");
        }
        assert_eq!(on("fedora", "@commandline"), Some(Whose::File));
        assert_eq!(on("fedora", "baseos"), None);
        assert_eq!(on("rocky", "acme-internal"), None);
        assert_eq!(whose("baseos", None), None);
    }
}
