//! Text from an image, made safe to look at.
//!
//! Escaping keeps text from becoming markup; it does not keep a name from looking like another one. Characters that
//! can't be seen or that reorder what stands beside them are therefore written out, `⟨U+202E⟩` for example. The report
//! holds none of them, whatever the images hold.

use std::fmt::Write;

/// `text` on one line, with everything that can't be seen written out.
pub(super) fn show(text: &str) -> String {
    visible(text, |_| false)
}

/// `text` of several lines: line feeds and tabs stay as they are.
pub(super) fn show_lines(text: &str) -> String {
    visible(text, |c| matches!(c, '\n' | '\t'))
}

fn visible(text: &str, keep: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) && !keep(c) {
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a reader can't see `c`, or sees something else because of it: controls, the marks of Unicode Standard
/// Annex 9 (section 2, directional formatting), zero-width characters, blanks that are letters, and tags.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_written_out() {
        assert_eq!(show("lod\u{200b}ash \u{202e}gnp.exe"), "lod⟨U+200B⟩ash ⟨U+202E⟩gnp.exe");
        assert_eq!(show("a\nb\x1b[1m"), "a⟨U+000A⟩b⟨U+001B⟩[1m");
        assert_eq!(show_lines("+a\n\t\u{2066}b"), "+a\n\t⟨U+2066⟩b");
    }

    #[test]
    fn what_can_be_seen_stays() {
        assert_eq!(
            show("größe 1.0~rc1 שלום 日本 👩‍💻".replace('\u{200d}', "").as_str()),
            "größe 1.0~rc1 שלום 日本 👩💻"
        );
    }
}
