//! What a team lets a change do: the rules that fail a build, thresholds, lists and waivers.

/// A rule about changes that a build can be made to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateRule {
    /// Anything that differs.
    Any,
    /// A file with keys that may log in is new or differs.
    AuthorizedKeys,
    /// The base image is another.
    BaseChange,
    /// A file with capabilities is new, or has other ones.
    Capabilities,
    /// A certificate authority that nobody's package brings is new or differs.
    Certificate,
    /// A file for the clock daemon, of no package, is new or differs.
    Cron,
    /// A package has an earlier version than before.
    Downgrade,
    /// The distribution gets no updates any more.
    EndOfLife,
    /// A licence differs, with or without a new version.
    LicenceChange,
    /// A new or changed package has a licence that the policy denies or does not allow.
    LicenceDenied,
    /// A new package states no licence, or one that was known is not any more.
    LicenceUnknown,
    /// The name of a new package is nearly that of another one.
    Lookalike,
    /// Verifying finds something serious that it did not find before.
    NewFinding,
    /// A package of the team itself is new.
    NewInHouse,
    /// A package of a project or third party is new.
    NewUpstream,
    /// A package of the distribution is new.
    NewVendor,
    /// Files of a package manager's packages are there, its database is not.
    PackageDatabase,
    /// A new or changed package is one that the policy denies or does not allow.
    PackageDenied,
    /// A package whose version made a small step needs others that it did not need before.
    PatchAddsDependency,
    /// A package comes from another repository or host than before.
    RepositoryChange,
    /// A package has the same version as before and other content.
    SameVersionContent,
    /// A file runs with its owner's or group's rights that did not before.
    Setuid,
    /// There is a shell where there was none.
    Shell,
    /// Rights of other users, of no package, are new or differ.
    Sudoers,
    /// Somebody else supplies a package.
    SupplierChange,
    /// A unit of systemd, of no package, is new or differs.
    SystemdUnit,
    /// Nothing explains where a new or changed package or program comes from.
    UnknownOrigin,
    /// A program that no package owns is new or differs.
    UnownedExecutable,
    /// The image runs as root where it did not.
    UserRoot,
    /// A file of a vendor's package is not as the vendor made it.
    VendorModified,
    /// Everybody may write a file where not everybody might.
    WorldWritable,
}

impl GateRule {
    /// Every rule, in the order of their words.
    pub const ALL: &'static [Self] = &[
        Self::Any,
        Self::AuthorizedKeys,
        Self::BaseChange,
        Self::Capabilities,
        Self::Certificate,
        Self::Cron,
        Self::Downgrade,
        Self::EndOfLife,
        Self::LicenceChange,
        Self::LicenceDenied,
        Self::LicenceUnknown,
        Self::Lookalike,
        Self::NewFinding,
        Self::NewInHouse,
        Self::NewUpstream,
        Self::NewVendor,
        Self::PackageDatabase,
        Self::PackageDenied,
        Self::PatchAddsDependency,
        Self::RepositoryChange,
        Self::SameVersionContent,
        Self::Setuid,
        Self::Shell,
        Self::Sudoers,
        Self::SupplierChange,
        Self::SystemdUnit,
        Self::UnknownOrigin,
        Self::UnownedExecutable,
        Self::UserRoot,
        Self::VendorModified,
        Self::WorldWritable,
    ];

    /// The word used in every output, on the command line and in the policy file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::AuthorizedKeys => "authorized-keys",
            Self::BaseChange => "base-change",
            Self::Capabilities => "capabilities",
            Self::Certificate => "certificate",
            Self::Cron => "cron",
            Self::Downgrade => "downgrade",
            Self::EndOfLife => "eol",
            Self::LicenceChange => "licence-change",
            Self::LicenceDenied => "licence-denied",
            Self::LicenceUnknown => "licence-unknown",
            Self::Lookalike => "lookalike",
            Self::NewFinding => "new-finding",
            Self::NewInHouse => "new-in-house",
            Self::NewUpstream => "new-upstream",
            Self::NewVendor => "new-vendor",
            Self::PackageDatabase => "package-database",
            Self::PackageDenied => "package-denied",
            Self::PatchAddsDependency => "patch-adds-dependency",
            Self::RepositoryChange => "repository-change",
            Self::SameVersionContent => "same-version-content",
            Self::Setuid => "setuid",
            Self::Shell => "shell",
            Self::Sudoers => "sudoers",
            Self::SupplierChange => "supplier-change",
            Self::SystemdUnit => "systemd-unit",
            Self::UnknownOrigin => "unknown-origin",
            Self::UnownedExecutable => "unowned-executable",
            Self::UserRoot => "user-root",
            Self::VendorModified => "vendor-modified",
            Self::WorldWritable => "world-writable",
        }
    }

    /// The rule named `text`; the American spelling of licence is understood too.
    pub fn from_name(text: &str) -> Option<Self> {
        let text = text.replace("license", "licence");
        Self::ALL.iter().copied().find(|rule| rule.as_str() == text)
    }
}

/// What a team's policy says of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    /// The rules that fail a build.
    pub fail_on: Vec<GateRule>,
    /// How many packages may be new.
    pub max_added: Option<u64>,
    /// How many of those may be upstream's.
    pub max_added_upstream: Option<u64>,
    /// How many packages may leave.
    pub max_removed: Option<u64>,
    /// How many packages may have another version.
    pub max_changed: Option<u64>,
    /// SPDX identifiers that are allowed; where there are any, all others are denied.
    pub allowed_licenses: Vec<String>,
    /// SPDX identifiers that are denied.
    pub denied_licenses: Vec<String>,
    /// Patterns of purls that are allowed whatever else is said.
    pub allowed_packages: Vec<String>,
    /// Patterns of purls that are denied: `*` stands for anything.
    pub denied_packages: Vec<String>,
    /// Findings that may pass.
    pub waivers: Vec<Waiver>,
}

/// A permission for one finding to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The finding's id.
    pub id: String,
    /// Why, for whoever reads the report.
    pub reason: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_read_back() {
        let words: Vec<_> = GateRule::ALL.iter().map(|rule| rule.as_str()).collect();
        assert!(words.is_sorted(), "{words:?}");
        for rule in GateRule::ALL {
            assert_eq!(GateRule::from_name(rule.as_str()), Some(*rule));
        }
        assert_eq!(GateRule::from_name("license-change"), Some(GateRule::LicenceChange));
        assert_eq!(GateRule::from_name("nothing"), None);
    }
}
