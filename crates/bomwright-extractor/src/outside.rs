//! What the user gave from outside the image, and what it says about the packages in it.

use std::collections::BTreeMap;

use bomwright_ecosystems::Found;
use bomwright_model::{Checksum, Inventory, PackageId, Tier};
use bomwright_origin::base::Candidate;
use bomwright_origin::lifecycle::{Date, Table};
use bomwright_origin::{Backing, Facts, IndexTier, Listing, ListingFact, PackageFacts, SignatureFact};
use bomwright_trust::{AnchoredManifest, Anchors, Keyring, Outcome, TrustError};

/// What an image is held against.
#[derive(Debug)]
pub struct Outside {
    /// Keys that the user trusts. Keys that are found in the image are added to a copy, marked as such.
    pub keyring: Keyring,
    /// Archives and indexes that the user trusts.
    pub anchors: Anchors,
    /// Images that may be the base.
    pub bases: Vec<Candidate>,
    /// Until when distributions are supported.
    pub lifecycle: Table,
    /// The day on which the image is looked at.
    pub today: Date,
}

/// What the outside says.
#[derive(Debug, Default)]
pub(crate) struct Vouched {
    pub(crate) facts: Facts,
    pub(crate) backing: BTreeMap<PackageId, Backing>,
}

/// Looks up every package. `found` is in the inventory's order.
///
/// # Errors
/// When an archive of the anchors can't be read.
pub(crate) fn vouch(
    inventory: &Inventory,
    found: &[Found],
    keyring: &Keyring,
    anchors: &Anchors,
) -> Result<Vouched, TrustError> {
    let mut vouched = Vouched::default();
    for ((id, package), found) in inventory.packages().zip(found) {
        let mut facts = PackageFacts::default();
        if let Some(header) = &found.signature {
            let outcome = keyring.verify(header);
            vouched.backing.extend(signed(&outcome).map(|backing| (id, backing)));
            facts.signature = fact(outcome);
        }
        if package.ecosystem == "deb" && !anchors.is_empty() {
            let architecture = package.architecture.as_deref().unwrap_or_default();
            if let Some(manifest) = anchors.manifest(&package.name, &package.version, architecture)? {
                vouched.backing.insert(id, archived(&manifest));
            }
            facts.listing = listing(anchors, &package.name, &package.version, architecture);
        }
        if facts != PackageFacts::default() {
            vouched.facts.insert(id, facts);
        }
    }
    Ok(vouched)
}

/// What a signature does for a package's files: only a trusted key's proves anything.
fn signed(outcome: &Outcome) -> Option<Backing> {
    let (tier, detail) = match outcome {
        Outcome::Good(signer) if signer.source.is_trusted() => {
            (Tier::V3, format!("signed by {} (key {}), which is trusted", signer.user_id, signer.key_id))
        }
        Outcome::Good(signer) => (
            Tier::V1,
            format!(
                "signed by {} (key {}), but that key lies in the image itself, in {}",
                signer.user_id,
                signer.key_id,
                signer.source.place()
            ),
        ),
        Outcome::UnknownKey(key) if key.is_empty() => (Tier::V1, "signed by an unnamed key".to_owned()),
        Outcome::UnknownKey(key) => (Tier::V1, format!("signed by the key {key}, which is not known")),
        Outcome::Unsupported(reason) => (Tier::V1, format!("signed, but {reason}")),
        Outcome::Bad(_) | Outcome::Unsigned => return None,
    };
    Some(Backing { tier, detail, manifest: None })
}

fn fact(outcome: Outcome) -> Option<SignatureFact> {
    Some(match outcome {
        Outcome::Good(signer) if signer.source.is_trusted() => {
            SignatureFact::Trusted { key: signer.fingerprint, owner: signer.user_id }
        }
        Outcome::Good(signer) => SignatureFact::InImage { key: signer.fingerprint, owner: signer.user_id },
        Outcome::UnknownKey(key) => SignatureFact::UnknownKey { key },
        Outcome::Bad(reason) => SignatureFact::Bad { reason },
        Outcome::Unsigned => SignatureFact::Unsigned,
        Outcome::Unsupported(_) => return None,
    })
}

/// What the package's own archive does for its files.
fn archived(manifest: &AnchoredManifest) -> Backing {
    let digests = manifest.files.iter();
    let digests = digests.filter_map(|(path, file)| Some((path.clone(), Checksum::Sha256(file.sha256?))));
    let (tier, detail) = match &manifest.tier {
        bomwright_trust::Tier::Given => (Tier::V2, format!("compared with {}", manifest.archive.display())),
        bomwright_trust::Tier::Signed(signer) => (
            Tier::V3,
            format!(
                "compared with {}, listed in an index that {} signed",
                manifest.archive.display(),
                signer.user_id
            ),
        ),
    };
    Backing { tier, detail, manifest: Some(digests.collect()) }
}

/// Whether an index lists the package; `None` where there is no index.
fn listing(anchors: &Anchors, name: &str, version: &str, architecture: &str) -> Option<ListingFact> {
    let Some(found) = anchors.listed(name, version, architecture) else {
        let first = anchors.indexes().next()?.display().to_string();
        let index = match anchors.indexes().count() - 1 {
            0 => first,
            more => format!("{first} and {more} more"),
        };
        let other_versions = anchors.versions(name, architecture).map(str::to_owned).collect();
        let (publisher, tier, outcome) = (String::new(), IndexTier::Given, Listing::NotListed);
        return Some(ListingFact { index, publisher, tier, outcome, other_versions });
    };
    Some(ListingFact {
        index: found.index.display().to_string(),
        publisher: found.origin.unwrap_or_default(),
        tier: match found.tier {
            bomwright_trust::Tier::Given => IndexTier::Given,
            bomwright_trust::Tier::Signed(_) => IndexTier::Signed,
        },
        outcome: Listing::Listed,
        other_versions: Vec::new(),
    })
}
