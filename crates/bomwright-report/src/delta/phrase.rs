//! Words of ours and words out of an image, side by side, until a format joins them.

use crate::hostile::{Place, code, prose};
use crate::paint::clean;

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Written by this program: harmless everywhere.
    Ours(String),
    /// A name, version or path out of an image.
    Theirs(String),
    /// A sentence that may hold such names.
    Sentence(String),
}

/// A fragment of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phrase(Vec<Piece>);

impl Phrase {
    /// `text`, which must be this program's own.
    pub(super) fn of(text: &str) -> Self {
        Self::default().ours(text)
    }

    /// Adds words of this program.
    #[must_use]
    pub(super) fn ours(mut self, text: &str) -> Self {
        self.0.push(Piece::Ours(text.to_owned()));
        self
    }

    /// Adds a name, version or path out of an image.
    #[must_use]
    pub(super) fn theirs(mut self, text: &str) -> Self {
        self.0.push(Piece::Theirs(text.to_owned()));
        self
    }

    /// Adds a sentence that may hold such names.
    #[must_use]
    pub(super) fn sentence(mut self, text: &str) -> Self {
        self.0.push(Piece::Sentence(text.to_owned()));
        self
    }

    /// Adds another phrase.
    #[must_use]
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds names, `between` them, at most `most`.
    #[must_use]
    pub(super) fn list<'a>(
        mut self,
        names: impl IntoIterator<Item = &'a str>,
        between: &str,
        most: usize,
    ) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        for (index, name) in names.iter().take(most).enumerate() {
            self = if index > 0 { self.ours(between) } else { self }.theirs(name);
        }
        if names.len() > most {
            self.ours(&format!("{between}… {} more", names.len() - most))
        } else {
            self
        }
    }

    /// The phrases that say something, `between` them.
    pub(super) fn join(phrases: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut out = Self::default();
        for phrase in phrases.into_iter().filter(|phrase| !phrase.is_empty()) {
            if !out.is_empty() {
                out = out.ours(between);
            }
            out = out.then(phrase);
        }
        out
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| match piece {
            Piece::Ours(text) | Piece::Theirs(text) | Piece::Sentence(text) => text.is_empty(),
        })
    }

    /// For a terminal or a spreadsheet.
    pub(super) fn plain(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Ours(text) => text.clone(),
            Piece::Theirs(text) | Piece::Sentence(text) => clean(text),
        };
        self.0.iter().map(piece).collect()
    }

    /// For Markdown.
    pub(super) fn markdown(&self, place: Place) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Ours(text) => text.clone(),
            Piece::Theirs(text) => code(text, place),
            Piece::Sentence(text) => prose(text, place),
        };
        self.0.iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_not_quoted() {
        let phrase = Phrase::of("via ").list(["a|b", "c", "d"], " › ", 2);
        assert_eq!(phrase.plain(), "via a|b › c › … 1 more");
        assert_eq!(phrase.markdown(Place::Cell), "via `a\\|b` › `c` › … 1 more");
        let joined = Phrase::join([Phrase::default(), Phrase::of("x"), Phrase::of("y")], "; ");
        assert_eq!(joined.plain(), "x; y");
    }
}
