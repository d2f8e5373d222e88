//! The rules, in the order in which they are asked; the first that answers decides, and what the others say
//! is kept as further reasons.
//!
//! Packages of a distribution's format are judged first, then programs, then everything else, because
//! some rules follow what was decided about another package.

pub(crate) mod allowance;
mod context;
mod file;
mod language;
mod named;
mod recorded;
mod repositories;
mod system;
mod vendors;

use std::collections::BTreeSet;

use bomwright_model::{
    Confidence, Evidence, Finding, FindingSeverity, Inventory, Origin, Package, PackageKind, Reason,
    Subject as About, Verdict,
};

use crate::facts::Facts;
use crate::hints;
use crate::policy::Policy;
use context::{Answer, Context, Rule, Subject};
pub(crate) use language::FORGES;

/// The rule of findings about evidence that contradicts the verdict.
const CONTRADICTION: &str = "contradicting-evidence";
/// The rule of findings about programs that were built from a changed checkout.
const MODIFIED: &str = "modified-checkout";

/// Every rule's id and meaning, in order; for the documentation.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables =
        [named::RULES, system::RULES, system::LAST, language::SHIPPED, language::RULES, language::LAST];
    tables
        .into_iter()
        .flatten()
        .map(|rule| (rule.id, rule.about))
        .chain(file::RULES.iter().chain(hints::RULES).copied())
}

/// Gives every package and every listed file of `inventory` its verdict, and returns, sorted, what a person
/// should look at. `system` are the names of the ecosystems whose packages a distribution ships; `facts`
/// what others found out about packages.
pub fn classify(
    inventory: &mut Inventory,
    policy: &Policy,
    system: &BTreeSet<&str>,
    facts: &Facts,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut context = Context::new(inventory, policy, facts);
    for phase in [Phase::System, Phase::Programs, Phase::Rest] {
        let members = context.inventory.packages().filter(|(_, it)| Phase::of(it, system) == phase);
        let judged: Vec<_> =
            members.map(|(id, it)| (id, judge(&Subject::new(id, it, facts), &context, phase))).collect();
        for (id, (verdict, found)) in judged {
            findings.extend(found);
            let index = usize::try_from(id.0).unwrap_or(usize::MAX);
            if let Some(slot) = context.verdicts.get_mut(index) {
                *slot = Some(verdict);
            }
        }
    }
    let mut files = file::judge(&context);
    // Every package belongs to one of the phases.
    let mut packages: Vec<Verdict> = context.verdicts.into_iter().flatten().collect();
    allowance::apply(policy, inventory, &mut packages, &mut files, &mut findings);
    for (package, verdict) in inventory.packages.iter_mut().zip(packages) {
        package.origin = Some(verdict);
    }
    for (file, verdict) in inventory.files.iter_mut().zip(files) {
        file.origin = Some(verdict);
    }
    findings.sort();
    findings.dedup();
    findings
}

/// Judges single packages of an inventory that is left as it is.
pub struct Judge<'a> {
    context: Context<'a>,
    system: &'a BTreeSet<&'a str>,
    facts: &'a Facts,
}

impl<'a> Judge<'a> {
    /// A judge of `inventory`; see [`classify`].
    pub fn new(
        inventory: &'a Inventory,
        policy: &'a Policy,
        system: &'a BTreeSet<&'a str>,
        facts: &'a Facts,
    ) -> Self {
        let mut context = Context::new(inventory, policy, facts);
        // What lies in a program may follow it.
        for (id, package) in inventory.packages().filter(|(_, it)| Phase::of(it, system) == Phase::Programs) {
            let (verdict, _) = judge(&Subject::new(id, package, facts), &context, Phase::Programs);
            let slot = usize::try_from(id.0).ok().and_then(|index| context.verdicts.get_mut(index));
            if let Some(slot) = slot {
                *slot = Some(verdict);
            }
        }
        Self { context, system, facts }
    }

    /// The verdict on one package; `None` where the inventory does not hold it.
    pub fn verdict(&self, id: bomwright_model::PackageId) -> Option<Verdict> {
        let package = self.context.inventory.package(id)?;
        let subject = Subject::new(id, package, self.facts);
        Some(judge(&subject, &self.context, Phase::of(package, self.system)).0)
    }
}

/// When a package is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Packages of a distribution's format.
    System,
    /// Programs, which their parts may follow.
    Programs,
    /// Everything else.
    Rest,
}

impl Phase {
    fn of(package: &Package, system: &BTreeSet<&str>) -> Self {
        match package.kind {
            _ if system.contains(package.ecosystem.as_str()) => Self::System,
            PackageKind::Application => Self::Programs,
            _ => Self::Rest,
        }
    }
}

fn judge(subject: &Subject<'_>, context: &Context<'_>, phase: Phase) -> (Verdict, Vec<Finding>) {
    let (rules, last) = match phase {
        Phase::System => (system::RULES, system::LAST),
        // What a distribution's package ships was built by whoever built that, from a directory too.
        _ if subject.package.shipped_by.is_some() => (language::SHIPPED, language::LAST),
        _ => (language::RULES, language::LAST),
    };
    let ask = |rule: &'static Rule| Some((rule, (rule.judge)(subject, context)?));
    let mut answers: Vec<(&Rule, Answer)> = named::RULES.iter().chain(rules).filter_map(ask).collect();
    if answers.iter().all(|(_, answer)| answer.origin.is_none()) {
        answers.extend(last.iter().find_map(ask));
    }
    let decider = answers.iter().position(|(_, answer)| answer.origin.is_some()).unwrap_or_default();
    // The deciding one first, the others in their order.
    if let Some(first) = answers.get_mut(..=decider) {
        first.rotate_right(1);
    }
    let mut findings = told(subject, &answers);
    findings.extend(modified(subject));
    let Some((_, deciding)) = answers.first() else {
        let none =
            verdict(Origin::Unknown, Confidence::Low, "no-rule", String::new(), place(subject.package));
        return (none, findings);
    };
    let (origin, confidence) = (deciding.origin.unwrap_or(Origin::Unknown), deciding.confidence);
    let reason = |(rule, answer): &(&Rule, Answer)| Reason {
        rule: rule.id.to_owned(),
        detail: answer.detail.clone(),
        evidence: place(subject.package),
    };
    (Verdict { origin, confidence, reasons: answers.iter().map(reason).collect() }, findings)
}

/// The findings of rules that always are some, and what contradicts the deciding answer, which comes first.
fn told(subject: &Subject<'_>, answers: &[(&Rule, Answer)]) -> Vec<Finding> {
    let named = answers
        .iter()
        .filter_map(|(rule, answer)| Some(finding(subject, rule.id, rule.finding?, answer.detail.clone())));
    let mut findings: Vec<_> = named.collect();
    let Some(((_, deciding), others)) = answers.split_first().filter(|_| findings.is_empty()) else {
        return findings;
    };
    let contradicts = |(_, answer): &&(&Rule, Answer)| {
        answer.origin.is_some_and(|origin| Some(origin) != deciding.origin)
            && answer.confidence >= Confidence::Medium
    };
    if let Some((rule, other)) = others.iter().find(contradicts) {
        let word = |answer: &Answer| answer.origin.map_or("", Origin::as_str);
        let message = format!(
            "{} ({}), but {} ({}, {})",
            deciding.detail,
            word(deciding),
            other.detail,
            word(other),
            rule.id
        );
        findings.push(finding(subject, CONTRADICTION, FindingSeverity::Medium, message));
    }
    findings
}

/// A program whose sources had been changed since the revision that it names.
fn modified(subject: &Subject<'_>) -> Option<Finding> {
    let is_it = subject.property("vcs-modified") == Some("true") && subject.package.shipped_by.is_none();
    let revision = subject.property("vcs-revision").unwrap_or("an unknown revision");
    let message = format!("built from a checkout with changes that are not in {revision}");
    is_it.then(|| finding(subject, MODIFIED, FindingSeverity::Low, message))
}

fn finding(subject: &Subject<'_>, rule: &str, severity: FindingSeverity, message: String) -> Finding {
    let place = place(subject.package);
    let layer = place.as_ref().and_then(|it| it.layer);
    Finding::new(rule, severity, About::Package(subject.id), message).in_layer(layer).seen_in(place)
}

/// Where a package was read, the strongest place.
fn place(package: &Package) -> Option<Evidence> {
    package.evidence.first().cloned()
}

fn verdict(
    origin: Origin,
    confidence: Confidence,
    rule: &str,
    detail: String,
    evidence: Option<Evidence>,
) -> Verdict {
    Verdict { origin, confidence, reasons: vec![Reason { rule: rule.to_owned(), detail, evidence }] }
}

#[cfg(test)]
mod tests;
