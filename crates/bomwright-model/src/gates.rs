//! What a team lets a change do: the rules that fail a build, thresholds, lists and waivers.

/// Declares the rules, each with its word and a sentence of what it looks for, which documents it too.
macro_rules! rules {
    ($($name:ident, $word:literal, $about:literal;)+) => {
        /// A rule about changes that a build can be made to fail on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GateRule {
            $(#[doc = $about] $name,)+
        }

        impl GateRule {
            /// Every rule, in the order of their words.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word used in every output, on the command line and in the policy file.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What it looks for, as a sentence.
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => $about,)+
                }
            }
        }
    };
}

rules! {
    Any, "any", "Anything that any other rule finds.";
    AuthorizedKeys, "authorized-keys", "A file with keys that may log in is new or differs.";
    BaseChange, "base-change", "The base image is another.";
    Capabilities, "capabilities", "A file with capabilities is new, or has other ones.";
    Certificate, "certificate", "A certificate authority that nobody's package brings is new or differs.";
    Cron, "cron", "A file for the clock daemon, of no package, is new or differs.";
    Downgrade, "downgrade", "A package has an earlier version than before.";
    EndOfLife, "eol", "The distribution gets no updates any more.";
    LicenceChange, "licence-change", "A licence differs, with or without a new version.";
    LicenceDenied, "licence-denied", "A new or changed package has a licence that the policy denies or does not allow.";
    LicenceUnknown, "licence-unknown", "A new package states no licence, or one that was known is not any more.";
    Lookalike, "lookalike", "The name of a new package is nearly that of another one.";
    NewFinding, "new-finding", "Verifying finds something serious that it did not find before.";
    NewInHouse, "new-in-house", "A package of the team itself is new.";
    NewUpstream, "new-upstream", "A package of a project or third party is new.";
    NewVendor, "new-vendor", "A package of the distribution is new.";
    PackageDatabase, "package-database", "Files of a package manager's packages are there, its database is not.";
    PackageDenied, "package-denied", "A new or changed package is one that the policy denies or does not allow.";
    PatchAddsDependency, "patch-adds-dependency", "A package whose version made a small step needs others that it did not need before.";
    RepositoryChange, "repository-change", "A package comes from another repository or host than before.";
    SameVersionContent, "same-version-content", "A package has the same version as before and other content.";
    Setuid, "setuid", "A file runs with its owner's or group's rights that did not before.";
    Shell, "shell", "There is a shell where there was none.";
    Sudoers, "sudoers", "Rights of other users, of no package, are new or differ.";
    SupplierChange, "supplier-change", "Somebody else supplies a package.";
    SystemdUnit, "systemd-unit", "A unit of systemd, of no package, is new or differs.";
    UnknownOrigin, "unknown-origin", "Nothing explains where a new or changed package or program comes from.";
    UnownedExecutable, "unowned-executable", "A program that no package owns is new or differs.";
    UserRoot, "user-root", "The image runs as root where it did not.";
    VendorModified, "vendor-modified", "A file of a vendor's package is not as the vendor made it.";
    WorldWritable, "world-writable", "Everybody may write a file where not everybody might.";
}

impl GateRule {
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
