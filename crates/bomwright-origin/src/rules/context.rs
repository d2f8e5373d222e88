//! What a rule may look at, and what it answers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bomwright_model::{
    Confidence, Distribution, FindingSeverity, Inventory, Origin, Package, PackageId, PackageKind, Verdict,
};

use super::recorded::Recorded;
use super::{system, vendors};
use crate::Policy;
use crate::facts::{Facts, ListingFact, PackageFacts, SignatureFact};
use crate::lifecycle;

/// One rule about packages.
pub(super) struct Rule {
    /// Stable kebab-case id.
    pub(super) id: &'static str,
    /// What it means that the rule answers.
    pub(super) about: &'static str,
    /// Set when that is something to look at whatever the verdict is.
    pub(super) finding: Option<FindingSeverity>,
    /// The rule itself.
    pub(super) judge: fn(&Subject<'_>, &Context<'_>) -> Option<Answer>,
}

/// What a rule saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// What follows; `None` for evidence that is worth telling but decides nothing.
    pub(super) origin: Option<Origin>,
    pub(super) confidence: Confidence,
    /// A fragment for a person.
    pub(super) detail: String,
}

impl Answer {
    pub(super) fn new(origin: Origin, confidence: Confidence, detail: impl Into<String>) -> Self {
        Self { origin: Some(origin), confidence, detail: detail.into() }
    }

    pub(super) fn evidence(detail: impl Into<String>) -> Self {
        Self { origin: None, confidence: Confidence::Low, detail: detail.into() }
    }
}

/// An answer, as a rule returns it.
#[allow(clippy::unnecessary_wraps, reason = "the last line of most rules")]
pub(super) fn says(origin: Origin, confidence: Confidence, detail: impl Into<String>) -> Option<Answer> {
    Some(Answer::new(origin, confidence, detail))
}

/// The package that is being judged.
pub(super) struct Subject<'a> {
    pub(super) id: PackageId,
    pub(super) package: &'a Package,
    pub(super) facts: Option<&'a PackageFacts>,
    pub(super) recorded: Recorded,
}

impl<'a> Subject<'a> {
    pub(super) fn new(id: PackageId, package: &'a Package, facts: &'a Facts) -> Self {
        Self { id, package, facts: facts.get(&id), recorded: Recorded::of(package) }
    }

    pub(super) fn property(&self, key: &str) -> Option<&'a str> {
        self.package.properties.get(key).map(String::as_str)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.package.properties.contains_key(key)
    }

    pub(super) fn signature(&self) -> Option<&'a SignatureFact> {
        self.facts?.signature.as_ref()
    }

    pub(super) fn listing(&self) -> Option<&'a ListingFact> {
        self.facts?.listing.as_ref()
    }

    /// Whether it carries a signature, whatever that is worth.
    pub(super) fn is_signed(&self) -> bool {
        is_signed(self.package, self.facts)
    }

    /// `host/path` of the module of a Go program or library.
    pub(super) fn module_path(&self) -> Option<String> {
        (self.package.ecosystem == "golang").then(|| self.package.full_name())
    }
}

fn is_signed(package: &Package, facts: Option<&PackageFacts>) -> bool {
    match facts.and_then(|it| it.signature.as_ref()) {
        Some(fact) => *fact != SignatureFact::Unsigned,
        None => package.properties.contains_key("signature-key-id"),
    }
}

/// The distribution as os-release names it. Where that is nobody's name, and it says to be like nobody's, it counts as
/// like the one that its packages speak for: a derivative that leaves `ID_LIKE` out keeps its vendor's packages.
fn distribution(inventory: &Inventory) -> (Option<Cow<'_, Distribution>>, Option<&'static str>) {
    let Some(stated) = &inventory.distribution else { return (None, None) };
    if lifecycle::is_known(stated) {
        return (Some(Cow::Borrowed(stated)), None);
    }
    if let Some((family, likes)) = lifecycle::kin_of_packages(inventory) {
        let mut assumed = stated.clone();
        assumed.id_like.extend(likes.iter().map(|&id| id.to_owned()));
        return (Some(Cow::Owned(assumed)), Some(family));
    }
    let says_nothing = stated.id.is_empty() || stated.id.eq_ignore_ascii_case("linux");
    (Some(Cow::Borrowed(stated)).filter(|_| !says_nothing), None)
}

/// Everything besides the package that a rule may look at.
pub(super) struct Context<'a> {
    pub(super) policy: &'a Policy,
    pub(super) inventory: &'a Inventory,
    /// What was decided so far: the distribution's packages first, then programs, then the rest.
    pub(super) verdicts: Vec<Option<Verdict>>,
    /// The main package of each program, by its ecosystem and place.
    mains: HashMap<(&'a str, &'a str), PackageId>,
    /// The ecosystems of which some package is signed.
    signed: BTreeSet<&'a str>,
    /// The distribution; `None` where os-release does not say which.
    distribution: Option<Cow<'a, Distribution>>,
    /// The family that the packages speak for, where nobody knows what os-release names.
    assumed: Option<&'static str>,
    /// The ecosystems whose indexes list next to all packages of the distribution.
    indexed: BTreeSet<&'a str>,
    /// For packages that own a program in a place of the policy, that place.
    placed: BTreeMap<PackageId, &'a str>,
}

impl<'a> Context<'a> {
    pub(super) fn new(inventory: &'a Inventory, policy: &'a Policy, facts: &Facts) -> Self {
        let mains = inventory.packages().filter(|(_, it)| it.kind == PackageKind::Application);
        let mains = mains.filter_map(|(id, it)| Some(((it.ecosystem.as_str(), it.location.as_deref()?), id)));
        let signed = inventory.packages().filter(|(id, it)| is_signed(it, facts.get(id)));
        let placed =
            inventory.files.iter().filter_map(|it| Some((it.owner?, policy.place_holding(&it.path)?)));
        let (distribution, assumed) = distribution(inventory);
        let mut context = Self {
            policy,
            inventory,
            distribution,
            assumed,
            verdicts: vec![None; inventory.packages.len()],
            mains: mains.collect(),
            signed: signed.map(|(_, it)| it.ecosystem.as_str()).collect(),
            indexed: BTreeSet::new(),
            placed: placed.collect(),
        };
        context.indexed = system::indexed(&context, facts);
        context
    }

    /// The distribution, unless os-release does not say which.
    pub(super) fn distribution(&self) -> Option<&Distribution> {
        self.distribution.as_deref()
    }

    /// The family of distributions that the packages speak for, where nobody knows what os-release names.
    pub(super) fn assumed(&self) -> Option<&'static str> {
        self.assumed
    }

    /// Whether `package` looks like one of the distribution's own; `Err` says what does not fit.
    pub(super) fn fits(&self, package: &Package) -> Result<(), String> {
        let fits = vendors::fits(package, self.distribution());
        let vendor = package.supplier.as_deref().filter(|_| package.ecosystem == "rpm");
        match self.assumed.zip(vendor) {
            Some((family, vendor)) if vendors::is_vendor_of_family(vendor, family) => Ok(()),
            _ => fits,
        }
    }

    pub(super) fn verdict(&self, id: PackageId) -> Option<&Verdict> {
        self.verdicts.get(usize::try_from(id.0).ok()?)?.as_ref()
    }

    /// Whether the indexes that the user gave know the distribution's packages of this ecosystem, so that it says
    /// something when they don't know one.
    pub(super) fn is_indexed(&self, ecosystem: &str) -> bool {
        self.indexed.contains(ecosystem)
    }

    pub(super) fn has_signed(&self, ecosystem: &str) -> bool {
        self.signed.contains(ecosystem)
    }

    pub(super) fn owns_in_policy_path(&self, id: PackageId) -> Option<&'a str> {
        self.placed.get(&id).copied()
    }

    /// The main package of the program that `package` was read from.
    pub(super) fn main_of(&self, package: &Package) -> Option<PackageId> {
        package
            .evidence
            .iter()
            .find_map(|it| self.mains.get(&(package.ecosystem.as_str(), it.path.as_str())).copied())
    }
}
