//! Rules about packages of a language: where their manager or their build says that they come from.

use bomwright_model::{Confidence, LicenseKind, Origin, PackageKind};

use super::context::{Answer, Context, Rule, Subject, says};
use super::recorded::Recorded;
use crate::policy::Policy;

/// Top-level domains and endings that no public name has (RFC 6762 appendix G, RFC 8375, and what ICANN
/// reserved in 2024 for private use).
const PRIVATE_ENDINGS: &[&str] =
    &[".internal", ".local", ".corp", ".lan", ".intranet", ".private", ".home.arpa"];
/// Hosts of source code, not of packages, whose paths name a project of somebody.
pub(crate) const FORGES: &[&str] =
    &["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht"];
/// What the Go toolchain calls a program that was built from files instead of a package.
const FROM_FILES: &str = "command-line-arguments";

/// Asked of packages whose evidence a distribution's package owns, in place of [`RULES`].
pub(super) const SHIPPED: &[Rule] = &[Rule {
    id: "shipped-by-os-package",
    about: "a package of the distribution's format owns the files that it was read from",
    finding: None,
    judge: |subject, context| {
        let id = subject.package.shipped_by?;
        let (owner, verdict) = (context.inventory.package(id)?, context.verdict(id)?);
        says(verdict.origin, verdict.confidence, format!("shipped by {} {}", owner.name, owner.version))
    },
}];

/// Asked in this order.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "policy-vcs-host",
        about: "it came from a source repository on a host that the policy names",
        finding: None,
        judge: |subject, context| {
            let place = match &subject.recorded {
                Recorded::Repository(place) => place.clone(),
                _ => subject.module_path(),
            }?;
            let entry = Policy::host_among(&context.policy.in_house.vcs_hosts, &place)?;
            says(Origin::InHouse, Confidence::High, format!("comes from {place}; the policy names '{entry}'"))
        },
    },
    Rule {
        id: "installed-from-directory",
        about: "the package manager recorded that it was installed from a directory, not from a registry",
        finding: None,
        judge: |subject, _| {
            let Recorded::Directory(from) = &subject.recorded else { return None };
            says(Origin::InHouse, Confidence::Medium, format!("installed from the directory {from}"))
        },
    },
    Rule {
        id: "policy-registry",
        about: "it came from a registry of the policy, which may pass on what others publish",
        finding: None,
        judge: |subject, context| {
            let Recorded::Registry(place) = &subject.recorded else { return None };
            let entry = Policy::host_among(&context.policy.in_house.registries, place)?;
            let detail = format!("came through '{entry}', which may pass on what others publish");
            says(Origin::Upstream, Confidence::Low, detail)
        },
    },
    Rule {
        id: "recorded-registry",
        about: "the registry that it came from is recorded, and it is not the team's",
        finding: None,
        judge: from_registry,
    },
    Rule {
        id: "recorded-repository-of-others",
        about: "it came from a source repository that the policy does not name",
        finding: None,
        judge: |subject, context| {
            let Recorded::Repository(place) = &subject.recorded else { return None };
            let hosts = &context.policy.in_house.vcs_hosts;
            let Some(place) = place else {
                let detail = "from a source repository whose address is not recorded";
                return says(Origin::Upstream, Confidence::Low, detail);
            };
            let confidence = if hosts.is_empty() { Confidence::Low } else { Confidence::Medium };
            (Policy::host_among(hosts, place).is_none()).then(|| {
                Answer::new(
                    Origin::Upstream,
                    confidence,
                    format!("from {place}, which the policy does not name"),
                )
            })
        },
    },
    Rule {
        id: "local-archive",
        about: "it was installed from a file; where that came from is not recorded",
        finding: None,
        judge: |subject, _| {
            let Recorded::Archive(file) = &subject.recorded else { return None };
            // Wheels of all kinds are built in one stage and installed in the next; nobody does that in npm.
            let origin = if subject.package.ecosystem == "npm" { Origin::InHouse } else { Origin::Upstream };
            says(
                origin,
                Confidence::Low,
                format!("installed from {file}; where that came from is not recorded"),
            )
        },
    },
    Rule {
        id: "private-package",
        about: "its own manifest forbids that it is published",
        finding: None,
        judge: private,
    },
    Rule {
        id: "fetched-main-module",
        about: "the main program was itself fetched as a released module",
        finding: None,
        judge: |subject, context| {
            let fetched = subject.has("main-module") && subject.has("h1");
            let detail = "the build recorded a checksum for it";
            fetched.then(|| upstream_unless_named(subject, context, Confidence::Medium, detail.to_owned()))
        },
    },
    Rule {
        id: "private-module-host",
        about: "its module lies on a host whose name means nothing outside of a private network",
        finding: None,
        judge: |subject, _| {
            let path = subject.module_path()?;
            let host = private_host(&path)?;
            says(Origin::InHouse, Confidence::Medium, format!("{host} is no name of the public network"))
        },
    },
    Rule {
        id: "module-checksum",
        about: "a Go module with the checksum of a released version",
        finding: None,
        judge: |subject, context| {
            let is_dependency = subject.has("h1") && !subject.has("main-module");
            let is_private = private_host(&subject.module_path()?).is_some();
            // The checksum is recorded for private modules just so.
            let detail = "the build recorded the checksum of its release";
            (is_dependency && !is_private)
                .then(|| upstream_unless_named(subject, context, Confidence::Medium, detail.to_owned()))
        },
    },
    Rule {
        id: "standard-library",
        about: "the standard library of the Go toolchain",
        finding: None,
        judge: |subject, _| {
            let is_it = subject.module_path()? == "stdlib";
            is_it.then(|| Answer::new(Origin::Upstream, Confidence::Medium, "comes with the Go toolchain"))
        },
    },
    Rule {
        id: "built-with-main",
        about: "it comes from the same source tree as the program that it is built into",
        finding: None,
        judge: |subject, context| {
            if subject.recorded != Recorded::SameTree || subject.package.kind == PackageKind::Application {
                return None;
            }
            let id = context.main_of(subject.package)?;
            let (main, verdict) = (context.inventory.package(id)?, context.verdict(id)?);
            let detail = format!("comes from the same source tree as {}", main.full_name());
            says(verdict.origin, Confidence::Low, detail)
        },
    },
    Rule {
        id: "built-from-files",
        about: "a Go program that was built from files, as nobody does for a release",
        finding: None,
        judge: |subject, _| {
            let is_it = subject.has("main-module") && subject.module_path()? == FROM_FILES;
            is_it
                .then(|| Answer::new(Origin::InHouse, Confidence::Low, "built from files, not from a module"))
        },
    },
    Rule {
        id: "public-forge",
        about: "the main program's module names a project on a public forge",
        finding: None,
        judge: |subject, _| {
            let path = subject.module_path().filter(|_| subject.has("main-module") && !subject.has("h1"))?;
            let forge = FORGES.iter().find(|host| path.split('/').next() == Some(host))?;
            // What was changed before it was built is not the project's any more.
            let is_changed = subject.property("vcs-modified") == Some("true");
            (!is_changed).then(|| {
                Answer::new(
                    Origin::Upstream,
                    Confidence::Low,
                    format!("built from a checkout of a project on {forge}"),
                )
            })
        },
    },
];

/// Asked when none of the others has answered.
pub(super) const LAST: &[Rule] = &[
    Rule {
        id: "application-without-namespace",
        about: "it is the program that was built here, but nothing says by whom",
        finding: None,
        judge: |subject, _| {
            let application = subject.package.kind == PackageKind::Application;
            let detail = "a program built from a checkout: name its namespace in the policy if it is yours";
            application.then(|| Answer::new(Origin::Unknown, Confidence::Medium, detail))
        },
    },
    Rule {
        id: "source-not-recorded",
        about: "a language's package with no record of its source and no sign of being the team's own",
        finding: None,
        judge: |subject, _| {
            let detail = format!(
                "a {} package whose source is not recorded, with no sign of being in-house",
                subject.package.ecosystem
            );
            says(Origin::Upstream, Confidence::Low, detail)
        },
    },
];

fn from_registry(subject: &Subject<'_>, context: &Context<'_>) -> Option<Answer> {
    let place = match &subject.recorded {
        Recorded::Registry(place) if !context.is_own_registry(place) => place,
        Recorded::OtherRegistry => {
            return says(Origin::Upstream, Confidence::Low, "from a registry whose address is not recorded");
        }
        _ => return None,
    };
    let host = place.split('/').next().unwrap_or(place);
    // Programs of Rust name the usual registry of their format, which is public; `registry` is any other.
    let is_public = subject.package.ecosystem == "cargo" && subject.property("source") != Some("registry")
        || Policy::host_among(&context.policy.public_registries, place).is_some();
    let confidence = if is_public { Confidence::High } else { Confidence::Medium };
    Some(upstream_unless_named(subject, context, confidence, format!("came from the registry {host}")))
}

/// That somebody published it; only worth telling of a package that the policy names, for teams publish too.
fn upstream_unless_named(
    subject: &Subject<'_>,
    context: &Context<'_>,
    confidence: Confidence,
    detail: String,
) -> Answer {
    let hosts = &context.policy.in_house.vcs_hosts;
    let is_hosted = || subject.module_path().is_some_and(|path| Policy::host_among(hosts, &path).is_some());
    if context.policy.namespace_of(subject.package).is_some() || is_hosted() {
        return Answer::evidence(detail);
    }
    Answer::new(Origin::Upstream, confidence, detail)
}

/// A package that came from a registry was published, whatever its manifest says.
fn private(subject: &Subject<'_>, _: &Context<'_>) -> Option<Answer> {
    if matches!(subject.recorded, Recorded::Registry(_)) {
        return None;
    }
    if subject.property("private") == Some("true") {
        return says(Origin::InHouse, Confidence::Medium, "its manifest says private: true");
    }
    // docs.npmjs.com, package.json, "license": for those who grant nobody a licence. Sellers do that too.
    let unlicensed = subject.package.ecosystem == "npm"
        && subject
            .package
            .licenses
            .iter()
            .any(|it| it.kind == LicenseKind::Declared && it.text == "UNLICENSED");
    unlicensed
        .then(|| Answer::new(Origin::InHouse, Confidence::Low, "its manifest says that nobody may use it"))
}

/// The host of a module path, if its name ends as names of private networks do.
fn private_host(path: &str) -> Option<&str> {
    let host = path.split('/').next()?;
    PRIVATE_ENDINGS.iter().any(|ending| host.ends_with(ending)).then_some(host)
}
