//! Licence statements brought into SPDX form (SPDX 2.3, annex D "SPDX license expressions").
//!
//! The crate `spdx` judges what is valid. Its lax mode is not used: it maps `gnu gpl v2` to `GPL-3.0-only` and
//! guesses a version for `GPL`; our own table ([`names`]) holds only names that mean one licence.

mod names;
mod wording;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use bomwright_model::{Inventory, License, LicenseKind, Package};
use foldhash::quality::RandomState;
use sha2::{Digest as _, Sha256};
use spdx::{Expression, LicenseItem, ParseMode};

use crate::root;

pub(crate) use names::LIST_VERSION;
pub(crate) use wording::wording;

/// A valid SPDX licence expression, with the texts behind every `LicenseRef-` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseExpression {
    /// The expression. Identifiers are those of license list 3.28.
    pub expression: String,
    /// What stands behind each `LicenseRef-…` of the expression, by its whole identifier.
    pub extracted: BTreeMap<String, Extracted>,
}

/// A licence that no list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// What it is called: the statement as written, or its identifier where that is a whole text.
    pub name: String,
    /// Its text; its name where no text is known.
    pub text: String,
}

impl Extracted {
    /// What is behind `id` where nothing but the statement `text` is known.
    fn of(id: &str, text: &str) -> Self {
        let is_whole_text = text.len() > LONGEST_CALLED || text.contains('\n');
        Self { name: if is_whole_text { id } else { text }.to_owned(), text: text.to_owned() }
    }
}

/// How references of our own begin.
const PREFIX: &str = "LicenseRef-bomwright-";

/// Statements that say nothing.
const SILENT: &[&str] = &["", "noassertion", "none", "unknown", "n/a", "null"];

static NO_WORDINGS: BTreeMap<String, String> = BTreeMap::new();

/// Longest name within an expression that still counts as a name when nothing knows it.
const LONGEST_NAME: usize = 64;

/// What a licence is called is no longer than this.
const LONGEST_CALLED: usize = 200;

/// Statements longer than this are texts, not expressions.
const LONGEST_EXPRESSION: usize = 2000;

/// One expression for all `licenses`, which hold together: their conjunction, without repetition, in order.
/// `None` when none of them says anything.
pub fn license_expression(licenses: &[License]) -> Option<LicenseExpression> {
    let terms: Vec<_> = licenses.iter().filter_map(meaning).collect();
    conjunction(terms.iter())
}

/// Puts one SPDX expression for each package and kind in the place of its statements, as the written documents do,
/// so that a scan and a document compare by what they mean. Statements that say nothing go. The texts behind names count
/// where both sides have any: one that was read without them says nothing about them.
pub fn normalize_licenses(before: &mut Inventory, after: &mut Inventory) {
    let mut licenses = before.packages.iter().flat_map(|package| &package.licenses);
    let mut others = after.packages.iter().flat_map(|package| &package.licenses);
    let has_text = |license: &License| !license.wordings.is_empty();
    let by_text = licenses.any(has_text) && others.any(has_text);
    let mut known: HashMap<String, Option<LicenseExpression>, RandomState> = HashMap::default();
    for package in before.packages.iter_mut().chain(&mut after.packages) {
        let mut licenses = Vec::with_capacity(package.licenses.len().min(2));
        for kind in [LicenseKind::Declared, LicenseKind::Found] {
            let such = package.licenses.iter().filter(|license| license.kind == kind);
            let terms: Vec<LicenseExpression> = such
                .filter_map(|license| match known.get(&license.text) {
                    _ if by_text && has_text(license) => meaning(license),
                    Some(meaning) => meaning.clone(),
                    None => known.entry(license.text.clone()).or_insert(normalize(&license.text)).clone(),
                })
                .collect();
            let whole = conjunction(terms.iter());
            licenses.extend(whole.map(|it| License { kind, ..License::declared(it.expression) }));
        }
        package.licenses = licenses;
    }
}

/// What every licence statement of an inventory means. There are few different ones, and working one out takes
/// longer than all else that is written about a package.
pub(crate) struct Meanings<'a>(HashMap<Statement<'a>, Option<LicenseExpression>>);

/// A statement with the texts of what it names.
type Statement<'a> = (&'a str, &'a BTreeMap<String, String>);

impl<'a> Meanings<'a> {
    /// The meanings of all statements in `packages`.
    pub(crate) fn of(packages: &'a [Package]) -> Self {
        let mut all = HashMap::new();
        for license in packages.iter().flat_map(|package| &package.licenses) {
            all.entry((license.text.as_str(), &license.wordings)).or_insert_with(|| meaning(license));
        }
        Self(all)
    }

    /// The meanings of all statements in `inventory`: of its packages, its files and the whole.
    pub(crate) fn of_all(inventory: &'a Inventory) -> Self {
        let mut all = Self::of(&inventory.packages);
        let files = inventory.files.iter().filter_map(|file| file.declared.license.as_deref());
        for text in files.chain(root::license(inventory)) {
            all.0.entry((text, &NO_WORDINGS)).or_insert_with(|| normalize(text));
        }
        all
    }

    /// What one statement means; `None` when it says nothing.
    pub(crate) fn get<'b>(&'b self, license: &'b License) -> Option<&'b LicenseExpression> {
        self.0.get(&(license.text.as_str(), &license.wordings))?.as_ref()
    }

    /// One expression for those of `licenses` that are of this kind.
    pub(crate) fn expression(&self, licenses: &[License], kind: LicenseKind) -> Option<LicenseExpression> {
        let such = licenses.iter().filter(|license| license.kind == kind);
        conjunction(such.filter_map(|license| self.get(license)))
    }

    /// What stands behind every reference, sorted.
    pub(crate) fn extracted(&self) -> BTreeMap<&str, &Extracted> {
        let all = self.0.values().flatten().flat_map(|one| &one.extracted);
        all.map(|(id, one)| (id.as_str(), one)).collect()
    }
}

fn conjunction<'a>(terms: impl Iterator<Item = &'a LicenseExpression>) -> Option<LicenseExpression> {
    let mut different: Vec<&LicenseExpression> = Vec::new();
    for term in terms {
        if !different.contains(&term) {
            different.push(term);
        }
    }
    if let [only] = different.as_slice() {
        return Some((*only).clone());
    }
    let mut all: Option<LicenseExpression> = None;
    for term in different {
        let mut text = String::new();
        push_grouped(&mut text, &term.expression);
        match &mut all {
            None => all = Some(LicenseExpression { expression: text, extracted: term.extracted.clone() }),
            Some(all) => {
                all.expression.push_str(" AND ");
                all.expression.push_str(&text);
                all.extracted.extend(term.extracted.clone());
            }
        }
    }
    all
}

/// Appends `term`, in brackets where `AND` would bind stronger than what is inside.
fn push_grouped(out: &mut String, term: &str) {
    let is_choice = term.contains(" OR ");
    out.push_str(if is_choice { "(" } else { "" });
    out.push_str(term);
    out.push_str(if is_choice { ")" } else { "" });
}

/// The expression that `license` means; `None` when it says nothing. A name whose wording is known is a reference to that.
pub(crate) fn meaning(license: &License) -> Option<LicenseExpression> {
    let meaning = normalize(&license.text)?;
    Some(if license.wordings.is_empty() { meaning } else { wording::apply(meaning, license) })
}

/// The expression that one statement means; `None` when it says nothing.
pub(crate) fn normalize(text: &str) -> Option<LicenseExpression> {
    let text = text.trim();
    if SILENT.contains(&text.to_ascii_lowercase().as_str()) {
        return None;
    }
    if text.len() > LONGEST_EXPRESSION {
        return Some(reference(text));
    }
    Some(valid(text).or_else(|| named(text)).or_else(|| translated(text)).unwrap_or_else(|| reference(text)))
}

/// The identifier, if `expression` is just one that license list 3.28 has.
pub(crate) fn listed_id(expression: &str) -> Option<&str> {
    let id = spdx::license_id(expression)?;
    (id.name == expression && expression != "NOASSERTION" && names::is_listed(expression))
        .then_some(expression)
}

/// Whether `text` is an expression (SPDX 2.3, annex D) of identifiers that list 3.28 has, deprecated ones included,
/// and of references.
pub(crate) fn is_expression(text: &str) -> bool {
    const MODE: ParseMode =
        ParseMode { allow_deprecated: true, allow_postfix_plus_on_gpl: true, ..ParseMode::STRICT };
    let Ok(parsed) = Expression::parse_mode(text, MODE) else { return false };
    let is_known = |license: &LicenseItem| match license {
        LicenseItem::Spdx { id, .. } => names::is_listed(id.name) && id.name != "NOASSERTION",
        // References are for others to check.
        LicenseItem::Other(_) => true,
    };
    let is_listed = |addition: &spdx::AdditionItem| addition.id().is_none_or(|id| names::is_listed(id.name));
    parsed
        .requirements()
        .all(|one| is_known(&one.req.license) && one.req.addition.as_ref().is_none_or(is_listed))
}

/// `text` itself, if it is valid as it stands.
fn valid(text: &str) -> Option<LicenseExpression> {
    const MODE: ParseMode = ParseMode { allow_deprecated: true, ..ParseMode::STRICT };
    let parsed = Expression::parse_mode(text, MODE).ok()?;
    let mut extracted = BTreeMap::new();
    for requirement in parsed.requirements() {
        match &requirement.req.license {
            LicenseItem::Spdx { id, .. } => {
                // Deprecated identifiers with exact successors take the way through the names.
                let gnu = id.is_gnu() && !id.name.ends_with("-only") && !id.name.ends_with("-or-later");
                let outdated = gnu || names::is_succeeded(id.name);
                if !names::is_listed(id.name) || id.name == "NOASSERTION" || outdated {
                    return None;
                }
            }
            LicenseItem::Other(other) if other.doc_ref.is_none() => {
                let id = other.to_string();
                extracted.insert(id.clone(), Extracted::of(&id, &id));
            }
            // SPDX 2.3 wants the other document declared; there is none.
            LicenseItem::Other(_) => return None,
        }
        match &requirement.req.addition {
            None => {}
            Some(addition) if addition.id().is_some_and(|id| names::is_listed(id.name)) => {}
            Some(_) => return None,
        }
    }
    Some(LicenseExpression { expression: operators_in_capitals(text), extracted })
}

/// `text` with its operators as the annex writes them and single blanks; it is valid already.
fn operators_in_capitals(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word {
        "and" => "AND",
        "or" => "OR",
        "with" => "WITH",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The licence that goes by the name `text`, also behind the categories of a trove classifier or in brackets
/// at the end of a spelt-out name.
fn named(text: &str) -> Option<LicenseExpression> {
    let last = text.rsplit(" :: ").next().unwrap_or(text).trim();
    let short = last.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, short)| short);
    let expression = names::lookup(last).or_else(|| names::lookup(short?))?;
    let mut extracted = BTreeMap::new();
    if expression.starts_with("LicenseRef-") {
        extracted.insert(expression.clone(), Extracted::of(&expression, text));
    }
    Some(LicenseExpression { expression, extracted })
}

/// Names joined by words and brackets: each name is looked up and the whole is put together again. Names that
/// nothing knows are kept as references if they look like names; otherwise `text` is prose.
fn translated(text: &str) -> Option<LicenseExpression> {
    let mut out = LicenseExpression { expression: String::new(), extracted: BTreeMap::new() };
    let mut name = String::new();
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ").replace(['/', '|'], " or ");
    let mut operators = usize::from(text.to_ascii_lowercase().contains(" with "));
    for word in spaced.split_whitespace() {
        let operator = match word.to_ascii_lowercase().as_str() {
            "and" | "&" | "&&" => " AND ",
            "or" => " OR ",
            // Debian: ", and" binds weaker than "or"; the check below refuses what gets ambiguous by it.
            "," => continue,
            "(" => "(",
            ")" => ")",
            _ => {
                if !name.is_empty() {
                    name.push(' ');
                }
                name.push_str(word);
                continue;
            }
        };
        operators += 1;
        push_name(&mut out, &mut name)?;
        out.expression.push_str(operator);
    }
    push_name(&mut out, &mut name)?;
    let mixed = spaced.contains(',') && out.expression.contains(" AND ") && out.expression.contains(" OR ");
    (operators > 0 && !mixed && Expression::parse(&out.expression).is_ok()).then_some(out)
}

fn push_name(out: &mut LicenseExpression, name: &mut String) -> Option<()> {
    let name = std::mem::take(name);
    if name.is_empty() {
        return Some(());
    }
    let (base, exception) = match name.to_ascii_lowercase().find(" with ") {
        Some(at) => (name.get(..at)?, Some(name.get(at + " with ".len()..)?)),
        None => (name.as_str(), None),
    };
    let term = valid(&name).or_else(|| match exception {
        None => named(base),
        Some(exception) => {
            let exception = spdx::exception_id(exception).filter(|id| names::is_listed(id.name))?;
            let mut term = valid(base).or_else(|| named(base))?;
            term.expression = format!("{} WITH {}", term.expression, exception.name);
            Some(term)
        }
    });
    let term = match term {
        Some(term) => term,
        None if name.len() <= LONGEST_NAME && !name.contains(' ') => reference(&name),
        None => return None,
    };
    push_grouped(&mut out.expression, &term.expression);
    out.extracted.extend(term.extracted);
    Some(())
}

/// A reference of our own for a statement that the license list does not cover. Two statements share one
/// only when they are the same.
fn reference(text: &str) -> LicenseExpression {
    let slug = slug(text);
    let id = if slug == text { format!("{PREFIX}{slug}") } else { digested(&slug, text) };
    LicenseExpression { extracted: BTreeMap::from([(id.clone(), Extracted::of(&id, text))]), expression: id }
}

/// What of `text` may stand in a reference, so that a person knows it again.
fn slug(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut slug = String::new();
    for c in text.chars() {
        if slug.len() >= LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() || c == '.' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches(['-', '.']).to_owned()
}

/// The reference that a digest of `text` makes one of its own.
fn digested(slug: &str, text: &str) -> String {
    let mut id = format!("{PREFIX}{slug}");
    if !slug.is_empty() {
        id.push('-');
    }
    for byte in Sha256::digest(text.as_bytes()).iter().take(4) {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(text: &str) -> String {
        normalize(text).unwrap().expression
    }

    #[test]
    fn valid_expressions_stay() {
        for text in [
            "MIT",
            "Apache-2.0 OR MIT",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "LicenseRef-mine AND ISC",
        ] {
            assert_eq!(expression(text), text);
        }
        assert_eq!(expression("mit or apache-2.0"), "MIT OR Apache-2.0");
        assert_eq!(normalize("NOASSERTION"), None);
        assert_eq!(normalize(" "), None);
    }

    #[test]
    fn names_and_lists_of_names() {
        // The left side is as found in dpkg copyright files, Fedora packages, npm and PyPI metadata.
        for (text, expected) in [
            ("GPL-2+", "GPL-2.0-or-later"),
            ("GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"),
            ("GPLv2+ and (MIT or BSD-3-clause)", "GPL-2.0-or-later AND (MIT OR BSD-3-Clause)"),
            ("BSD-3-clause", "BSD-3-Clause"),
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("MIT/X11", "MIT"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)"),
            ("License :: OSI Approved :: MIT License", "MIT"),
            (
                "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
                "GPL-2.0-or-later",
            ),
            ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("GPL-2.0", "GPL-2.0-only"),
            ("GPL-2.0+", "GPL-2.0-or-later"),
            ("GPL-2.0 WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
            (
                "CDDL-1.1 OR GPL-2.0-with-classpath-exception",
                "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0",
            ),
            ("Public domain", "LicenseRef-bomwright-public-domain"),
            ("Custom", "LicenseRef-bomwright-Custom"),
            ("GPL", "LicenseRef-bomwright-GPL"),
            ("MIT and Custom", "MIT AND LicenseRef-bomwright-Custom"),
        ] {
            assert_eq!(expression(text), expected, "{text}");
        }
    }

    #[test]
    fn what_list_3_28_lacks_becomes_a_reference() {
        assert!(expression("Bugroff").starts_with("LicenseRef-"));
        assert_eq!(listed_id("Bugroff"), None);
        assert_eq!(listed_id("MIT"), Some("MIT"));
        assert_eq!(listed_id("MIT OR ISC"), None);
        assert!(expression("DocumentRef-x:LicenseRef-y").starts_with("LicenseRef-bomwright-"));
    }

    #[test]
    fn prose_becomes_one_reference_and_different_prose_another() {
        let one = normalize("Permission to use and copy this").unwrap();
        assert_eq!(one.extracted[&one.expression].text, "Permission to use and copy this");
        assert_ne!(one.expression, expression("Permission to use, and copy this"));
    }

    #[test]
    fn statements_are_joined_once_each() {
        let all = [License::declared("MIT OR ISC"), License::declared("Zlib"), License::found("Zlib", "x")];
        assert_eq!(license_expression(&all).unwrap().expression, "(MIT OR ISC) AND Zlib");
        assert_eq!(license_expression(&[]), None);
    }

    proptest::proptest! {
        #[test]
        fn every_result_is_valid_and_whatever_comes_in_does_not_panic(
            text in "(MIT|GPL-2\\+|and|or|with|,|/|\\(|\\)|[ -~é]| ){0,12}"
        ) {
            if let Some(result) = normalize(&text) {
                const MODE: ParseMode = ParseMode { allow_deprecated: true, ..ParseMode::STRICT };
                assert!(Expression::parse_mode(&result.expression, MODE).is_ok(), "{}", result.expression);
                let again = normalize(&result.expression).unwrap();
                assert_eq!(again.expression, result.expression);
            }
        }
    }
}
