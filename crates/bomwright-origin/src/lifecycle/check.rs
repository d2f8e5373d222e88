//! Whether `os-release` is backed by the rest of the image. A faked or deleted one makes scanners match the wrong
//! advisories, or none.

use bomwright_model::{Distribution, Evidence, Inventory, Reason};

use super::says::{self, Says};
use super::{Surroundings, Table};

/// How `os-release` and the rest of the image go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Everything that says something says the same.
    Agreeing,
    /// Only `os-release` says something.
    Uncorroborated,
    /// Something contradicts `os-release`: a finding.
    Conflicting,
    /// There is no `os-release`, but the rest says which distribution it is: a finding.
    Missing,
    /// Nothing says anything.
    Unknown,
}

impl Outcome {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agreeing => "agreeing",
            Self::Uncorroborated => "uncorroborated",
            Self::Conflicting => "conflicting",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What one source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The kind of source: `base-package`, `release-file`, `libc-package`, `version-suffixes`, `repositories` or
    /// `package-database`.
    pub source: String,
    /// The file, without a leading slash, where it is one.
    pub path: Option<String>,
    /// What was seen there, for people.
    pub seen: String,
    /// Which distributions it may mean, e.g. `debian 12`.
    pub says: String,
    /// Whether that fits `os-release`; `true` without one.
    pub agrees: bool,
}

/// The result of the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionCheck {
    /// How it went.
    pub outcome: Outcome,
    /// Everything that says something, the best source first.
    pub statements: Vec<Statement>,
    /// The distribution that the rest of the image speaks for. Only without an `os-release`.
    pub likely: Option<Distribution>,
    /// What `os-release` claims, for people.
    claim: Option<String>,
}

impl DistributionCheck {
    /// The finding, if the check found something that a person must look at.
    pub fn finding(&self) -> Option<Reason> {
        let says = |statements: &mut dyn Iterator<Item = &Statement>| {
            let all: Vec<_> = statements.map(|it| format!("{} ({})", it.says, it.seen)).collect();
            all.join(", ")
        };
        let against: Vec<_> = self.statements.iter().filter(|statement| !statement.agrees).collect();
        let (rule, detail, evidence) = match self.outcome {
            Outcome::Conflicting => {
                let claim = self.claim.as_deref().unwrap_or_default();
                let detail =
                    format!("os-release says {claim}; against it: {}", says(&mut against.iter().copied()));
                ("distribution-conflicting", detail, against.iter().find_map(|it| it.path.clone()))
            }
            Outcome::Missing => {
                let detail = format!("there is no os-release, but: {}", says(&mut self.statements.iter()));
                ("os-release-missing", detail, self.statements.iter().find_map(|it| it.path.clone()))
            }
            _ => return None,
        };
        let evidence = evidence.map(|path| Evidence::new(path, "lifecycle"));
        Some(Reason { rule: rule.to_owned(), detail, evidence })
    }
}

/// Holds `distribution` against packages, their versions, repositories and release files. `table` knows which
/// version a codename is.
pub fn check_distribution(
    distribution: Option<&Distribution>,
    surroundings: &Surroundings<'_>,
    table: &Table,
) -> DistributionCheck {
    let said = says::all(surroundings, table);
    let claim = distribution.map(|distribution| Claim::of(distribution, table));
    let statements: Vec<_> = said
        .iter()
        .map(|says| Statement {
            source: says.source.to_owned(),
            path: says.path.clone(),
            seen: says.seen.clone(),
            says: title(says),
            agrees: claim.as_ref().is_none_or(|claim| claim.fits(says)),
        })
        .collect();
    let outcome = match (&claim, statements.as_slice()) {
        (None, []) => Outcome::Unknown,
        (None, _) => Outcome::Missing,
        (Some(_), []) => Outcome::Uncorroborated,
        (Some(_), all) if all.iter().all(|statement| statement.agrees) => Outcome::Agreeing,
        (Some(_), _) => Outcome::Conflicting,
    };
    let likely = if claim.is_none() { likely(&said) } else { None };
    DistributionCheck { outcome, statements, likely, claim: claim.map(|claim| claim.title) }
}

/// Whether the distribution, or one that it says to be like, is of a family that is known.
pub(crate) fn is_known(distribution: &Distribution) -> bool {
    let mut ids = distribution.id_like.iter().chain([&distribution.id]);
    ids.any(|id| says::family(&id.to_ascii_lowercase()).is_some())
}

/// The family of distributions that an `ID` belongs to.
pub(crate) fn family_of_id(id: &str) -> Option<&'static str> {
    says::family(id)
}

/// The family that base packages, the C library or most versions speak for, and the `ID_LIKE` of its derivatives.
pub(crate) fn kin_of_packages(inventory: &Inventory) -> Option<(&'static str, &'static [&'static str])> {
    let packages = super::installed(inventory);
    let surroundings = Surroundings { packages: &packages, observations: &[] };
    let said = says::all(&surroundings, Table::embedded());
    let family = said.iter().find_map(|says| match says.families.as_slice() {
        [only] => Some(*only),
        _ => None,
    })?;
    Some((family, says::likes(family)))
}

/// What `os-release` claims.
struct Claim {
    title: String,
    /// `None` when the `ID` is in no family that is known.
    id: Option<String>,
    families: Vec<&'static str>,
    version: Option<String>,
}

impl Claim {
    fn of(distribution: &Distribution, table: &Table) -> Self {
        let id = distribution.id.to_ascii_lowercase();
        let title = match &distribution.version {
            Some(version) => format!("{id} {version}"),
            None => id.clone(),
        };
        if let Some(family) = says::family(&id) {
            let by_codename = || table.find(&id, None, distribution.codename.as_deref())?.version.clone();
            let version = distribution.version.clone().or_else(by_codename);
            return Self { title, id: Some(id), families: vec![family], version };
        }
        // A derivative has the packages of what it is like, but versions of its own.
        let families = distribution.id_like.iter().filter_map(|like| says::family(like)).collect();
        Self { title, id: None, families, version: None }
    }

    fn fits(&self, says: &Says) -> bool {
        let family = self.families.iter().any(|family| says.families.contains(family));
        let id = match (&self.id, says.id) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        };
        // Ubuntu's versions have nothing to do with those of the Debian that it is made from.
        let comparable = says.families.first().is_some_and(|first| self.families.contains(first));
        let version = match &self.version {
            Some(mine) if comparable && !says.versions.is_empty() => {
                says.versions.iter().any(|theirs| same_as_far_as_said(mine, theirs))
            }
            _ => true,
        };
        family && id && version
    }
}

/// Whether the shorter version is the beginning of the longer one, by components: 9 and 9.4, 3.21.3 and 3.21.
fn same_as_far_as_said(one: &str, other: &str) -> bool {
    one.split(['.', '_']).zip(other.split(['.', '_'])).all(|(a, b)| a == b)
}

fn title(says: &Says) -> String {
    let who = says.id.map_or_else(|| says.families.join(" or "), str::to_owned);
    if says.versions.is_empty() { who } else { format!("{who} {}", says.versions.join(" or ")) }
}

/// The first statement that means one distribution; a version from the first of the same family that has one.
fn likely(said: &[Says]) -> Option<Distribution> {
    let only = |says: &Says| match says.families.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    // Members of these families can't be told apart by the family.
    let named =
        |says: &Says| says.id.or(only(says).filter(|family| !matches!(*family, "el" | "suse" | "wolfi")));
    let (id, best) = said.iter().find_map(|says| Some((named(says)?, says)))?;
    let family = only(best);
    let version = said.iter().filter(|says| only(says) == family).find_map(|says| says.versions.first());
    Some(Distribution { id: id.to_owned(), version: version.cloned(), ..Distribution::default() })
}
