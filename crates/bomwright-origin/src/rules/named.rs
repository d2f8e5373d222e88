//! Rules about any package: what the policy says of it by name or digest.

use bomwright_model::{Confidence, FindingSeverity, Origin};

use super::context::{Answer, Context, Rule, Subject, says};
use super::recorded::Recorded;
use crate::policy::Policy;

/// Asked in this order, before all others.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "policy-digest",
        about: "the policy names the digest of its archive as in-house",
        finding: None,
        judge: |subject, context| {
            let digest = context.policy.digest_among(&subject.package.digests)?;
            says(Origin::InHouse, Confidence::High, format!("the policy names {digest} as in-house"))
        },
    },
    Rule {
        id: "dependency-confusion",
        about: "the policy names it as in-house, but it came from a registry that is not the team's",
        finding: Some(FindingSeverity::High),
        judge: confused,
    },
    Rule {
        id: "policy-namespace",
        about: "the policy names its namespace as in-house",
        finding: None,
        judge: |subject, context| {
            let entry = context.policy.namespace_of(subject.package)?;
            let detail = format!("the policy names '{entry}' as in-house");
            match &subject.recorded {
                Recorded::Registry(place) if !context.is_own_registry(place) => says(
                    Origin::InHouse,
                    Confidence::Medium,
                    format!("{detail}; it came from {place}, and the policy names no registry"),
                ),
                _ => says(Origin::InHouse, Confidence::High, detail),
            }
        },
    },
];

impl Context<'_> {
    /// Whether `place` is one of the team's registries.
    pub(super) fn is_own_registry(&self, place: &str) -> bool {
        Policy::host_among(&self.policy.in_house.registries, place).is_some()
    }
}

/// The policy must have said something of registries: without that, no registry is somebody else's.
fn confused(subject: &Subject<'_>, context: &Context<'_>) -> Option<Answer> {
    let entry = context.policy.namespace_of(subject.package)?;
    let Recorded::Registry(place) = &subject.recorded else { return None };
    let policy = context.policy;
    let is_public = Policy::host_among(&policy.public_registries, place).is_some();
    let is_elsewhere = !policy.in_house.registries.is_empty() && !context.is_own_registry(place);
    let whose = match (is_public, is_elsewhere) {
        _ if context.is_own_registry(place) => return None,
        (true, _) => "which is public",
        (_, true) => "which is none of the policy's registries",
        _ => return None,
    };
    let detail = format!("the policy names '{entry}' as in-house, but it came from {place}, {whose}");
    says(Origin::Unknown, Confidence::Medium, detail)
}
