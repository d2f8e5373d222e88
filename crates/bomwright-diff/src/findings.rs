//! What of a delta needs a decision.
//!
//! Something bad that leaves is no finding: only what is new or got worse is.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Finding, FindingSeverity as Severity, GateRule as Rule, Origin, Subject};
use sha2::{Digest, Sha256};

use crate::file_findings;
use crate::files::Files;
use crate::image::is_root;
use crate::matching::identity;
use crate::packages::Found;
use crate::seen::hex;
use crate::side::Known;
use crate::{
    Change, Delta, DeltaFinding, FieldChange, FieldKind, FileRole, FindingSubject, HintKind, PackageChange,
};

/// Findings as they are gathered.
#[derive(Default)]
pub(crate) struct Gathered(BTreeMap<(Rule, FindingSubject), DeltaFinding>);

impl Gathered {
    /// Adds a finding; of several by one rule about one thing the first stays.
    pub(crate) fn add(
        &mut self,
        rule: Rule,
        severity: Severity,
        subject: FindingSubject,
        message: impl Into<String>,
        place: impl Into<String>,
    ) {
        let (message, place) = (message.into(), place.into());
        self.0.entry((rule, subject.clone())).or_insert_with(|| DeltaFinding {
            id: id(rule, &subject),
            rule: rule.as_str().to_owned(),
            severity,
            subject,
            message,
            place,
            gate: false,
            waived: None,
        });
    }

    /// The findings, the worst first.
    pub(crate) fn sorted(self) -> Vec<DeltaFinding> {
        let mut all: Vec<_> = self.0.into_values().collect();
        sort(&mut all);
        all
    }
}

/// Puts findings in the order of reports.
pub(crate) fn sort(findings: &mut [DeltaFinding]) {
    findings.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (&a.rule, &a.subject).cmp(&(&b.rule, &b.subject)))
    });
}

/// The same for the same rule and subject, wherever and whenever it is found.
fn id(rule: Rule, subject: &FindingSubject) -> String {
    let kind = match subject {
        FindingSubject::Image(_) => "image",
        FindingSubject::Package(_) => "package",
        FindingSubject::Path(_) => "path",
    };
    let digest = Sha256::digest(format!("{}\n{kind}\n{}", rule.as_str(), subject.name()));
    format!("F-{}", hex(digest.get(..6).unwrap_or_default()))
}

/// Everything that needs a decision.
pub(crate) fn findings(
    delta: &Delta,
    found: &[Found],
    files: &Files,
    old: &Known<'_>,
    new: &Known<'_>,
) -> Gathered {
    let mut gathered = Gathered::default();
    let counted = |one: &&Found| one.change.explained_by.is_none() && one.change.shipped_by.is_none();
    for one in found.iter().filter(counted) {
        of_package(&mut gathered, &one.change, found);
    }
    for file in &delta.files {
        file_findings::of(&mut gathered, file);
    }
    if files.shells == (false, true) {
        shell(&mut gathered, delta);
    }
    of_image(&mut gathered, delta, old, new);
    databases(&mut gathered, found, files, new);
    if let (Some(before), Some(after)) = (old.input.tree, new.input.tree) {
        of_verifying(&mut gathered, before.findings, after.findings, old, new);
    }
    gathered
}

/// The subject of findings about a package.
pub(crate) fn subject(change: &PackageChange) -> FindingSubject {
    let version = change.new.as_ref().or(change.old.as_ref()).map_or("", |state| state.version.as_str());
    FindingSubject::Package(format!("{}/{}@{version}", change.ecosystem, change.name))
}

/// What pulled a package in, and where.
fn place(change: &PackageChange) -> String {
    let way = if change.why.path.is_empty() {
        String::new()
    } else {
        format!("via {}", change.why.path.join(" > "))
    };
    let layer = change.layer.as_ref().and_then(|layer| layer.instruction.as_deref());
    [Some(way.as_str()), layer]
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn of_package(out: &mut Gathered, change: &PackageChange, all: &[Found]) {
    let place = place(change);
    let mut add =
        |rule, severity, message: String| out.add(rule, severity, subject(change), message, place.clone());
    let field = |name: &str| change.fields.iter().find(|field| field.field == name);
    let from_to = |field: &FieldChange| format!("{} -> {}", field.old, field.new);
    let version =
        |state: &Option<crate::State>| state.as_ref().map_or(String::new(), |it| it.version.clone());
    if change.change == Change::Added {
        let first = change.instances.as_ref().is_none_or(|all| all.old.is_empty());
        match change.origin {
            Origin::Upstream if first => {
                add(Rule::NewUpstream, Severity::Medium, "a new package from upstream".into());
            }
            Origin::InHouse if first => {
                add(Rule::NewInHouse, Severity::Low, "a new package of the team".into());
            }
            Origin::Vendor if first => {
                add(Rule::NewVendor, Severity::Info, "a new package of the distribution".into());
            }
            Origin::Unknown => {
                add(Rule::UnknownOrigin, Severity::High, "a new package that nothing explains".into());
            }
            _ => {}
        }
        if change.new.as_ref().is_some_and(|state| state.licenses.is_empty()) && first {
            add(Rule::LicenceUnknown, Severity::Low, "a new package without a licence".into());
        }
    }
    if change.change == Change::Downgraded {
        let message = format!("an earlier version: {} -> {}", version(&change.old), version(&change.new));
        add(Rule::Downgrade, Severity::Medium, message);
    }
    if let Some(field) = field("origin").filter(|field| field.new == Origin::Unknown.as_str()) {
        add(
            Rule::UnknownOrigin,
            Severity::High,
            format!("its origin was {} and is explained by nothing", field.old),
        );
    }
    if let Some(field) = field("content") {
        add(
            Rule::SameVersionContent,
            Severity::High,
            format!("the same version has other content: {}", from_to(field)),
        );
    }
    if let Some(field) = field("license") {
        add(Rule::LicenceChange, Severity::Medium, format!("the licence changed: {}", from_to(field)));
    }
    if let Some(field) = field("supplier") {
        add(Rule::SupplierChange, Severity::Medium, format!("somebody else supplies it: {}", from_to(field)));
    }
    if let Some(field) = field("vcs").or_else(|| field("download-host")) {
        let same = version(&change.old) == version(&change.new);
        let severity = if same { Severity::High } else { Severity::Medium };
        add(Rule::RepositoryChange, severity, format!("it comes from elsewhere: {}", from_to(field)));
    }
    if let Some(hint) = change.hints.iter().find(|hint| hint.kind == HintKind::Lookalike) {
        add(Rule::Lookalike, Severity::High, format!("its name is nearly that of {}", hint.other));
    }
    let fresh: Vec<&str> = change
        .new_dependencies
        .iter()
        .map(String::as_str)
        .filter(|name| {
            all.iter().any(|one| one.change.change == Change::Added && labelled(&one.change, name))
        })
        .collect();
    if !fresh.is_empty() {
        let message = format!("a small step needs what it did not need before: {}", fresh.join(", "));
        add(Rule::PatchAddsDependency, Severity::High, message);
    }
}

fn labelled(change: &PackageChange, name: &str) -> bool {
    let version = change.new.as_ref().map_or("", |state| state.version.as_str());
    format!("{} {version}", change.name).trim_end() == name
}

fn of_image(out: &mut Gathered, delta: &Delta, old: &Known<'_>, new: &Known<'_>) {
    for change in &delta.image.fields {
        let (was, is) = (change.old.as_deref().unwrap_or("none"), change.new.as_deref().unwrap_or("none"));
        let subject = FindingSubject::Image(change.field.as_str().to_owned());
        match change.field {
            FieldKind::Base => {
                out.add(
                    Rule::BaseChange,
                    Severity::Medium,
                    subject,
                    format!("another base image: {was} -> {is}"),
                    "",
                );
            }
            FieldKind::User if new.inventory.image.as_ref().is_some_and(is_root) => {
                out.add(
                    Rule::UserRoot,
                    Severity::High,
                    subject,
                    format!("it runs as root: {was} -> {is}"),
                    "configuration",
                );
            }
            _ => {}
        }
    }
    let ended = |side: &Known<'_>| side.input.lifecycle.is_some_and(|lifecycle| lifecycle.ended);
    if ended(new) && (!ended(old) || delta.image.fields.iter().any(|it| it.field == FieldKind::Distribution))
    {
        let lifecycle = new.input.lifecycle;
        let until =
            lifecycle.and_then(|it| it.until.as_deref()).map_or(String::new(), |day| format!(" since {day}"));
        let name = crate::side::distribution(new.inventory).unwrap_or_default();
        let subject = FindingSubject::Image("distribution".to_owned());
        out.add(
            Rule::EndOfLife,
            Severity::High,
            subject,
            format!("{name} gets no updates any more{until}"),
            "",
        );
    }
}

/// A shell in an image that had none.
fn shell(out: &mut Gathered, delta: &Delta) {
    for (subject, message) in delta.files.iter().filter_map(|file| {
        let new = file.change == Change::Added && file.roles.contains(&FileRole::Shell);
        new.then(|| (FindingSubject::Path(file.path.clone()), "a shell in an image that had none"))
    }) {
        out.add(Rule::Shell, Severity::Medium, subject, message, "");
    }
}

/// Packages whose files stayed although their database knows them no more.
fn databases(out: &mut Gathered, found: &[Found], files: &Files, new: &Known<'_>) {
    let mut orphaned: BTreeMap<&str, Vec<&PackageChange>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.change.change == Change::Removed) {
        let Some(&(stayed, all)) = one.old.and_then(|id| files.left_behind.get(&id)) else { continue };
        if stayed * 2 >= all.max(1) {
            orphaned.entry(&one.change.ecosystem).or_default().push(&one.change);
        }
    }
    for (ecosystem, changes) in orphaned {
        if new.inventory.packages.iter().all(|package| package.ecosystem != ecosystem) {
            let count = changes.len();
            let subject = FindingSubject::Image(format!("packages of {ecosystem}"));
            let message = format!(
                "no package of {ecosystem} is listed any more, and the files of {count} are still there"
            );
            out.add(Rule::PackageDatabase, Severity::Critical, subject, message, "");
            continue;
        }
        for change in changes {
            let message = "it is not listed any more, and its files are still there";
            out.add(Rule::PackageDatabase, Severity::High, subject(change), message, place(change));
        }
    }
}

/// A finding's name over versions: what an old version had too is not new.
fn key(finding: &Finding, side: &Known<'_>) -> String {
    match &finding.subject {
        Subject::Package(id) => {
            let package = side.inventory.package(*id);
            format!("{}:{}", finding.rule, package.map_or_else(String::new, |it| identity(it).into_owned()))
        }
        _ => finding.id(),
    }
}

/// What verifying finds now and did not before.
fn of_verifying(out: &mut Gathered, before: &[Finding], after: &[Finding], old: &Known<'_>, new: &Known<'_>) {
    let known: BTreeSet<String> = before.iter().map(|finding| key(finding, old)).collect();
    for finding in after.iter().filter(|finding| finding.severity >= Severity::High) {
        if known.contains(&key(finding, new)) {
            continue;
        }
        let (subject, told) = match &finding.subject {
            Subject::Image => (FindingSubject::Image(finding.rule.clone()), false),
            Subject::Path(path) => {
                let path = path.trim_start_matches('/').to_owned();
                let subject = FindingSubject::Path(path);
                let told = out.0.keys().any(|(_, it)| *it == subject);
                (subject, told)
            }
            Subject::Package(id) => {
                let Some(package) = new.inventory.package(*id) else { continue };
                let name = format!("{}/{}@{}", package.ecosystem, package.full_name(), package.version);
                (FindingSubject::Package(name), false)
            }
        };
        if !told {
            let message = format!("{}: {}", finding.rule, finding.message);
            out.add(Rule::NewFinding, finding.severity, subject, message, "");
        }
    }
}
