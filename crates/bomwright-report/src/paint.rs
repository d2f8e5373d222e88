//! Colours, and characters that must not reach a terminal or a comment as they are.

use anstyle::{AnsiColor, Style};
use bomwright_diff::Change;
use bomwright_model::Origin;

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

    /// A text about a change, in the change's colour.
    pub(crate) fn change(self, change: Change, text: &str) -> String {
        let color = match change {
            Change::Added => AnsiColor::Green,
            Change::Removed | Change::Downgraded => AnsiColor::Red,
            Change::Upgraded | Change::Rebuilt => AnsiColor::Cyan,
            Change::Moved | Change::Changed => AnsiColor::Yellow,
        };
        self.apply(Style::new().fg_color(Some(color.into())), text)
    }

    /// A text about an origin, in the origin's colour.
    pub(crate) fn origin(self, origin: Origin, text: &str) -> String {
        let color = match origin {
            Origin::Vendor => AnsiColor::Blue,
            Origin::Upstream => AnsiColor::Magenta,
            Origin::InHouse => AnsiColor::Green,
            Origin::Unknown => AnsiColor::Red,
        };
        self.apply(Style::new().fg_color(Some(color.into())), text)
    }
}

/// `text` from an image, safe to show: control characters and those that reorder a line of text
/// (Unicode TR 36, section 3.1 "Bidirectional text spoofing") become U+FFFD.
pub fn clean(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
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
