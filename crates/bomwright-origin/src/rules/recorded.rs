//! Where a package is recorded to come from, whatever its ecosystem calls it.

use bomwright_model::Package;

use crate::policy::place_of;

/// What the package manager, or the build, wrote down about a package's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recorded {
    /// Nothing.
    Nothing,
    /// A directory of the machine that built the image, or a link to one.
    Directory(String),
    /// An archive on the machine that built the image.
    Archive(String),
    /// A source repository, as `host/path`; `None` where only that it was one is recorded.
    Repository(Option<String>),
    /// A registry, as `host/path`, or by the name that the format has for it.
    Registry(String),
    /// A registry that is not the format's usual one, without its name.
    OtherRegistry,
    /// The source tree of the program that it is built into.
    SameTree,
}

impl Recorded {
    /// What the properties of `package` say.
    pub(super) fn of(package: &Package) -> Self {
        let property = |key: &str| package.properties.get(key).map(String::as_str);
        if let Some(directory) = property("installed-from-directory") {
            return Self::Directory(directory.to_owned());
        }
        match package.ecosystem.as_str() {
            "cargo" => Self::of_crate(property("source").unwrap_or_default(), property("resolved")),
            "golang" if property("replaced-by").is_some() => Self::SameTree,
            // The revision of a Go program is that of the checkout, wherever that came from.
            "golang" => Self::Nothing,
            _ => Self::of_properties(&property),
        }
    }

    /// What pip, npm and Bundler write: an address, and for pip and Bundler whether it is a repository's.
    fn of_properties<'p>(property: &impl Fn(&str) -> Option<&'p str>) -> Self {
        let (direct, remote) = (property("direct-url"), property("remote"));
        let is_direct_repository = direct.is_some() && property("vcs").is_some();
        let is_remote_repository = property("vcs-revision").is_some();
        match (direct, property("resolved").or(remote)) {
            (Some(url), _) if is_direct_repository => Self::Repository(place_of(url)),
            (None, Some(url)) if is_remote_repository => Self::Repository(place_of(url)),
            (None, None) if is_remote_repository => Self::Repository(None),
            (Some(url), _) | (None, Some(url)) => Self::of_address(url),
            (None, None) => Self::Nothing,
        }
    }

    /// The words of cargo-auditable's schema: `local`, `git`, `registry`, or the name of the usual registry; and
    /// the address, which only a lock file states.
    fn of_crate(source: &str, resolved: Option<&str>) -> Self {
        let place = || resolved.and_then(place_of);
        match source {
            "" => Self::Nothing,
            "local" => Self::SameTree,
            "git" => Self::Repository(place()),
            "registry" => place().map_or(Self::OtherRegistry, Self::Registry),
            name => Self::Registry(name.to_owned()),
        }
    }

    /// An address as npm's `resolved` and pip's `url` have it.
    fn of_address(url: &str) -> Self {
        let is_repository = url.starts_with("git")
            || url.starts_with("ssh:")
            || url.split(['?', '#']).next().and_then(|url| url.strip_suffix(".git")).is_some();
        match place_of(url) {
            None if url.starts_with("file:") => Self::Archive(url.to_owned()),
            place if is_repository => Self::Repository(place),
            Some(place) if url.contains("://") => Self::Registry(place),
            _ => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ecosystem: &str, properties: &[(&str, &str)]) -> Recorded {
        let mut package = Package::new(ecosystem, "x", "1");
        for (key, value) in properties {
            package.set_property(key, value);
        }
        Recorded::of(&package)
    }

    #[test]
    fn sources_of_each_ecosystem() {
        let registry = |place: &str| Recorded::Registry(place.to_owned());
        let repository = |place: &str| Recorded::Repository(Some(place.to_owned()));
        let resolved = |url| of("npm", &[("resolved", url)]);
        assert_eq!(
            resolved("https://registry.example/x/-/x-1.tgz"),
            registry("registry.example/x/-/x-1.tgz")
        );
        assert_eq!(resolved("git+ssh://git@forge.example/a/x.git#01"), repository("forge.example/a/x.git"));
        assert_eq!(resolved("file:../x.tgz"), Recorded::Archive("file:../x.tgz".into()));
        // PEP 610, section "Example direct_url.json".
        assert_eq!(
            of("pypi", &[("direct-url", "https://git.example/x"), ("vcs", "git")]),
            repository("git.example/x")
        );
        let wheel = "file:///src/x.whl";
        assert_eq!(of("pypi", &[("direct-url", wheel)]), Recorded::Archive(wheel.into()));
        assert_eq!(of("pypi", &[("installer", "pip")]), Recorded::Nothing);
        assert_eq!(of("cargo", &[("source", "local")]), Recorded::SameTree);
        assert_eq!(of("cargo", &[("source", "registry")]), Recorded::OtherRegistry);
        let git = ("resolved", "git+https://forge.example/a/x?rev=01#0123");
        assert_eq!(of("cargo", &[("source", "git"), git]), repository("forge.example/a/x"));
        let index = ("resolved", "https://registry.example/index");
        assert_eq!(of("cargo", &[("source", "registry"), index]), registry("registry.example/index"));
        assert_eq!(of("gem", &[("vcs-revision", "01")]), Recorded::Repository(None));
        assert_eq!(
            of("gem", &[("vcs-revision", "01"), ("remote", "https://forge.example/x.git")]),
            repository("forge.example/x.git")
        );
        assert_eq!(of("gem", &[("remote", "https://gems.example/")]), registry("gems.example"));
        assert_eq!(of("golang", &[("replaced-by", "../x")]), Recorded::SameTree);
        assert_eq!(of("golang", &[("vcs-revision", "01")]), Recorded::Nothing);
    }
}
