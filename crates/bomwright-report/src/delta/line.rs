//! One line for a terminal, made of parts in their own colours and cut to the terminal's width.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::Paint;

/// A line, not yet cut.
#[derive(Debug, Default)]
pub(super) struct Line(Vec<(Style, String)>);

impl Line {
    /// Adds `text`, which must be clean already.
    #[must_use]
    pub(super) fn add(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push((style, text.into()));
        self
    }

    /// Adds uncoloured `text`.
    #[must_use]
    pub(super) fn plain(self, text: impl Into<String>) -> Self {
        self.add(Style::new(), text)
    }

    /// Adds `text` that matters less.
    #[must_use]
    pub(super) fn faint(self, text: impl Into<String>) -> Self {
        self.add(Style::new().dimmed(), text)
    }

    /// Writes it and ends the line; what is wider than `width` is cut, and `…` says so.
    pub(super) fn write(self, out: &mut String, paint: Paint, width: Option<usize>) {
        let total: usize = self.0.iter().map(|(_, text)| text.width()).sum();
        let mut left = match width {
            Some(width) if total > width => width.saturating_sub(1),
            _ => usize::MAX,
        };
        let is_cut = left != usize::MAX;
        for (style, text) in self.0 {
            if left == 0 {
                break;
            }
            let part = fit(&text, left);
            left = if part.len() < text.len() { 0 } else { left.saturating_sub(part.width()) };
            if !part.is_empty() {
                out.push_str(&paint.apply(style, part));
            }
        }
        if is_cut {
            out.push('…');
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
}

/// The beginning of `text` that is at most `width` columns wide.
fn fit(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (index, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return text.get(..index).unwrap_or_default();
        }
    }
    text
}

/// `text` with spaces up to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The widest of `texts` in columns, but no more than `most`.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(width: Option<usize>) -> String {
        let mut out = String::new();
        Line::default().plain("日本 ").faint("and more").write(&mut out, Paint::Plain, width);
        out
    }

    #[test]
    fn lines_are_cut_by_columns_and_not_by_characters() {
        assert_eq!(line(None), "日本 and more\n");
        assert_eq!(line(Some(13)), "日本 and more\n");
        assert_eq!(line(Some(12)), "日本 and mo…\n");
        assert_eq!(line(Some(4)), "日…\n");
        assert_eq!(line(Some(0)), "…\n");
    }

    #[test]
    fn colours_do_not_count() {
        let mut out = String::new();
        Line::default().faint("abcdef").write(&mut out, Paint::Colored, Some(6));
        assert!(out.contains("abcdef") && out.contains('\x1b'), "{out:?}");
    }
}
