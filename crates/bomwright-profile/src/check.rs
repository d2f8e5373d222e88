//! Holding a document against a profile.

use bomwright_model::{Declared, DocumentFacts, Field, FieldSet, ItemKind, Presence};

use crate::fix::declared_by;
use crate::{Level, Profile, Requirement, Scope};

/// How a document stands to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// The profile.
    pub profile: Profile,
    /// Each requirement, in the order of the profile.
    pub rows: Vec<Row>,
}

/// How a document stands to one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// Of how many things it is asked.
    pub asked: usize,
    /// How many state it, without those that a person declared.
    pub present: usize,
    /// How many state it, declared by a person.
    pub declared: usize,
    /// How many state that it is unknown.
    pub unknown: usize,
    /// How many say nothing.
    pub missing: usize,
    /// Those that do not meet it, by their place in [`DocumentFacts::items`]; empty where the document itself is asked.
    pub gaps: Vec<usize>,
    /// The key of the policy file's `[declared]` that closes the gap, or a part of it.
    pub key: Option<&'static str>,
    /// The policy file has that key and it closes the whole gap, so that a new scan would state it.
    pub is_in_policy: bool,
}

impl Row {
    /// How many meet the requirement.
    pub fn met(&self) -> usize {
        let unknown = if self.requirement.unknown_is_fine { self.unknown } else { 0 };
        self.present + self.declared + unknown
    }

    /// Whether nothing is left to do.
    pub fn is_met(&self) -> bool {
        self.met() == self.asked
    }

    /// Whether the document fails by it.
    pub fn fails(&self) -> bool {
        self.requirement.level == Level::Required && !self.is_met()
    }
}

impl Score {
    /// Whether every requirement that is required is met.
    pub fn passed(&self) -> bool {
        !self.rows.iter().any(Row::fails)
    }

    /// How much of what is required is met, in percent: each requirement counts the same, and 100 means all of it.
    pub fn percent(&self) -> u8 {
        self.mean(Row::met)
    }

    /// The same, counting what is explicitly unknown as told: how far the document says what can be said.
    pub fn told(&self) -> u8 {
        self.mean(|row| row.asked - row.missing)
    }

    fn mean(&self, part: impl Fn(&Row) -> usize) -> u8 {
        let required =
            || self.rows.iter().filter(|row| row.requirement.level == Level::Required && row.asked > 0);
        let of = |row: &Row| part(row).saturating_mul(10_000) / row.asked.max(1);
        let percent = required().map(of).sum::<usize>() / required().count().max(1) / 100;
        u8::try_from(percent).unwrap_or(100)
    }
}

/// How `facts` stand to `profile`. `declared` is what the policy file declares, for what there is to do next: a document is
/// judged by what it states itself.
pub fn check(facts: &DocumentFacts, profile: Profile, declared: &Declared) -> Score {
    let rows =
        profile.requirements().iter().map(|requirement| row(facts, profile, requirement, declared)).collect();
    Score { profile, rows }
}

fn row(
    facts: &DocumentFacts,
    profile: Profile,
    requirement: &'static Requirement,
    declared: &Declared,
) -> Row {
    let mut row = Row {
        requirement,
        asked: 0,
        present: 0,
        declared: 0,
        unknown: 0,
        missing: 0,
        gaps: Vec::new(),
        key: None,
        is_in_policy: false,
    };
    if requirement.scopes.contains(&Scope::Document) {
        let presence = if requirement.field() == Field::Format {
            Presence::of(profile.takes(&facts.format))
        } else {
            best(&facts.fields, requirement)
        };
        if !count(&mut row, presence) {
            row.key = declared_by(requirement.field(), Scope::Document);
        }
    }
    let mut only_team = true;
    for (at, item) in facts.items.iter().enumerate() {
        let scope = match item.kind {
            ItemKind::Root => Scope::Root,
            ItemKind::System => Scope::System,
            ItemKind::Package => Scope::Packages,
            ItemKind::File => Scope::Files,
        };
        if requirement.scopes.contains(&scope) && !count(&mut row, best(&item.fields, requirement)) {
            row.gaps.push(at);
            row.key = row.key.or_else(|| declared_by(requirement.field(), scope));
            only_team &= scope == Scope::Root;
        }
    }
    // A document without a root lacks what is asked of the root.
    if requirement.scopes == [Scope::Root] && row.asked == 0 {
        count(&mut row, Presence::Missing);
        row.key = declared_by(requirement.field(), Scope::Root);
    }
    // Whether a package or a file is the team's own, no document of others tells.
    row.is_in_policy =
        only_team && row.key.is_some_and(|key| declared.entries().any(|(known, _)| known == key));
    row
}

/// The best of the fields of which one is enough.
fn best(fields: &FieldSet, requirement: &Requirement) -> Presence {
    requirement.fields.iter().map(|field| fields.get(*field)).max().unwrap_or_default()
}

/// Counts one thing; whether it meets the requirement.
fn count(row: &mut Row, presence: Presence) -> bool {
    row.asked += 1;
    match presence {
        Presence::Present => row.present += 1,
        Presence::Declared => row.declared += 1,
        Presence::Unknown => row.unknown += 1,
        Presence::Missing => row.missing += 1,
    }
    match presence {
        Presence::Present | Presence::Declared => true,
        Presence::Unknown => row.requirement.unknown_is_fine,
        Presence::Missing => false,
    }
}

#[cfg(test)]
mod tests;
