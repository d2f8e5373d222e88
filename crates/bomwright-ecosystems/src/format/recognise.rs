//! Which licence a text is, by comparing it with the texts of the SPDX licence list.
//!
//! The comparison is the crate `spdx`'s (askalono's: pairs of words, Sørensen and Dice), its texts are those that the crate
//! carries. Comparing with every one of some 700 texts takes tens of milliseconds, and an image has hundreds of copies of a few texts
//! that differ in the names of the holders. So a text is taken without the lines about copyright, looked up, and first compared with the
//! few licences that most texts are. What is compared is what is looked up: which copy comes first must not show.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use sha2::{Digest as _, Sha256};
use spdx::detection::{Store, TextData};

/// How much of a text must agree.
const LEAST: f32 = 0.9;

/// So much that no other text can agree more but one with the same words.
const SAME: f32 = 0.995;

/// Licences that are another one with a name in it, and a word that their texts hold. Apache's without its appendix is closer to
/// Pixar's, which has none, than to itself.
const VARIANTS: &[(&str, &str)] = &[("Pixar", "Pixar")];

/// Texts whose result is kept.
const KEPT: usize = 20_000;

/// The licences that most texts are, by the names that the store has.
const COMMON: &[&str] = &[
    "MIT",
    "ISC",
    "Apache-2.0",
    "BSD-3-Clause",
    "BSD-2-Clause",
    "0BSD",
    "MPL-2.0",
    "Unlicense",
    "CC0-1.0",
    "Zlib",
    "BlueOak-1.0.0",
];

/// A licence that a text was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recognised {
    /// Its SPDX identifier.
    pub(crate) id: String,
    /// How much of the text agrees, in percent.
    pub(crate) percent: u8,
}

/// The licence that `text` is; `None` where it is none that the list has, or more than one licence.
pub(crate) fn recognise(text: &str) -> Option<Recognised> {
    static KNOWN: LazyLock<Mutex<HashMap<[u8; 32], Option<Recognised>>>> = LazyLock::new(Mutex::default);
    let text = &*plain(text);
    let key = Sha256::digest(text).into();
    if let Some(known) = KNOWN.lock().ok().and_then(|known| known.get(&key).cloned()) {
        return known;
    }
    let found = compare(text);
    if let Ok(mut known) = KNOWN.lock()
        && known.len() < KEPT
    {
        known.insert(key, found.clone());
    }
    found
}

/// What texts of the same licence share: their lines without those that name holders of copyright, but for the words
/// by which variants are told apart.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != '©');
        // Licences have lines such as `copyright notice and this permission notice appear in all copies` too.
        let is_notice = ["copyright", "(c)", "©"].iter().any(|start| starts(bare, start))
            && (line.contains(|c: char| c.is_ascii_digit() || c == '©')
                || line.to_lowercase().contains("(c)"));
        if !is_notice || VARIANTS.iter().any(|(_, word)| line.contains(word)) {
            plain.push_str(line);
            plain.push('\n');
        }
    }
    plain
}

fn starts(line: &str, start: &str) -> bool {
    line.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start))
}

fn compare(text: &str) -> Option<Recognised> {
    static LIST: LazyLock<Option<Store>> = LazyLock::new(|| Store::load_inline().ok());
    let list = LIST.as_ref()?;
    let data = TextData::new(text);
    let common = COMMON.iter().filter_map(|name| Some((*name, list.get_original(name)?.match_score(&data))));
    let same = common.filter(|(_, score)| *score >= SAME).max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((name, score)) = same {
        return Some(recognised(name, score));
    }
    // The order of the store changes from run to run: of the same scores the first name counts.
    let mut best: Option<(f32, &str)> = None;
    for (name, entry) in list.iter() {
        if VARIANTS.iter().any(|(variant, word)| variant == name && !text.contains(word)) {
            continue;
        }
        let texts = std::iter::once(&entry.original).chain(&entry.alternates);
        let score = texts.map(|it| it.match_score(&data)).fold(0.0, f32::max);
        let is_better =
            |(other, first): (f32, &str)| score > other || (score >= other && name.as_str() < first);
        if score >= LEAST && best.is_none_or(is_better) {
            best = Some((score, name));
        }
    }
    best.map(|(score, name)| recognised(name, score))
}

fn recognised(name: &str, score: f32) -> Recognised {
    let percent = (1..=100_u8).rev().find(|percent| f32::from(*percent) <= score * 100.0).unwrap_or(0);
    Recognised { id: named(name), percent }
}

/// The store names a GNU licence by any of its identifiers. Its text is the same whether later versions are allowed, so nothing but
/// the version itself is told by it.
fn named(name: &str) -> String {
    let is_gnu = ["GPL-", "LGPL-", "AGPL-"].iter().any(|start| name.starts_with(start));
    let plain = name.trim_end_matches("-or-later").trim_end_matches("-only").trim_end_matches('+');
    if is_gnu && !plain.contains("-with-") { format!("{plain}-only") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIT: &str =
        include_str!("../../testdata/license-text/good/root/srv/node_modules/@babel/code-frame/LICENSE");

    #[test]
    fn a_text_is_recognised_whoever_holds_the_copyright() {
        let id = |text: &str| recognise(text).map(|it| it.id);
        assert_eq!(id(MIT).as_deref(), Some("MIT"));
        let other = MIT.replace(
            "Copyright (c) 2014-present Sebastian McKenzie and other contributors",
            "Copyright 1999-2024 Somebody Else <else@example.org>",
        );
        assert_ne!(other, MIT);
        assert_eq!(plain(&other), plain(MIT));
        let line = "copyright notice and this permission notice appear in all copies.\n";
        assert_eq!(plain(line), line);
        assert_eq!(id("See the file COPYING."), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn gnu_licences_are_called_by_their_version() {
        for (name, id) in [
            ("GPL-3.0+", "GPL-3.0-only"),
            ("LGPL-2.1-or-later", "LGPL-2.1-only"),
            ("GPL-2.0-only", "GPL-2.0-only"),
            ("GPL-2.0-with-GCC-exception", "GPL-2.0-with-GCC-exception"),
            ("MIT", "MIT"),
        ] {
            assert_eq!(named(name), id);
            assert!(spdx::license_id(id).is_some(), "{id}");
        }
    }

    #[test]
    fn every_common_licence_is_one_of_the_store() {
        let store = Store::load_inline().unwrap();
        for name in COMMON {
            assert!(store.get_original(name).is_some(), "{name}");
            assert!(spdx::license_id(name).is_some(), "{name}");
        }
    }
}
