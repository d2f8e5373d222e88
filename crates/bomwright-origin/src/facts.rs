//! What other stages found out about a package and the rules can't see for themselves.

use std::collections::BTreeMap;

use bomwright_model::PackageId;

/// What is known of each package besides the inventory.
pub type Facts = BTreeMap<PackageId, PackageFacts>;

/// What is known of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// What verifying its signature gave; `None`: nobody tried.
    pub signature: Option<SignatureFact>,
    /// What looking it up in an index gave; `None`: no index was given for its kind of packages.
    pub listing: Option<ListingFact>,
}

/// What verifying a package's signature gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureFact {
    /// Good, by a key that the user trusts.
    Trusted {
        /// The key's fingerprint in hexadecimal digits.
        key: String,
        /// The key's user id.
        owner: String,
    },
    /// Good, by a key that the image itself holds: whoever built the image may have put it there.
    InImage {
        /// The key's fingerprint in hexadecimal digits.
        key: String,
        /// The key's user id.
        owner: String,
    },
    /// By a key that nobody has, so that it could not be verified.
    UnknownKey {
        /// The key's id in hexadecimal digits.
        key: String,
    },
    /// The signature does not fit what it signs.
    Bad {
        /// Why, as a fragment for a person.
        reason: String,
    },
    /// There is none.
    Unsigned,
}

/// What looking a package up in a package index that the user gave showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingFact {
    /// The index, as the user calls it.
    pub index: String,
    /// Who publishes it: the `Origin` of a Debian `Release` file, or what the user says; empty if unknown.
    pub publisher: String,
    /// How well the index is protected.
    pub tier: IndexTier,
    /// Whether the package is in it.
    pub outcome: Listing,
    /// Where it is not: the versions of a package of that name and architecture that are.
    pub other_versions: Vec<String>,
}

/// How well an index is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexTier {
    /// A file as the user gave it.
    Given,
    /// Signed by a key that the user trusts.
    Signed,
}

/// Whether a package is in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listing {
    /// Its name, version and architecture, and its digest where both sides have one.
    Listed,
    /// Its name, version and architecture, with another digest.
    OtherDigest,
    /// Not at all.
    NotListed,
}
