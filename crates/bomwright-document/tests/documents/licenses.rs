//! Whatever somebody calls a licence, no invalid identifier is written: judged by the crate `spdx`, in every format and version.

use std::collections::BTreeSet;

use bomwright_document::{Format, Target, write};
use bomwright_model::{DeclaredPart, File, FileKind, Inventory, License, Package, Source, SourceKind};
use proptest::prelude::*;
use spdx::{Expression, LicenseItem, ParseMode};

/// What licence fields are made of, and what they should not hold.
const WORDS: &[&str] = &[
    "MIT",
    "mit",
    "GPL-2+",
    "GPL-2.0",
    "GPLv3",
    "Apache 2.0",
    "Apache-2.0",
    "BSD",
    "Artistic",
    "eCos-2.0",
    "Nunit",
    "LicenseRef-x",
    "LicenseRef-",
    "DocumentRef-a:LicenseRef-b",
    "NONE",
    "NOASSERTION",
    "WITH",
    "with",
    "AND",
    "and",
    "OR",
    "or",
    "(",
    ")",
    "/",
    "|",
    ",",
    ";",
    "&",
    "+",
    "Classpath-exception-2.0",
    "Bison-exception",
    "SEE LICENSE IN",
    "https://a.example/LICENSE",
    "License :: OSI Approved :: MIT License",
    "<text>",
    "</text>",
    "\n",
    "\r\n",
    "\t",
    "Ünïcode",
    "\u{1b}",
    "\u{0}",
    "]]>",
    "\"",
    "{",
    "Permission is hereby granted",
];

fn text() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(WORDS), 1..7).prop_map(|words| words.join(" "));
    prop_oneof![4 => words, 1 => any::<String>(), 1 => "[A-Za-z0-9.+()/ -]{0,60}"]
}

fn inventory(texts: &[String]) -> Inventory {
    let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() });
    let mut package = Package::new("npm", "a", "1");
    let (first, second, third) = (&texts[0], &texts[1], &texts[2]);
    package.licenses =
        vec![License::declared(first), License::declared(second), License::found(third, "LICENSE")];
    let words = WORDS.iter().map(|word| (*word).to_owned()).chain([third.clone()]);
    let wordings = words.map(|word| (word, first.clone())).collect();
    package.licenses.push(License { wordings, ..License::found(third, "copyright") });
    package.licenses.sort();
    inventory.packages = vec![package];
    inventory.declared.license = Some(second.clone());
    let declared = DeclaredPart { license: Some(third.clone()), ..DeclaredPart::default() };
    inventory.files = vec![File { declared, ..File::new("bin/a", FileKind::Executable) }];
    inventory.graph.add(bomwright_model::Node::Package(bomwright_model::PackageId(0)));
    inventory.graph.add(bomwright_model::Node::File(bomwright_model::FileId(0)));
    inventory.graph.anchor();
    inventory
}

/// The `LicenseRef-`s of an expression, which must be valid; deprecated identifiers are on the list, too.
fn references(expression: &str) -> BTreeSet<String> {
    const MODE: ParseMode = ParseMode { allow_deprecated: true, ..ParseMode::STRICT };
    let parsed = Expression::parse_mode(expression, MODE);
    assert!(parsed.is_ok(), "{expression:?}: {parsed:?}");
    let parsed = parsed.unwrap();
    let licenses = parsed.requirements().map(|it| it.req.license.clone());
    licenses
        .filter_map(|license| match license {
            LicenseItem::Spdx { .. } => None,
            LicenseItem::Other(other) => {
                assert!(other.doc_ref.is_none(), "{expression}: there is no other document");
                Some(other.to_string())
            }
        })
        .collect()
}

/// Every string below the key `key`, at any depth.
fn strings<'v>(value: &'v serde_json::Value, key: &str, out: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if name == key {
                    out.extend(member.as_str());
                }
                strings(member, key, out);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, key, out)),
        _ => {}
    }
}

fn all<'v>(value: &'v serde_json::Value, key: &str) -> Vec<&'v str> {
    let mut out = Vec::new();
    strings(value, key, &mut out);
    out
}

/// What stands between `<name …>` and `</name>`.
fn elements<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let starts = text.split(open.as_str()).skip(1).filter(|rest| rest.starts_with(['>', ' ']));
    starts.filter_map(|rest| Some(rest.split_once('>')?.1.split_once(close.as_str())?.0)).collect()
}

fn assert_valid(target: Target, text: &str) {
    let is_id =
        |id: &str| assert!(spdx::license_id(id).is_some_and(|it| it.name == id), "{target:?}: {id:?}");
    match target.format() {
        Format::CycloneDxJson => {
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            for expression in all(&document, "expression") {
                references(expression);
            }
            all(&document, "id").into_iter().for_each(is_id);
        }
        Format::CycloneDxXml => {
            for expression in elements(text, "expression") {
                references(expression);
            }
            elements(text, "id").into_iter().for_each(is_id);
        }
        Format::SpdxJson if target.version().starts_with('2') => {
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            let known: BTreeSet<&str> = all(&document, "licenseId").into_iter().collect();
            let stated =
                all(&document, "licenseDeclared").into_iter().chain(all(&document, "licenseConcluded"));
            for expression in stated.filter(|it| *it != "NOASSERTION") {
                for reference in references(expression) {
                    assert!(known.contains(reference.as_str()), "{reference} has no text");
                }
            }
        }
        Format::SpdxJson => {
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            let known: BTreeSet<&str> = all(&document, "key").into_iter().collect();
            for expression in all(&document, "simplelicensing_licenseExpression") {
                for reference in references(expression) {
                    assert!(known.contains(reference.as_str()), "{reference} has no text");
                }
            }
        }
        Format::SpdxTagValue => {
            let of = |tag: &'static str| text.lines().filter_map(move |line| line.strip_prefix(tag));
            let known: BTreeSet<&str> = of("LicenseID: ").collect();
            let stated = of("PackageLicenseDeclared: ").chain(of("PackageLicenseConcluded: "));
            for expression in stated.filter(|it| *it != "NOASSERTION") {
                for reference in references(expression) {
                    assert!(known.contains(reference.as_str()), "{reference} has no text");
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_invalid_licence_is_ever_written(texts in prop::collection::vec(text(), 3)) {
        let inventory = inventory(&texts);
        for target in Target::all() {
            let mut out = Vec::new();
            write(&inventory, target, &mut out).unwrap();
            assert_valid(target, &String::from_utf8(out).unwrap());
        }
    }
}

#[test]
fn what_a_team_declares_of_a_file_is_written() {
    let inventory = inventory(&["MIT".to_owned(), "ISC".to_owned(), "BSD-2-Clause OR Zlib".to_owned()]);
    for target in Target::all().filter(|target| !target.version().is_empty()) {
        let mut out = Vec::new();
        write(&inventory, target, &mut out).unwrap();
        // Once of the package, where it was found, and once of the file.
        let count = String::from_utf8(out).unwrap().matches("BSD-2-Clause OR Zlib").count();
        assert!(count >= 2, "{target:?}: {count}");
    }
}

#[test]
fn the_text_of_a_licence_that_is_on_no_list_is_in_every_document() {
    let words = "You may look at this,\nbut on Sundays only.";
    let inventory = inventory(&["MIT".to_owned(), "MIT".to_owned(), words.to_owned()]);
    for target in Target::all().filter(|target| !target.version().is_empty()) {
        let mut out = Vec::new();
        write(&inventory, target, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let line = if text.contains("on Sundays only.") { "but on Sundays only." } else { "" };
        assert!(!line.is_empty(), "{target:?}");
        assert_valid(target, &text);
        if target.format() == Format::CycloneDxJson {
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(all(&document, "content").contains(&words), "{target:?}");
            let names = all(&document, "name");
            assert!(
                names.iter().any(|name| name.starts_with("LicenseRef-bomwright-")),
                "{target:?}: {names:?}"
            );
        }
    }
}
