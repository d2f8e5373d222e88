//! Licence fields, with the texts of the document in their place.

use bomwright_model::{License, LicenseKind};

use super::Reader;
use crate::lenient::Text;
use crate::license;
use crate::spdx2::wire_in::{ExtractedLicense, SpdxPackage};

impl<'a> Reader<'a> {
    pub(super) fn licenses(&self, package: &SpdxPackage<'a>) -> Vec<License> {
        let declared = self.statements(&package.license_declared);
        let concluded = self.statements(&package.license_concluded);
        let found = if concluded == declared { Vec::new() } else { concluded };
        let found =
            found.into_iter().map(|text| License { kind: LicenseKind::Found, ..License::declared(text) });
        declared.into_iter().map(License::declared).chain(found).collect()
    }

    /// What a licence field says. Operands of a plain conjunction are statements of their own where some are texts of
    /// the document, so that each text stays what it is.
    fn statements(&self, field: &Text<'_>) -> Vec<String> {
        let Some(text) = field.some().filter(|text| !matches!(*text, "NOASSERTION" | "NONE")) else {
            return Vec::new();
        };
        let meaning = |text: &str| self.texts.get(text).cloned();
        if let Some(text) = meaning(text) {
            return vec![text];
        }
        if text.contains("LicenseRef-") && !text.contains(['(', ')']) && !text.contains(" OR ") {
            let operands = text.split(" AND ").map(str::trim);
            return operands.map(|operand| meaning(operand).unwrap_or_else(|| operand.to_owned())).collect();
        }
        vec![self.spelt_out(text)]
    }

    /// An expression with the licences that its references turn out to be in their place.
    fn spelt_out(&self, expression: &str) -> String {
        if !expression.contains("LicenseRef-") {
            return expression.to_owned();
        }
        let mut out = String::with_capacity(expression.len());
        for word in expression.split_inclusive([' ', '(', ')']) {
            let bare = word.trim_end_matches([' ', '(', ')']);
            let meaning = self.texts.get(bare).and_then(|text| license::normalize(text));
            match meaning {
                Some(meaning) if meaning.extracted.is_empty() => {
                    out.push('(');
                    out.push_str(&meaning.expression);
                    out.push(')');
                    out.push_str(word.get(bare.len()..).unwrap_or_default());
                }
                _ => out.push_str(word),
            }
        }
        out
    }
}

pub(super) fn statement<'a>(license: &'a ExtractedLicense<'_>) -> &'a str {
    const LONGEST: usize = 200;
    let silent = |text: &&str| !matches!(*text, "NOASSERTION" | "NONE");
    let text = license.extracted_text.some().filter(silent).filter(|text| text.len() <= LONGEST);
    license.name.some().filter(silent).or(text).unwrap_or(&license.license_id)
}
