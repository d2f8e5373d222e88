//! Texts from images in Markdown. A package's name must not become a heading, a link, a mention or a table cell.
//!
//! GitHub looks for mentions, references, commit ids and emoji in the text that is left *after* Markdown was parsed, so
//! neither backslashes nor entities keep `@someone` from being told. Inside code it looks for nothing. What comes out of an
//! image therefore goes into code spans (`CommonMark` 0.31, section 6.1), and only words that can mean nothing stay as they are.
//! What can't be seen is written as `⟨U+202E⟩`.

use std::fmt::Write;

use crate::paint::harmful;

/// The most characters of one text from an image.
const LONGEST: usize = 160;

/// Where in a Markdown document a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a line of its own.
    Line,
    /// In a table, where a bar ends the cell.
    Cell,
}

/// `text` with everything invisible written out, and cut after `most` characters.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars() {
        if length >= most {
            out.push('…');
            break;
        }
        if harmful(c) {
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            length += 8;
        } else {
            out.push(c);
            length += 1;
        }
    }
    out
}

/// `text` as a code span.
pub(crate) fn code(text: &str, place: Place) -> String {
    let mut inner = String::new();
    for c in shown(text, LONGEST).chars() {
        match c {
            // A backslash before the escaped bar would be read in two ways by two parsers.
            '|' if place == Place::Cell && inner.ends_with('\\') => inner.push_str("⟨U+007C⟩"),
            '|' if place == Place::Cell => inner.push_str("\\|"),
            _ => inner.push(c),
        }
    }
    if inner.trim().is_empty() {
        return "–".to_owned();
    }
    // The fence is longer than every run of backticks inside.
    let run = inner.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(run + 1);
    let pad = if inner.starts_with(['`', ' ']) || inner.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{inner}{pad}{fence}")
}

/// `text` as a sentence: words that could mean something to a forge become code.
pub(crate) fn prose(text: &str, place: Place) -> String {
    let text = shown_words(text);
    let mut out = String::new();
    let mut open = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let core = word.trim_start_matches('(').trim_end_matches([',', ';', ':', '.', ')']);
        let (core, lead, tail) = if core.is_empty() { (word, "", "") } else { around(word, core) };
        // A number at the beginning may be that of a list.
        let begins = out.is_empty() && open.is_empty();
        let plain = is_harmless(core) && !(begins && core.starts_with(|c: char| c.is_ascii_digit()));
        if plain || !lead.is_empty() {
            close(&mut out, &mut open, place);
        }
        if open.is_empty() {
            separate(&mut out);
            out.push_str(lead);
        } else {
            open.push(' ');
        }
        (if plain { &mut out } else { &mut open }).push_str(core);
        if !tail.is_empty() {
            close(&mut out, &mut open, place);
            out.push_str(tail);
        }
    }
    close(&mut out, &mut open, place);
    out
}

/// A sentence is longer than a name; white space of every kind parts words.
fn shown_words(text: &str) -> String {
    let short: String = text.chars().take(4 * LONGEST).collect();
    let words: Vec<_> = short.split_whitespace().map(|word| shown(word, LONGEST)).collect();
    let more = if short.len() < text.len() { " …" } else { "" };
    words.join(" ") + more
}

fn around<'a>(word: &'a str, core: &'a str) -> (&'a str, &'a str, &'a str) {
    let lead = word.len() - word.trim_start_matches('(').len();
    let (lead, rest) = word.split_at_checked(lead).unwrap_or(("", word));
    (core, lead, rest.strip_prefix(core).unwrap_or_default())
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
}

fn close(out: &mut String, open: &mut String, place: Place) {
    if !open.is_empty() {
        out.push_str(&code(open, place));
        open.clear();
    }
}

/// Words of letters, and small numbers. Seven hexadecimal digits may be a commit, `AB-1` an issue.
fn is_harmless(word: &str) -> bool {
    let ends = |test: fn(&char) -> bool| {
        word.chars().next().is_some_and(|c| test(&c)) && word.chars().next_back().is_some_and(|c| test(&c))
    };
    let commit = word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
    let letters = word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '\''))
        && ends(char::is_ascii_alphabetic);
    let number = word.chars().all(|c| c.is_ascii_digit() || c == '.') && ends(char::is_ascii_digit);
    matches!(word, "→" | "–" | "—" | "…") || (!commit && (letters || (number && word.len() < 7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_everything_else_is_code() {
        let cases = [
            ("one more of the same", "one more of the same"),
            ("mode 755 → 4755, owned by nobody", "mode 755 → 4755, owned by nobody"),
            ("see /usr/bin/x: it is new", "see `/usr/bin/x`: it is new"),
            ("fixes #12, GH-1 and o/r#1 by @octocat", "fixes `#12`, `GH-1` and `o/r#1 by @octocat`"),
            ("commit deadbeef1 or 1234567", "commit `deadbeef1` or `1234567`"),
            (":x: <b>bold</b> (www.evil.example)", "`:x`: `<b>bold</b>` (`www.evil.example`)"),
            ("a\n## b\u{202e}c", "a `## b⟨U+202E⟩c`"),
            ("1. one of 2", "`1`. one of 2"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(
                prose(text, Place::Line),
                expected.replace("`o/r#1 by @octocat`", "`o/r#1` by `@octocat`")
            );
        }
    }

    #[test]
    fn code_holds_what_it_is_given() {
        assert_eq!(code("a|b", Place::Line), "`a|b`");
        assert_eq!(code("a|b", Place::Cell), "`a\\|b`");
        assert_eq!(code("a\\|b", Place::Cell), "`a\\⟨U+007C⟩b`");
        assert_eq!(code("a``b`", Place::Line), "``` a``b` ```");
        assert_eq!(code("\u{200b}\n", Place::Line), "`⟨U+200B⟩⟨U+000A⟩`");
        assert_eq!(code("", Place::Line), "–");
        assert_eq!(code(&"x".repeat(1_000_000), Place::Line).chars().count(), LONGEST + 3);
    }
}
