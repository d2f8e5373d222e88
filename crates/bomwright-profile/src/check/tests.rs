//! Every requirement of every profile, both ways: a document with everything passes, and each thing that is taken away fails
//! the requirements that ask for it, and no others.

use bomwright_model::{Declared, DocumentFacts, Field, FieldSet, Item, ItemKind, Presence};

use super::*;

fn full(presence: Presence) -> FieldSet {
    Field::ALL.iter().fold(FieldSet::default(), |set, field| set.with(*field, presence))
}

fn without(field: Field, instead: Presence) -> FieldSet {
    let kept = Field::ALL.iter().filter(|it| **it != field);
    kept.fold(FieldSet::default(), |set, field| set.with(*field, Presence::Present)).with(field, instead)
}

fn item(kind: ItemKind, label: &str, fields: FieldSet) -> Item {
    Item { kind, reference: label.to_owned(), label: label.to_owned(), fields }
}

fn document(profile: Profile) -> DocumentFacts {
    let fields = full(Presence::Present);
    DocumentFacts {
        name: "d".to_owned(),
        format: if profile == Profile::Telco { "SPDX 2.3" } else { "CycloneDX 1.6" }.to_owned(),
        fields,
        items: vec![
            item(ItemKind::Root, "image", fields),
            item(ItemKind::Package, "a 1", fields),
            item(ItemKind::Package, "b 2", fields),
            item(ItemKind::File, "/app/run", fields),
        ],
    }
}

fn failing(score: &Score) -> Vec<&'static str> {
    score.rows.iter().filter(|row| row.fails()).map(|row| row.requirement.field().as_str()).collect()
}

fn judge(facts: &DocumentFacts, profile: Profile) -> Score {
    check(facts, profile, &Declared::default())
}

#[test]
fn a_document_with_everything_passes() {
    for profile in Profile::ALL {
        let score = judge(&document(*profile), *profile);
        assert_eq!(failing(&score), [""; 0], "{profile:?}");
        assert_eq!((score.percent(), score.told(), score.passed()), (100, 100, true), "{profile:?}");
    }
}

#[test]
fn a_document_with_nothing_fails_everything_that_is_required() {
    for profile in Profile::ALL {
        let mut facts = document(*profile);
        facts.format = "purls".to_owned();
        facts.fields = FieldSet::default();
        facts.items.iter_mut().for_each(|item| item.fields = FieldSet::default());
        let score = judge(&facts, *profile);
        let required = profile
            .requirements()
            .iter()
            .filter(|it| it.level == Level::Required)
            .map(|it| it.field().as_str());
        assert_eq!(failing(&score), required.collect::<Vec<_>>(), "{profile:?}");
        assert_eq!((score.percent(), score.told()), (0, 0));
    }
}

/// Takes each field that stands alone away, of one thing after the other.
#[test]
fn each_missing_field_fails_what_asks_for_it_and_names_the_package() {
    for profile in Profile::ALL {
        for requirement in profile.requirements().iter().filter(|it| it.level == Level::Required) {
            let [field] = requirement.fields else { continue };
            if *field == Field::Format {
                continue;
            }
            for (scope, at) in [(Scope::Root, 0), (Scope::Packages, 2), (Scope::Files, 3)] {
                if !requirement.scopes.contains(&scope) {
                    continue;
                }
                let mut facts = document(*profile);
                facts.items[at].fields = without(*field, Presence::Missing);
                let score = judge(&facts, *profile);
                assert!(!score.passed(), "{profile:?} {field:?} {scope:?}");
                let row = score.rows.iter().find(|row| row.requirement == requirement).unwrap();
                assert_eq!((row.gaps.as_slice(), row.missing), ([at].as_slice(), 1), "{profile:?} {field:?}");
                assert!(score.percent() < 100);
            }
            if requirement.scopes.contains(&Scope::Document) {
                let mut facts = document(*profile);
                facts.fields = without(*field, Presence::Missing);
                let failed = failing(&judge(&facts, *profile));
                assert!(failed.contains(&field.as_str()), "{profile:?} {field:?}: {failed:?}");
            }
        }
    }
}

#[test]
fn unknown_is_an_answer_only_where_the_profile_says_so() {
    // CISA 2026 takes an unknown version, NTIA does not.
    for (profile, passes) in [(Profile::Cisa, true), (Profile::Ntia, false), (Profile::Bsi, false)] {
        let mut facts = document(profile);
        facts.items[1].fields = without(Field::Version, Presence::Unknown);
        let score = judge(&facts, profile);
        assert_eq!(score.passed(), passes, "{profile:?}");
        assert_eq!(score.told(), 100);
    }
}

#[test]
fn one_of_several_fields_is_enough() {
    let mut facts = document(Profile::Ntia);
    facts.fields = without(Field::Author, Presence::Missing);
    assert!(judge(&facts, Profile::Ntia).passed());
    assert_eq!(failing(&judge(&facts, Profile::Cisa)), ["author"]);
}

#[test]
fn files_need_no_version_for_ntia() {
    let mut facts = document(Profile::Ntia);
    facts.items[3].fields = without(Field::Version, Presence::Missing);
    assert!(judge(&facts, Profile::Ntia).passed());
    assert!(!judge(&facts, Profile::Cisa).passed());
}

#[test]
fn of_the_distribution_bsi_asks_no_licence_and_no_digest() {
    let mut facts = document(Profile::Bsi);
    let all = full(Presence::Present);
    let lacks = [Field::LicenseConcluded, Field::LicenseDeclared, Field::Sha512, Field::FileName];
    let kept = Field::ALL.iter().filter(|field| !lacks.contains(field));
    let fields = kept.fold(FieldSet::default(), |set, field| set.with(*field, all.get(*field)));
    facts.items.push(item(ItemKind::System, "debian 12", fields));
    assert!(judge(&facts, Profile::Bsi).passed());
    let fields = without(Field::CreatorContact, Presence::Missing);
    facts.items.push(item(ItemKind::System, "debian 13", fields));
    let score = judge(&facts, Profile::Bsi);
    assert_eq!(failing(&score), ["creator-contact"]);
    assert!(score.rows.iter().any(|row| row.key == Some("distribution")));
}

#[test]
fn what_a_team_declares_is_counted_apart_and_what_it_could_is_named() {
    let mut facts = document(Profile::Cra);
    facts.items[0].fields = without(Field::SecurityContact, Presence::Declared);
    let score = judge(&facts, Profile::Cra);
    let contact = |score: &Score| {
        score.rows.iter().find(|row| row.requirement.field() == Field::SecurityContact).unwrap().clone()
    };
    assert_eq!((contact(&score).present, contact(&score).declared), (0, 1));
    assert!(score.passed());

    facts.items[0].fields = without(Field::SecurityContact, Presence::Missing);
    let row = contact(&judge(&facts, Profile::Cra));
    assert_eq!((row.key, row.is_in_policy), (Some("security-contact"), false));
    let declared = Declared { security_contact: Some("mailto:s@acme.example".into()), ..Declared::default() };
    assert!(contact(&check(&facts, Profile::Cra, &declared)).is_in_policy);
    // The document still lacks it.
    assert!(!check(&facts, Profile::Cra, &declared).passed());
}

#[test]
fn a_document_without_a_root_lacks_what_is_asked_of_it() {
    let mut facts = document(Profile::Cra);
    facts.items.remove(0);
    facts.fields = without(Field::Primary, Presence::Missing);
    let failed = failing(&judge(&facts, Profile::Cra));
    assert_eq!(
        failed,
        ["primary", "dependencies", "supplier", "creator-contact", "security-contact", "support-end"]
    );
}

#[test]
fn every_key_that_closes_a_gap_is_one_of_the_policy_file() {
    let mut declared = Declared::default();
    for field in Field::ALL {
        for scope in [Scope::Document, Scope::Root, Scope::System, Scope::Packages, Scope::Files] {
            // What is declared of single packages and files stands in tables of its own.
            if let Some(key) = declared_by(*field, scope).filter(|key| *key != "part") {
                declared.set(key, "x");
                assert!(declared.entries().any(|(known, _)| known == key), "{key}");
            }
        }
    }
    assert_eq!(declared.entries().count(), 6);
}

#[test]
fn a_score_of_100_means_all_of_it() {
    let mut facts = document(Profile::Ntia);
    for at in 0..2000 {
        facts.items.push(item(ItemKind::Package, &format!("p{at}"), full(Presence::Present)));
    }
    facts.items[1].fields = without(Field::Supplier, Presence::Missing);
    assert_eq!(judge(&facts, Profile::Ntia).percent(), 99);
}
