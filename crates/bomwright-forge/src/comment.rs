//! The hidden line that marks a comment as ours, and the text around it.

use std::fmt;
use std::str::FromStr;

use crate::error::ForgeError;
use crate::kind::ForgeKind;

/// The name of one sticky comment. Jobs that post about different things use different ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentId(String);

impl CommentId {
    /// The first line of the comment: an HTML comment, which no forge shows.
    pub(crate) fn marker(&self) -> String {
        format!("<!-- bomwright:{} -->", self.0)
    }

    /// Whether `text` starts with the line.
    pub(crate) fn marks(&self, text: &str) -> bool {
        text.strip_prefix(&self.marker())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['\n', '\r']))
    }

    /// The comment as it is posted.
    ///
    /// # Errors
    /// [`ForgeError::TooLong`] for more than the forge takes.
    pub(crate) fn compose(&self, kind: ForgeKind, body: &str) -> Result<String, ForgeError> {
        let text = format!("{}\n{}", self.marker(), body.trim_end());
        let (found, most) = (text.chars().count(), kind.most_characters());
        if found > most { Err(ForgeError::TooLong { kind, found, most }) } else { Ok(text) }
    }
}

impl FromStr for CommentId {
    type Err = String;

    /// Letters, digits, `.`, `_`, `/` and single `-`, at most 64: what can't end an HTML comment.
    fn from_str(text: &str) -> Result<Self, String> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fine) || text.contains("--") {
            return Err("up to 64 letters, digits, '.', '_', '/' and single '-'".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether two comments say the same: forges turn line ends and drop blanks at the end.
pub(crate) fn says_the_same(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_can_not_end_the_hidden_line() {
        for text in ["sbom", "shop/web_1.5-rc1", &"a".repeat(64)] {
            assert!(text.parse::<CommentId>().is_ok(), "{text}");
        }
        for text in ["", "a--b", "a b", "-->", "a\nb", "ä", &"a".repeat(65)] {
            assert!(text.parse::<CommentId>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_whole_first_line_marks() {
        let id: CommentId = "sbom".parse().unwrap();
        for text in ["<!-- bomwright:sbom -->", "<!-- bomwright:sbom -->\nx", "<!-- bomwright:sbom -->\r\nx"]
        {
            assert!(id.marks(text), "{text:?}");
        }
        let others =
            ["> <!-- bomwright:sbom -->\nx", " <!-- bomwright:sbom -->", "<!-- bomwright:sbom --> x", ""];
        for text in others.iter().chain(&["<!-- bomwright:sbom2 -->\nx", "x\n<!-- bomwright:sbom -->"]) {
            assert!(!id.marks(text), "{text:?}");
        }
        assert!(id.marks(&id.compose(ForgeKind::GitHub, "x").unwrap()));
    }

    #[test]
    fn the_limit_counts_characters_and_the_hidden_line() {
        let id: CommentId = "s".parse().unwrap();
        // GitHub: 65,536 characters.
        let room = 65_536 - "<!-- bomwright:s -->\n".len();
        assert!(id.compose(ForgeKind::GitHub, &"ä".repeat(room)).is_ok());
        let over = id.compose(ForgeKind::GitHub, &"ä".repeat(room + 1));
        assert!(matches!(over, Err(ForgeError::TooLong { found: 65_537, .. })));
        assert!(id.compose(ForgeKind::GitLab, &"ä".repeat(room + 1)).is_ok());
    }

    #[test]
    fn line_ends_are_no_difference() {
        assert!(says_the_same("a\r\nb\r\n", "a\nb"));
        assert!(!says_the_same("a\nb", "a b"));
    }
}
