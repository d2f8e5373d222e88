//! Rules about packages of a distribution's format: who published them.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Confidence, FindingSeverity, Origin};

use super::context::{Answer, Context, Rule, Subject, says};
use super::repositories::{self, Whose};
use super::vendors;
use crate::facts::{Facts, IndexTier, Listing, ListingFact, SignatureFact};
use crate::policy::{Policy, known_publisher, marked_by, place_of};

/// Asked in this order.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "signature-invalid",
        about: "its signature does not fit what it signs",
        finding: Some(FindingSeverity::Critical),
        judge: |subject, _| match subject.signature()? {
            SignatureFact::Bad { reason } => {
                says(Origin::Unknown, Confidence::High, format!("its signature is invalid: {reason}"))
            }
            _ => None,
        },
    },
    Rule {
        id: "index-mismatch",
        about: "a package index has another package under its name and version",
        finding: Some(FindingSeverity::High),
        judge: |subject, _| {
            let listing = subject.listing().filter(|it| it.outcome == Listing::OtherDigest)?;
            let detail = format!("the index {} has another digest for this version", listing.index);
            says(Origin::Unknown, Confidence::High, detail)
        },
    },
    Rule {
        id: "verified-signature",
        about: "its signature is good, by a key that is trusted or that the image holds",
        finding: None,
        judge: signed,
    },
    Rule {
        id: "listed-in-index",
        about: "a package index that the user gave lists it",
        finding: None,
        judge: listed,
    },
    Rule {
        id: "policy-packager",
        about: "the policy names its maintainer or vendor as in-house",
        finding: None,
        judge: |subject, context| {
            let entry = context.policy.packager_of(subject.package)?;
            says(
                Origin::InHouse,
                Confidence::High,
                format!("the policy names its maker, '{entry}', as in-house"),
            )
        },
    },
    Rule {
        id: "policy-path-package",
        about: "it was built outside of the distribution and owns programs in a place that the policy names",
        finding: None,
        judge: |subject, context| {
            let place = context.owns_in_policy_path(subject.id)?;
            let sign = (subject.package.ecosystem == "deb")
                .then(|| vendors::built_outside_debian(subject.package))
                .flatten()?;
            says(Origin::InHouse, Confidence::Medium, format!("owns programs in '{place}', and {sign}"))
        },
    },
    Rule {
        id: "recorded-repository",
        about: "the repository that it was installed from is recorded",
        finding: None,
        judge: |subject, context| {
            let repository = subject.package.properties.get("repository")?;
            let place = place_of(repository).unwrap_or_else(|| repository.clone());
            match Policy::host_among(&context.policy.in_house.registries, &place) {
                Some(entry) => says(
                    Origin::InHouse,
                    Confidence::High,
                    format!("installed from {repository}, and the policy names '{entry}' as in-house"),
                ),
                None => Some(from(repository, context)),
            }
        },
    },
    Rule {
        id: "third-party-publisher",
        about: "a third party that publishes packages for distributions made it",
        finding: None,
        judge: |subject, context| {
            let name = publisher(subject, context)?;
            says(
                Origin::Upstream,
                Confidence::Medium,
                format!("published by {name}, not by the distribution"),
            )
        },
    },
    Rule {
        id: "foreign-distribution",
        about: "it was built for another distribution than the image's",
        finding: Some(FindingSeverity::Medium),
        judge: |subject, context| {
            let detail = vendors::foreign(subject.package, context.distribution()?)?;
            says(Origin::Unknown, Confidence::Medium, detail)
        },
    },
    Rule {
        id: "not-in-index",
        about: "the indexes that were given list next to all packages of the distribution, but not this one",
        finding: Some(FindingSeverity::Medium),
        judge: |subject, context| {
            let listing = unlisted(subject, context).filter(|it| it.other_versions.is_empty())?;
            says(Origin::Unknown, Confidence::Medium, format!("the index {} does not list it", listing.index))
        },
    },
    Rule {
        id: "other-version-in-index",
        about: "the indexes that were given list it in other versions only: an update from elsewhere, or a forgery",
        finding: Some(FindingSeverity::Low),
        judge: |subject, context| {
            let listing = unlisted(subject, context).filter(|it| !it.other_versions.is_empty())?;
            let versions: Vec<_> = listing.other_versions.iter().take(3).map(String::as_str).collect();
            let detail = format!("the index {} lists it as {}", listing.index, versions.join(", "));
            Some(Answer::evidence(detail))
        },
    },
    Rule {
        id: "unsigned-among-signed",
        about: "it carries no signature, though other packages of the image do",
        finding: Some(FindingSeverity::Low),
        judge: |subject, context| {
            let unsigned = context.has_signed(&subject.package.ecosystem) && !subject.is_signed();
            let detail = "carries no signature, though other packages of the image do";
            unsigned.then(|| Answer::new(Origin::Unknown, Confidence::Medium, detail))
        },
    },
    Rule {
        id: "os-package-database",
        about: "the distribution's package database lists it, and what it says of itself fits the distribution",
        finding: None,
        judge: own,
    },
];

/// Asked when none of the others has answered.
pub(super) const LAST: &[Rule] = &[Rule {
    id: "unknown-packager",
    about: "a package database lists it, but nothing tells who made it",
    finding: None,
    judge: |subject, context| {
        let why = context.fits(subject.package).err().unwrap_or_default();
        let maker = subject.package.supplier.as_deref().map_or(String::new(), |it| format!(", made by {it}"));
        says(
            Origin::Unknown,
            Confidence::Medium,
            format!("listed in the {} database{maker}: {why}", subject.package.ecosystem),
        )
    },
}];

/// What it says that a package came from a repository that is not in-house.
fn from(repository: &str, context: &Context<'_>) -> Answer {
    match repositories::whose(repository, context.distribution()) {
        Some(Whose::ThirdParty(name)) => {
            let detail = format!("installed from {repository}, a repository of {name}");
            Answer::new(Origin::Upstream, Confidence::Medium, detail)
        }
        Some(Whose::Distribution) => {
            Answer::evidence(format!("installed from {repository}, a repository of the distribution"))
        }
        Some(Whose::File) => Answer::evidence("installed from a file, not from a repository".to_owned()),
        None => Answer::evidence(format!("installed from {repository}")),
    }
}

/// Of a hundred packages of the distribution, how many the indexes must list before it means something that they don't
/// list another.
const COMPLETE: usize = 90;

/// The ecosystems of which the indexes list next to all packages that look like the distribution's own.
pub(super) fn indexed<'a>(context: &Context<'a>, facts: &Facts) -> BTreeSet<&'a str> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (id, package) in context.inventory.packages() {
        let subject = Subject::new(id, package, facts);
        let Some(listing) = subject.listing().filter(|_| is_of_distribution(&subject, context)) else {
            continue;
        };
        let (listed, all) = counts.entry(package.ecosystem.as_str()).or_default();
        *listed += usize::from(listing.outcome != Listing::NotListed);
        *all += 1;
    }
    let complete = counts.into_iter().filter(|(_, (listed, all))| listed * 100 >= all * COMPLETE);
    complete.map(|(ecosystem, _)| ecosystem).collect()
}

/// That no index lists a package which says to be the distribution's, where they list next to all others.
fn unlisted<'a>(subject: &Subject<'a>, context: &Context<'_>) -> Option<&'a ListingFact> {
    let listing = subject.listing().filter(|it| it.outcome == Listing::NotListed)?;
    (context.is_indexed(&subject.package.ecosystem) && is_of_distribution(subject, context))
        .then_some(listing)
}

/// Whether the package says of itself what the distribution's own do, and nobody else says that it is his.
fn is_of_distribution(subject: &Subject<'_>, context: &Context<'_>) -> bool {
    context.fits(subject.package).is_ok() && !is_named(subject, context)
}

/// Whether the policy or a publisher says that the package is his.
fn is_named(subject: &Subject<'_>, context: &Context<'_>) -> bool {
    let (policy, package) = (context.policy, subject.package);
    policy.packager_of(package).is_some()
        || policy.namespace_of(package).is_some()
        || publisher(subject, context).is_some()
}

fn own(subject: &Subject<'_>, context: &Context<'_>) -> Option<Answer> {
    let package = subject.package;
    context.fits(package).ok()?;
    // What somebody else says to be his is not the distribution's, whichever way it was built.
    if is_named(subject, context) {
        return None;
    }
    let supplier = package.supplier.as_deref().map_or(String::new(), |it| format!(", supplied by {it}"));
    let (confidence, fit) = match (context.distribution(), context.assumed()) {
        (Some(distribution), Some(family)) => {
            let detail =
                format!("nobody knows {}, but its base packages are those of {family}", distribution.id);
            (Confidence::Low, detail)
        }
        (Some(distribution), None) => (Confidence::Medium, format!("as {} has them", distribution.id)),
        (None, _) => (Confidence::Low, "the image does not say of which distribution".to_owned()),
    };
    says(Origin::Vendor, confidence, format!("listed in the {} database{supplier}; {fit}", package.ecosystem))
}

/// The third party that says of itself that it made the package.
fn publisher(subject: &Subject<'_>, context: &Context<'_>) -> Option<String> {
    let package = subject.package;
    let repository = package.properties.get("repository").and_then(|it| place_of(it));
    let named = context.policy.publishers.iter().find(|it| it.publishes(package, repository.as_deref()));
    if let Some(publisher) = named {
        return Some(publisher.name.clone());
    }
    let supplier = package.supplier.as_deref().unwrap_or_default();
    let vendor = package.properties.get("vendor").map_or("", String::as_str);
    let is_rpm = package.ecosystem == "rpm";
    let (maintainer, vendor) = if is_rpm { ("", supplier) } else { (supplier, vendor) };
    // A distribution's own maker may publish for others too.
    if is_rpm && context.distribution().is_some_and(|it| vendors::is_own_vendor(supplier, it)) {
        return None;
    }
    let marked = (package.ecosystem == "deb").then(|| marked_by(&package.version)).flatten();
    known_publisher(maintainer, vendor).or(marked).map(str::to_owned)
}

fn signed(subject: &Subject<'_>, context: &Context<'_>) -> Option<Answer> {
    let (key, owner, trusted) = match subject.signature()? {
        SignatureFact::Trusted { key, owner } => (key, owner, true),
        SignatureFact::InImage { key, owner } => (key, owner, false),
        SignatureFact::UnknownKey { key } => {
            return Some(Answer::evidence(format!("signed by the key {key}, which nobody has")));
        }
        SignatureFact::Unsigned | SignatureFact::Bad { .. } => return None,
    };
    let how = if trusted { "a trusted key" } else { "a key that the image holds" };
    let detail = format!("its signature is good, by {owner} ({key}), {how}");
    let confidence = if trusted { Confidence::High } else { Confidence::Medium };
    if context.policy.is_signer(key) {
        return says(Origin::InHouse, Confidence::High, format!("{detail}; the policy names it as in-house"));
    }
    let is_own = context.distribution().is_some_and(|it| vendors::is_own_vendor(owner, it));
    let third_party = || known_publisher(owner, owner).is_some() || publisher(subject, context).is_some();
    if !is_own && third_party() {
        return says(Origin::Upstream, confidence, detail);
    }
    if trusted || is_own {
        return says(Origin::Vendor, confidence, detail);
    }
    Some(Answer::evidence(detail))
}

fn listed(subject: &Subject<'_>, context: &Context<'_>) -> Option<Answer> {
    let listing = subject.listing().filter(|it| it.outcome == Listing::Listed)?;
    let confidence = match listing.tier {
        IndexTier::Signed => Confidence::High,
        IndexTier::Given => Confidence::Medium,
    };
    let detail = format!("listed in the index {}", listing.index);
    let publisher = listing.publisher.as_str();
    let Some(distribution) = context.distribution() else { return Some(Answer::evidence(detail)) };
    let is_own = if publisher.is_empty() {
        context.fits(subject.package).is_ok()
    } else {
        let mut kin = distribution.id_like.iter().chain([&distribution.id]);
        vendors::is_own_vendor(publisher, distribution) || kin.any(|id| publisher.eq_ignore_ascii_case(id))
    };
    match (is_own, publisher) {
        (true, _) => says(Origin::Vendor, confidence, detail),
        (false, "") => Some(Answer::evidence(detail)),
        (false, publisher) => {
            says(Origin::Upstream, confidence, format!("{detail}, published by {publisher}"))
        }
    }
}
