//! Licence fields, with the texts of the document in their place.

use std::collections::BTreeMap;

use bomwright_model::{License, LicenseKind};

use super::Reader;
use crate::lenient::Text;
use crate::license::{self, Extracted};
use crate::spdx2::wire_in::{ExtractedLicense, SpdxPackage};

/// What the document says of a licence that no list has: what it is called, or its text where that is short and nothing else
/// is known; and its text.
pub(super) fn extracted(license: &ExtractedLicense<'_>) -> Extracted {
    Extracted { name: statement(license).to_owned(), text: license.extracted_text.0.clone().into_owned() }
}

/// A statement that names it.
fn named(one: &Extracted) -> License {
    let wording = license::wording(&one.name, &one.text);
    License { wordings: wording.into_iter().collect(), ..License::declared(&one.name) }
}

impl<'a> Reader<'a> {
    pub(super) fn licenses(&self, package: &SpdxPackage<'a>) -> Vec<License> {
        let declared = self.statements(&package.license_declared);
        let concluded = self.statements(&package.license_concluded);
        let found = if concluded == declared { Vec::new() } else { concluded };
        let found = found.into_iter().map(|license| License { kind: LicenseKind::Found, ..license });
        declared.iter().cloned().chain(found).collect()
    }

    /// What a licence field says. Operands of a plain conjunction are statements of their own where some are texts of
    /// the document, so that each text stays what it is.
    fn statements(&self, field: &Text<'_>) -> Vec<License> {
        let Some(text) = field.some().filter(|text| !matches!(*text, "NOASSERTION" | "NONE")) else {
            return Vec::new();
        };
        let meaning = |text: &str| self.texts.get(text).map(named);
        if let Some(license) = meaning(text) {
            return vec![license];
        }
        if text.contains("LicenseRef-") && !text.contains(['(', ')']) && !text.contains(" OR ") {
            let operands = text.split(" AND ").map(str::trim);
            return operands
                .map(|operand| meaning(operand).unwrap_or_else(|| License::declared(operand)))
                .collect();
        }
        vec![self.spelt_out(text)]
    }

    /// An expression with the licences that its references turn out to be in their place.
    fn spelt_out(&self, expression: &str) -> License {
        if !expression.contains("LicenseRef-") {
            return License::declared(expression);
        }
        let mut out = String::with_capacity(expression.len());
        let mut wordings = BTreeMap::new();
        for word in expression.split_inclusive([' ', '(', ')']) {
            let bare = word.trim_end_matches([' ', '(', ')']);
            let extracted = self.texts.get(bare);
            match extracted.and_then(|one| license::normalize(&one.name)) {
                Some(meaning) if meaning.extracted.is_empty() => {
                    out.push('(');
                    out.push_str(&meaning.expression);
                    out.push(')');
                    out.push_str(word.get(bare.len()..).unwrap_or_default());
                }
                _ => {
                    out.push_str(word);
                    // It stays under its reference.
                    wordings.extend(extracted.and_then(|one| license::wording(bare, &one.text)));
                }
            }
        }
        License { wordings, ..License::declared(out) }
    }
}

fn statement<'a>(license: &'a ExtractedLicense<'_>) -> &'a str {
    const LONGEST: usize = 200;
    let silent = |text: &&str| !matches!(*text, "NOASSERTION" | "NONE");
    let text = license.extracted_text.some().filter(silent).filter(|text| text.len() <= LONGEST);
    license.name.some().filter(silent).or(text).unwrap_or(&license.license_id)
}
