//! Texts of licences that a machine-readable Debian copyright file spells out.
//!
//! A short name that neither Debian nor SPDX has given a meaning is defined by its text alone (copyright-format 1.0, "License specification"),
//! which follows it in the same field or in a stand-alone `License` stanza. What that text is recognised as stands in for the name; a text that
//! is on no list is kept beside it.

use std::collections::{BTreeSet, HashMap};

use bomwright_model::License;

use super::copyright::is_header;
use super::deb822::{Stanza, stanzas};
use super::license_file::{LONGEST, LONGEST_KEPT};
use super::recognise::{Recognised, recognise};

/// Short names with a meaning of their own, without versions (copyright-format 1.0, "Short name"). `public-domain` is left
/// out: it says why there is no licence, and needs the text.
const SHORT_NAMES: &[&str] = &[
    "apache",
    "artistic",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-4-clause",
    "cc-by",
    "cc-by-nc",
    "cc-by-nc-nd",
    "cc-by-nc-sa",
    "cc-by-nd",
    "cc-by-sa",
    "cc0",
    "cddl",
    "cpl",
    "efl",
    "expat",
    "gfdl",
    "gfdl-niv",
    "gpl",
    "isc",
    "lgpl",
    "lppl",
    "mpl",
    "perl",
    "python",
    "qpl",
    "w3c",
    "zlib",
    "zope",
];

/// Texts of one file that are compared with those of the list: each takes some 10 ms.
const MOST_COMPARED: usize = 300;

/// Bytes of texts that are kept of one file; those that many statements name count each time.
const MOST_KEPT: usize = 1 << 20;

/// The statements of the machine-readable copyright file `text` at `path`, sorted, each once, with what the texts of their names come
/// to; none where it is in another form.
pub(crate) fn licenses(text: &str, path: &str) -> BTreeSet<License> {
    let mut all = stanzas(text);
    let Some(header) = all.next().filter(is_header) else { return BTreeSet::new() };
    let fields = std::iter::once(header).chain(all).filter_map(|it| Field::of(&it));
    let (stated, alone): (Vec<_>, Vec<_>) = fields.partition(|field| field.is_statement);
    let mut texts = Texts::default();
    // What stands alone is there to be referred to, so it goes first.
    for field in alone.iter().chain(&stated).filter(|field| !field.text.is_empty()) {
        texts.by_name.entry(field.name.to_lowercase()).or_insert(Shared {
            text: &field.text,
            is_compared: false,
            found: None,
        });
    }
    let different: BTreeSet<_> = stated.iter().map(|field| (field.name, field.text.as_str())).collect();
    different.into_iter().map(|(name, own)| texts.statement(name, own, path)).collect()
}

/// The texts of one file.
struct Texts<'a> {
    /// By names in small letters.
    by_name: HashMap<String, Shared<'a>>,
    /// How many more may be compared.
    comparisons: usize,
    /// How many bytes more may be kept.
    room: usize,
}

/// A text that may be asked for more than once.
struct Shared<'a> {
    text: &'a str,
    is_compared: bool,
    found: Option<Recognised>,
}

impl Default for Texts<'_> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), comparisons: MOST_COMPARED, room: MOST_KEPT }
    }
}

impl<'a> Texts<'a> {
    /// The licence that `line` states, with `own` text below it.
    fn statement(&mut self, line: &str, own: &'a str, path: &str) -> License {
        let mut license = License::found("", path);
        let mut rest = line;
        for name in names(line) {
            let Some((before, after)) = rest.split_once(name) else { continue };
            rest = after;
            let own = Some(own).filter(|own| !own.is_empty() && name == line);
            let found = if is_known(name) { None } else { self.find(name, own) };
            license.text.push_str(before);
            if let Some((_, Some(found))) = found {
                license.text.push_str(&found.id);
                let least = license.confidence.map_or(found.percent, |other| other.min(found.percent));
                license.confidence = Some(least);
                continue;
            }
            license.text.push_str(name);
            let kept = found.map_or("", |(text, _)| text);
            if !kept.is_empty() && kept.len() <= LONGEST_KEPT.min(self.room) {
                self.room -= kept.len();
                license.wordings.insert(name.to_owned(), kept.to_owned());
            }
        }
        license.text.push_str(rest);
        license
    }

    /// The text of `name`, which is its `own` where it has one, and the licence that it is.
    fn find(&mut self, name: &str, own: Option<&'a str>) -> Option<(&'a str, Option<Recognised>)> {
        let shared = self.by_name.get(&name.to_lowercase());
        let known = shared.filter(|it| own.is_none_or(|own| own == it.text));
        if let Some(Shared { text, found, .. }) = known.filter(|it| it.is_compared) {
            return Some((*text, found.clone()));
        }
        let text = own.or_else(|| known.map(|it| it.text))?;
        let found = self.compare(text);
        if let Some(shared) = self.by_name.get_mut(&name.to_lowercase()).filter(|it| it.text == text) {
            shared.is_compared = true;
            shared.found.clone_from(&found);
        }
        Some((text, found))
    }

    fn compare(&mut self, text: &str) -> Option<Recognised> {
        self.comparisons = self.comparisons.checked_sub(1)?;
        Some(text).filter(|text| text.len() <= LONGEST).and_then(recognise)
    }
}

/// A `License` field.
struct Field<'a> {
    /// Its first line.
    name: &'a str,
    /// The others, without what marks them as such.
    text: String,
    /// Whether it says what something is under; else it only spells a licence out.
    is_statement: bool,
}

impl<'a> Field<'a> {
    fn of(stanza: &Stanza<'a>) -> Option<Self> {
        let name = stanza.first_line("License")?;
        let rest = stanza.get("License")?.split_once('\n').map_or("", |(_, rest)| rest);
        let is_statement = is_header(stanza) || stanza.has("Files");
        Some(Self { name, text: unfolded(rest), is_statement })
    }
}

/// A formatted text as its author wrote it: each line without the blank that continues a field, and empty where a full stop stands for
/// that (copyright-format 1.0, "File syntax").
fn unfolded(folded: &str) -> String {
    let lines = folded.lines().map(|line| {
        let line = line.strip_prefix([' ', '\t']).unwrap_or(line).trim_end();
        if line == "." { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// The names that `and`, `or`, commas and brackets join in `line`, with the exceptions that `with` grants.
fn names(line: &str) -> Vec<&str> {
    let is_joint = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')');
    let (mut names, mut open) = (Vec::new(), None);
    let mut at = 0;
    for word in line.split_inclusive(is_joint) {
        let bare = word.trim_end_matches(is_joint);
        let is_operator = bare.eq_ignore_ascii_case("and") || bare.eq_ignore_ascii_case("or");
        if !bare.is_empty() && !is_operator {
            let start = open.map_or(at, |(start, _)| start);
            open = Some((start, at + bare.len()));
        }
        at += word.len();
        if is_operator || word.ends_with([',', '(', ')']) {
            names.extend(open.take());
        }
    }
    names.extend(open);
    names.into_iter().filter_map(|(start, end)| line.get(start..end)).collect()
}

/// Whether the name means a licence by itself: SPDX lists it, or Debian does, whatever the version.
fn is_known(name: &str) -> bool {
    let name = name.trim_end_matches('+');
    let family = match name.rsplit_once('-') {
        Some((family, version)) if version.chars().all(|c| c.is_ascii_digit() || c == '.') => family,
        _ => name,
    };
    spdx::license_id(name).is_some() || SHORT_NAMES.iter().any(|known| known.eq_ignore_ascii_case(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIT: &str =
        include_str!("../../testdata/license-text/good/root/srv/node_modules/@babel/code-frame/LICENSE");

    /// `text` as the continuation of a field.
    fn folded(text: &str) -> String {
        text.lines()
            .map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") })
            .collect()
    }

    /// Statement, confidence, and texts by name.
    type Told = (String, Option<u8>, Vec<(String, String)>);

    fn read(text: &str) -> Vec<Told> {
        let all = licenses(text, "usr/share/doc/a/copyright").into_iter();
        all.map(|it| (it.text, it.confidence, it.wordings.into_iter().collect())).collect()
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn names_without_a_meaning_have_the_text_that_defines_them() {
        // Built by the rules of copyright-format 1.0: a text in its field, one that stands alone, one that several share.
        let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
                    Files: *\nCopyright: 2009 A\nLicense: GPL-2+ or Own, and Expat\n\n\
                    Files: b\nCopyright: 2010 B\nLicense: public-domain\n  By nobody,\n .\n for all.\n\n\
                    Files: c\nCopyright: 2010 C\nLicense: public-domain\n\n\
                    License: Own\n Ours alone.\n\n\
                    License: GPL-2+\n See /usr/share/common-licenses/GPL-2.\n";
        let shared = vec![pair("public-domain", " By nobody,\n\nfor all.")];
        assert_eq!(
            read(text),
            [
                ("GPL-2+ or Own, and Expat".to_owned(), None, vec![pair("Own", "Ours alone.")]),
                ("public-domain".to_owned(), None, shared),
            ]
        );
    }

    #[test]
    fn a_text_that_the_list_has_stands_in_for_its_name() {
        let text = format!(
            "Format: x\n\nFiles: *\nLicense: GPL-2+ or Mine\n\nFiles: b\nLicense: Mine\n\nLicense: Mine\n{}",
            folded(MIT)
        );
        let all = read(&text);
        assert_eq!(all[0], ("GPL-2+ or MIT".to_owned(), Some(100), vec![]));
        assert_eq!(all[1], ("MIT".to_owned(), Some(100), vec![]));
        assert_eq!(read("Files: *\nLicense: Mine\n text\n"), [], "no machine-readable file");
    }

    #[test]
    fn statements_are_taken_apart_at_what_joins_names() {
        for (line, expected) in [
            (
                "GPL-2+ or AFL-2.1, and Expat and Tcl-BSDish",
                &["GPL-2+", "AFL-2.1", "Expat", "Tcl-BSDish"][..],
            ),
            ("GPL-2+ with Autoconf exception", &["GPL-2+ with Autoconf exception"]),
            ("(A OR B) and C", &["A", "B", "C"]),
            ("and", &[]),
            (" ,( ", &[]),
            ("é or ö", &["é", "ö"]),
        ] {
            assert_eq!(names(line), expected, "{line}");
        }
        for (name, expected) in [
            ("BSD-3-clause", true),
            ("GPL-2+", true),
            ("zlib", true),
            ("public-domain", false),
            ("BSD", false),
        ] {
            assert_eq!(is_known(name), expected, "{name}");
        }
    }

    #[test]
    fn many_statements_of_one_text_don_t_multiply_it() {
        let stanza = |number| format!("\nFiles: f{number}\nLicense: Own and Expat and X{number}\n");
        let long = "word ".repeat(6000);
        let text =
            format!("Format: x\n\nLicense: Own\n {long}\n") + &(0..200).map(stanza).collect::<String>();
        let all = licenses(&text, "c");
        assert_eq!(all.len(), 200);
        let kept: usize = all.iter().flat_map(|it| it.wordings.values()).map(String::len).sum();
        assert!(kept > 0 && kept <= MOST_KEPT, "{kept}");
    }
}
