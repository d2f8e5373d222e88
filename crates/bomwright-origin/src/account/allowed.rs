//! What the policy allows to be unknown: it stays unknown, and in place of the finding that nobody answers for it the
//! report has one that says who allowed it, why and for how long.
//!
//! Only that one finding goes. A program in a directory for temporary files, a setuid bit or a file of a package that
//! was changed is worth a look whatever was allowed.

use std::collections::BTreeSet;

use bomwright_model::{FileAccount, Finding, FindingSeverity, Origin, Status, Subject};

use crate::hidden::UNOWNED;
use crate::hints;
use crate::rules::allowance;
use crate::world::World;

/// Adds its allowance to each unknown file that has one, and exchanges the findings.
pub(super) fn apply(world: &World<'_>, accounts: &mut [FileAccount], findings: &mut Vec<Finding>) {
    let (policy, inventory) = (world.facts.policy, world.facts.inventory);
    if policy.allowances.is_empty() {
        return;
    }
    let mut allowed = BTreeSet::new();
    let mut used = Vec::new();
    for account in accounts {
        let is_unknown = account.origin == Origin::Unknown || hints::is_guess(account);
        if !is_unknown || account.status != Status::Added {
            continue;
        }
        let Some(reason) = allowance::of_path(policy, inventory, &account.path) else { continue };
        let subject = Subject::Path(account.path.clone());
        let finding = Finding::new(&reason.rule, FindingSeverity::Info, subject.clone(), &reason.detail);
        used.push(finding.in_layer(account.layer));
        allowed.insert(subject);
        // What describes the file may have been allowed by the same entry.
        if !account.reasons.contains(&reason) {
            account.reasons.push(reason);
        }
    }
    findings.retain(|finding| finding.rule != UNOWNED || !allowed.contains(&finding.subject));
    findings.extend(used);
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Checksum, Listed, Subject};

    use crate::Policy;
    use crate::hidden::testing::{Scene, elf, text};

    /// The findings of an image with a program and data of nobody and a changed program, on a day of 2026.
    fn findings(day: u8) -> Vec<String> {
        let mut scene = Scene::new();
        let text_of_policy = "[[allow-unknown]]\npath = '/opt/**'\nreason = 'licensed'\nexpires = '2026-01-10'\n\
             [[allow-unknown]]\npath = '/usr/bin/**'\nreason = 'no'\nexpires = '2026-01-10'";
        let policy = Policy::parse("p", text_of_policy, &[]).unwrap();
        scene.policy = policy.as_of(crate::policy::day(&format!("2026-01-{day:02}")).unwrap());
        let coreutils = scene.package("deb", "coreutils");
        let other = Some(Checksum::Md5([0xee; 16]));
        scene.claim(coreutils, Listed::new("usr/bin/ls").with_digest(other));
        scene.add(elf("usr/bin/ls"));
        scene.add(elf("opt/tool/bin/run"));
        scene.add(text("opt/tool/data"));
        scene.own(coreutils, elf("usr/bin/true"));
        let (accounts, findings) = scene.account();
        let tool = accounts.iter().find(|it| it.path == "opt/tool/bin/run").unwrap();
        assert_eq!(tool.origin, bomwright_model::Origin::Unknown);
        let of_files = findings.iter().filter(|it| matches!(it.subject, Subject::Path(_)));
        of_files.map(|it| format!("{} {}", it.id(), it.severity.as_str())).collect()
    }

    #[test]
    fn an_allowance_takes_the_place_of_the_finding_until_it_expires() {
        let modified = "file-modified:/usr/bin/ls high";
        let allowed = ["allowed-unknown:/opt/tool/bin/run info", "allowed-unknown:/opt/tool/data info"];
        let mut now = findings(10);
        now.sort();
        assert_eq!(now, [allowed[0], allowed[1], modified]);
        let mut later = findings(11);
        later.sort();
        assert_eq!(later, [modified, "unowned-executable:/opt/tool/bin/run medium"]);
    }
}
