//! Colours, and characters that must not reach a terminal or a comment as they are.

use anstyle::{AnsiColor, Style};
use bomwright_diff::Change;
use bomwright_model::{FindingSeverity, Origin};

/// Whether to write ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain characters.
    Plain,
    /// With colours.
    Colored,
}

impl Paint {
    /// `text` in `style`, or as it is.
    pub(crate) fn apply(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colored => format!("{style}{text}{style:#}"),
        }
    }

    /// A heading.
    pub(crate) fn heading(self, text: &str) -> String {
        self.apply(Style::new().bold(), text)
    }

    /// Something that matters less.
    pub(crate) fn faint(self, text: &str) -> String {
        self.apply(Style::new().dimmed(), text)
    }

    /// A text about an origin, in the origin's colour.
    pub(crate) fn origin(self, origin: Origin, text: &str) -> String {
        self.apply(origin_style(origin), text)
    }
}

/// The colour of a change.
pub(crate) fn change_style(change: Change) -> Style {
    color(match change {
        Change::Added => AnsiColor::Green,
        Change::Removed | Change::Downgraded => AnsiColor::Red,
        Change::Upgraded | Change::Rebuilt => AnsiColor::Cyan,
        Change::Moved | Change::Changed => AnsiColor::Yellow,
    })
}

/// The colour of a severity.
pub(crate) fn severity_style(severity: FindingSeverity) -> Style {
    color(match severity {
        FindingSeverity::Critical | FindingSeverity::High => AnsiColor::Red,
        FindingSeverity::Medium => AnsiColor::Yellow,
        FindingSeverity::Low | FindingSeverity::Info => AnsiColor::Cyan,
    })
}

/// The colour of an origin.
pub(crate) fn origin_style(origin: Origin) -> Style {
    color(match origin {
        Origin::Vendor => AnsiColor::Blue,
        Origin::Upstream => AnsiColor::Magenta,
        Origin::InHouse => AnsiColor::Green,
        Origin::Unknown => AnsiColor::Red,
    })
}

/// Letters in `color`.
pub(crate) fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}

/// Whether `c` can't be seen or changes how its neighbours are shown: control characters, those that reorder a line of
/// text (Unicode TR 36, section 3.1 "Bidirectional text spoofing") and those without a shape (`Default_Ignorable_Code_Point`,
/// UAX 44).
pub(crate) fn harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(c, '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` from an image, safe to show: what is `harmful` becomes U+FFFD.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_harmful_reaches_the_reader() {
        assert_eq!(clean("a\x1b[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d");
        assert_eq!(clean("größe 1.0~rc1"), "größe 1.0~rc1");
    }
}
