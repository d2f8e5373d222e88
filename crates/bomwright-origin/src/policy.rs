//! `bomwright.toml`, the file in which a team says what is its own.

mod date;
mod declared;
mod error;
mod gates;
mod pattern;
mod publishers;
mod read;
mod template;

use std::collections::BTreeMap;

use bomwright_model::{Declared, Digest, Gates, Package};
use time::Date;

pub use declared::Part;
pub use error::PolicyError;
pub use pattern::{Glob, Place};
pub use publishers::Publisher;
pub use template::{Proposal, Proposals, template};

pub(crate) use date::day;
pub(crate) use pattern::{is_at, place_of};
pub(crate) use publishers::{begins, known_publisher, marked_by};

/// What a team declares about its own work.
///
/// ```toml
/// [in-house]
/// npm = ["@acme"]               # by ecosystem: a namespace, or a prefix of names
/// golang = ["example.com/acme"]
/// maven = ["com.acme"]
/// pypi = ["acme-"]
/// paths = ["/app", "/opt/acme"] # directories whose executables are ours
/// ```
///
/// [`template`] writes a file with every key explained. Hosts are `host`, `host/path` with all below it, or
/// `*.domain`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What is in-house.
    pub in_house: InHouse,
    /// Who else publishes OS packages, before those that are known without a policy.
    pub publishers: Vec<Publisher>,
    /// Hosts of registries on which anybody may publish.
    pub public_registries: Vec<String>,
    /// Paths of the keys whose signatures count, as seen from the policy file.
    pub trusted_keys: Vec<String>,
    /// What may be unknown, for how long and why.
    pub allowances: Vec<Allowance>,
    /// What changes may do.
    pub gates: Gates,
    /// What only the team knows.
    pub declared: Declared,
    /// What it knows of single packages and files; of those that mean the same thing the first counts.
    pub parts: Vec<Part>,
    today: Option<Date>,
}

/// Names and places that are the team's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InHouse {
    /// Places of the image.
    pub paths: Vec<Place>,
    /// For each ecosystem, namespaces or prefixes of names.
    pub names: BTreeMap<String, Vec<String>>,
    /// Parts of the `Maintainer` of Debian packages, in any case.
    pub deb_maintainers: Vec<String>,
    /// Parts of the maintainer of Alpine packages, in any case.
    pub apk_maintainers: Vec<String>,
    /// What the `Vendor` of RPM packages begins with, in any case.
    pub rpm_vendors: Vec<String>,
    /// Hosts of source repositories.
    pub vcs_hosts: Vec<String>,
    /// Hosts of registries.
    pub registries: Vec<String>,
    /// Fingerprints of signing keys, in lower-case digits.
    pub signers: Vec<String>,
    /// SHA-256 of files or package archives.
    pub digests: Vec<Digest>,
}

/// A permission for something to be unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// What is meant.
    pub target: Allowed,
    /// Why, for whoever reads the report.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// The line of the policy file.
    pub line: usize,
}

/// What an [`Allowance`] or a [`Part`] is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Files whose path matches.
    Path(Glob),
    /// Packages whose full name matches, of one ecosystem or of any.
    Package {
        /// The ecosystem.
        ecosystem: Option<String>,
        /// The name with its namespace, joined by `/`.
        name: Glob,
    },
}

impl Policy {
    /// Reads the text of a policy file. `ecosystems` are the names that may stand below `[in-house]`.
    pub fn parse(name: &str, text: &str, ecosystems: &[&str]) -> Result<Self, PolicyError> {
        read::policy(name, text, ecosystems)
    }

    /// The same policy on the day `today`, from which allowances expire. Without a day, the one on which the
    /// inventory was made counts; where there is none either, no allowance has an effect.
    #[must_use]
    pub fn as_of(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// The day of [`Self::as_of`].
    pub(crate) fn today(&self) -> Option<Date> {
        self.today
    }

    /// The entry that makes `package` in-house, if any does.
    pub(crate) fn namespace_of(&self, package: &Package) -> Option<&str> {
        let entries = self.in_house.names.get(&package.ecosystem)?;
        let full = comparable(&package.ecosystem, &package.full_name());
        let dotted = full.replace('/', ".");
        entries.iter().map(String::as_str).find(|entry| {
            let entry = comparable(&package.ecosystem, entry);
            pattern::covers(&entry, &full) || pattern::covers(&entry, &dotted)
        })
    }

    /// The entry for a place of the policy that `path` (no leading slash) lies in, if any.
    pub(crate) fn place_holding(&self, path: &str) -> Option<&str> {
        self.in_house.paths.iter().find(|place| place.holds(path)).map(Place::as_str)
    }

    /// The digest of the policy that is among `digests`, if any.
    pub(crate) fn digest_among<'a>(&self, digests: &'a [Digest]) -> Option<&'a Digest> {
        digests.iter().find(|digest| self.in_house.digests.contains(digest))
    }

    /// The entry that makes `package` of a distribution's format in-house by who made it, if any.
    pub(crate) fn packager_of(&self, package: &Package) -> Option<&str> {
        let supplier = package.supplier.as_deref()?.to_lowercase();
        let part = |entry: &&String| supplier.contains(&entry.to_lowercase());
        let entry = match package.ecosystem.as_str() {
            "deb" | "opkg" => self.in_house.deb_maintainers.iter().find(part),
            "apk" => self.in_house.apk_maintainers.iter().find(part),
            "rpm" => self.in_house.rpm_vendors.iter().find(|entry| begins(&supplier, &entry.to_lowercase())),
            _ => None,
        };
        entry.map(String::as_str)
    }

    /// The entry of `hosts` that means `place` (`host/path`), if any.
    pub(crate) fn host_among<'a>(hosts: &'a [String], place: &str) -> Option<&'a str> {
        hosts.iter().map(String::as_str).find(|entry| is_at(entry, place))
    }

    /// Whether `key`, a fingerprint in hexadecimal digits, is one of the team's signers.
    pub(crate) fn is_signer(&self, key: &str) -> bool {
        self.in_house.signers.iter().any(|signer| signer.eq_ignore_ascii_case(key))
    }
}

impl Allowance {
    /// Whether it still counts on `today`.
    pub fn is_valid(&self, today: Option<Date>) -> bool {
        today.is_some_and(|today| today <= self.expires)
    }

    /// Whether it is about the package.
    pub fn covers_package(&self, package: &Package) -> bool {
        self.target.covers_package(package)
    }

    /// Whether it is about the file at `path` (no leading slash).
    pub fn covers_path(&self, path: &str) -> bool {
        self.target.covers_path(path)
    }
}

impl Allowed {
    /// Whether the package is meant.
    pub(crate) fn covers_package(&self, package: &Package) -> bool {
        match self {
            Self::Path(_) => false,
            Self::Package { ecosystem, name } => {
                ecosystem.as_ref().is_none_or(|it| *it == package.ecosystem)
                    && name.matches(&package.full_name())
            }
        }
    }

    /// Whether the file at `path` (no leading slash) is meant.
    pub(crate) fn covers_path(&self, path: &str) -> bool {
        matches!(self, Self::Path(glob) if glob.matches(path))
    }
}

/// A name as its ecosystem compares names: PEP 503 for Python, no case for `NuGet`, and cargo takes `-` and
/// `_` for the same.
fn comparable(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
        "nuget" => name.to_lowercase(),
        "cargo" => name.replace('_', "-"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
