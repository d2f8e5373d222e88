//! Texts of licences that have a name and are on no list. A name alone would be one reference for all who use it; with a text
//! it is one for each text.

use std::collections::BTreeMap;

use bomwright_model::License;

use super::{Extracted, LicenseExpression, digested, slug};

/// The wording that a document has for `name`, as [`License::wordings`] holds it: with line ends that every format keeps. `None`
/// where it says no more than the name.
pub(crate) fn wording(name: &str, text: &str) -> Option<(String, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (name, text) = (name.trim(), text.trim());
    let says_more = !matches!(text, "" | "NOASSERTION" | "NONE") && text != name;
    (says_more && !name.is_empty() && !name.contains(['\n', '\r']))
        .then(|| (name.to_owned(), text.to_owned()))
}

/// What `license` means, with the wordings that it has in the place of bare names. `meaning` is that without them.
pub(super) fn apply(meaning: LicenseExpression, license: &License) -> LicenseExpression {
    let mut extracted = BTreeMap::new();
    let mut renamed = BTreeMap::new();
    for (id, one) in meaning.extracted {
        match of_license(&one.text, license) {
            None => drop(extracted.insert(id, one)),
            Some(text) => {
                let new = digested(&slug(&one.text), &format!("{}\n{text}", one.text));
                extracted.insert(new.clone(), Extracted { name: one.name, text });
                renamed.insert(id, new);
            }
        }
    }
    LicenseExpression { expression: replace(&meaning.expression, &renamed), extracted }
}

/// The text of what `license` calls `name`; of a statement that could not be taken apart those of all that it names.
fn of_license(name: &str, license: &License) -> Option<String> {
    if let Some(text) = license.wordings.get(name) {
        return Some(text.clone()).filter(|text| !text.trim().is_empty());
    }
    if name != license.text.trim() {
        return None;
    }
    let texts =
        license.wordings.iter().filter(|(name, text)| license.text.contains(*name) && !text.is_empty());
    let all: Vec<_> = texts.map(|(name, text)| format!("{name}\n\n{text}")).collect();
    Some(all.join("\n\n")).filter(|text| !text.trim().is_empty())
}

/// `expression` with new names for identifiers.
fn replace(expression: &str, renamed: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    for piece in expression.split_inclusive([' ', '(', ')']) {
        let id = piece.trim_end_matches([' ', '(', ')']);
        out.push_str(renamed.get(id).map_or(id, String::as_str));
        out.push_str(piece.get(id.len()..).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{license_expression, normalize};
    use super::*;

    fn worded(text: &str, wordings: &[(&str, &str)]) -> LicenseExpression {
        let wordings = wordings.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        license_expression(&[License { wordings, ..License::found(text, "copyright") }]).unwrap()
    }

    #[test]
    fn every_text_is_a_reference_of_its_own() {
        let one = worded("public-domain", &[("public-domain", "No rights are reserved.")]);
        let other = worded("public-domain", &[("public-domain", "Do what you want.")]);
        assert_ne!(one.expression, other.expression);
        assert!(one.expression.starts_with("LicenseRef-bomwright-public-domain-"), "{}", one.expression);
        let extracted = &one.extracted[&one.expression];
        assert_eq!((&*extracted.name, &*extracted.text), ("public-domain", "No rights are reserved."));
        assert_eq!(Some(one.expression.clone()), normalize(&one.expression).map(|it| it.expression));
    }

    #[test]
    fn names_in_an_expression_get_their_texts_and_listed_ones_none() {
        let both =
            worded("(GPL-2+ or BSD-like) and BSD", &[("BSD-like", "Be like us."), ("GPL-2+", "See there.")]);
        let texts: Vec<_> = both.extracted.values().map(|it| (it.name.as_str(), it.text.as_str())).collect();
        assert_eq!(texts, [("BSD", "BSD"), ("BSD-like", "Be like us.")]);
        let id = both.extracted.keys().nth(1).unwrap();
        assert_eq!(both.expression, format!("(GPL-2.0-or-later OR {id}) AND LicenseRef-bomwright-BSD"));
        assert_eq!(worded("MIT", &[("MIT", "text")]).expression, "MIT");
        assert_eq!(worded("BSD-like", &[("BSD-like", " ")]).expression, "LicenseRef-bomwright-BSD-like");
    }

    #[test]
    fn what_can_t_be_taken_apart_has_all_texts_of_its_names() {
        let text = "GPL-2+ with Odd exception, and Own";
        let one = worded(text, &[("GPL-2+ with Odd exception", "You may link."), ("Own", "Ours.")]);
        let extracted = &one.extracted[&one.expression];
        assert_eq!(extracted.name, text);
        assert_eq!(extracted.text, "GPL-2+ with Odd exception\n\nYou may link.\n\nOwn\n\nOurs.");
    }
}
