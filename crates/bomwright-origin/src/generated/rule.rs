//! What a rule about generated files is made of, and how the rules for a path are found.

use std::sync::OnceLock;

use bomwright_model::{
    EntryKind, Evidence, Finding, FindingSeverity, Origin, PackageId, Subject, Tier, TreeEntry,
};
use globset::{GlobBuilder, GlobSet};

use super::table::RULES;
use crate::account::Known;
use crate::world::World;

/// One kind of generated file.
#[derive(Debug)]
pub(super) struct Rule {
    /// Stable id, e.g. `G01-dpkg-database`.
    pub(super) id: &'static str,
    /// What the files are, as a fragment for a person.
    pub(super) about: &'static str,
    /// The packages of which one must be installed: a name of a distribution's package, a beginning of one with `*`,
    /// or `@` and an ecosystem of which any package will do. Where there are none, the rule holds in every image.
    pub(super) makers: &'static [&'static str],
    /// Globs; `*` stays within a component.
    pub(super) paths: &'static [&'static str],
    /// What they must be.
    pub(super) kind: Kind,
    /// Looks at the file itself; `None` where the rule does not explain it after all.
    pub(super) check: Check,
}

pub(super) type Check = fn(&Case<'_, '_>) -> Option<Outcome>;

/// The kinds of entries that rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file, by any of its names.
    File,
    /// A symbolic link.
    Link,
    /// A device.
    Device,
}

/// A file that a rule is asked about.
pub(super) struct Case<'w, 'a> {
    pub(super) world: &'w World<'a>,
    pub(super) known: &'w Known<'a>,
    pub(super) entry: &'w TreeEntry,
    pub(super) rule: &'static Rule,
    pub(super) maker: Maker,
}

/// Who made a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// A package.
    Package(PackageId),
    /// What builds or runs the image.
    Engine,
}

/// What a check says.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) tier: Tier,
    pub(super) detail: String,
    pub(super) findings: Vec<Finding>,
    /// Who answers for it, where that is not the maker.
    pub(super) whose: Option<(Option<PackageId>, Origin)>,
}

impl Rule {
    pub(super) fn is_for(&self, kind: EntryKind) -> bool {
        match self.kind {
            Kind::File => matches!(kind, EntryKind::File | EntryKind::HardLink),
            Kind::Link => kind == EntryKind::Symlink,
            Kind::Device => kind == EntryKind::Device,
        }
    }

    /// The maker that is installed, if one is.
    pub(super) fn maker(&self, world: &World<'_>) -> Option<Maker> {
        if self.makers.is_empty() {
            return Some(Maker::Engine);
        }
        self.makers.iter().find_map(|maker| installed(world, maker)).map(Maker::Package)
    }
}

fn installed(world: &World<'_>, maker: &str) -> Option<PackageId> {
    if let Some(ecosystem) = maker.strip_prefix('@') {
        return world.first_of(ecosystem).map(|first| base(world).unwrap_or(first));
    }
    match maker.strip_suffix('*') {
        Some(beginning) => world.system_package_starting(beginning),
        None => world.system_package(maker),
    }
}

/// The package that stands for a distribution as a whole.
fn base(world: &World<'_>) -> Option<PackageId> {
    const BASES: &[&str] =
        &["base-files", "filesystem", "setup", "alpine-baselayout", "dpkg", "rpm", "apk-tools"];
    BASES.iter().find_map(|name| world.system_package(name))
}

impl Maker {
    /// The package that answers for what it made, and where that is from. A container engine ships an image's
    /// places to mount on, as the distribution's base does.
    pub(super) fn whose(self, world: &World<'_>) -> (Option<PackageId>, Origin) {
        match self {
            Self::Package(id) => (Some(id), world.origin_of(id)),
            Self::Engine => base(world).map_or((None, Origin::Vendor), |id| (Some(id), world.origin_of(id))),
        }
    }
}

impl Case<'_, '_> {
    /// The maker as a person calls it.
    pub(super) fn maker_name(&self) -> String {
        match self.maker {
            Maker::Package(id) => self.world.package(id).map_or_else(String::new, |it| it.name.clone()),
            Maker::Engine => "the base or what builds the image".to_owned(),
        }
    }

    /// The rule alone explains it; nothing was compared.
    pub(super) fn claimed(&self) -> Outcome {
        Outcome::new(Tier::V0, format!("{}, made by {}", self.rule.about, self.maker_name()))
    }

    /// Whether the policy names a directory that holds `path`.
    pub(super) fn is_in_house(&self, path: &str) -> bool {
        self.world.facts.policy.place_holding(path).is_some()
    }

    /// A finding about the file.
    pub(super) fn finding(&self, rule: &str, severity: FindingSeverity, message: String) -> Finding {
        let layer = self.entry.layer;
        let place = Evidence { layer, path: self.entry.path.clone(), parser: "file".to_owned() };
        Finding::new(rule, severity, Subject::Path(self.entry.path.clone()), message)
            .in_layer(layer)
            .seen_in([place])
    }
}

impl Outcome {
    /// The rule explains it, and `seen` is what was compared, or could not be.
    pub(super) fn new(tier: Tier, seen: impl Into<String>) -> Self {
        Self { tier, detail: seen.into(), findings: Vec::new(), whose: None }
    }

    /// The same with a finding, which takes back what was compared.
    pub(super) fn but(mut self, finding: Finding) -> Self {
        self.tier = Tier::V0;
        self.findings.push(finding);
        self
    }

    /// The same, but another than the maker answers for it.
    pub(super) fn of(mut self, owner: Option<PackageId>, origin: Origin) -> Self {
        self.whose = Some((owner, origin));
        self
    }
}

/// The first few of `names`, for a person, and how many more there are.
pub(super) fn few<'s>(names: impl IntoIterator<Item = &'s str>) -> String {
    const SHOWN: usize = 5;
    let mut names = names.into_iter();
    let mut text: Vec<_> = names.by_ref().take(SHOWN).map(str::to_owned).collect();
    let more = names.count();
    if more > 0 {
        text.push(format!("and {more} more"));
    }
    text.join(", ")
}

/// The rules that have a glob for `path`, in the order of the table.
pub(super) fn matching(path: &str) -> impl Iterator<Item = &'static Rule> {
    let globs = globs();
    let mut rules: Vec<usize> =
        globs.0.matches(path).iter().filter_map(|at| globs.1.get(*at).copied()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.into_iter().filter_map(|at| RULES.get(at))
}

/// Every glob of the table, compiled once, and the position of the rule of each.
fn globs() -> &'static (GlobSet, Vec<usize>) {
    static GLOBS: OnceLock<(GlobSet, Vec<usize>)> = OnceLock::new();
    GLOBS.get_or_init(|| {
        let (mut set, mut rules) = (GlobSet::builder(), Vec::new());
        for (at, rule) in RULES.iter().enumerate() {
            // The table is our own: a test sees to it that every glob of it is one.
            for glob in rule.paths.iter().filter_map(|path| glob(path).ok()) {
                set.add(glob);
                rules.push(at);
            }
        }
        (set.build().unwrap_or_default(), rules)
    })
}

pub(super) fn glob(path: &str) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(path).literal_separator(true).empty_alternates(true).build()
}
