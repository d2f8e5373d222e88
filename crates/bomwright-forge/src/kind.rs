//! The forges that can be posted to, and what differs between them before any request is made.

use std::fmt;
use std::str::FromStr;

/// A forge, by the API that it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeKind {
    /// GitHub and GitHub Enterprise Server.
    GitHub,
    /// GitLab, hosted or not.
    GitLab,
    /// Gitea.
    Gitea,
    /// Forgejo, whose API is Gitea's.
    Forgejo,
}

impl ForgeKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::GitHub, Self::GitLab, Self::Gitea, Self::Forgejo];

    /// The name that people type.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
        }
    }

    /// The most characters that a comment may have.
    ///
    /// GitHub states 65,536 and GitLab 1,000,000. Gitea and Forgejo state none; theirs is a bound of ours.
    pub fn most_characters(self) -> usize {
        match self {
            Self::GitHub => 65_536,
            Self::GitLab | Self::Gitea | Self::Forgejo => 1_000_000,
        }
    }

    /// What a change proposal is called there.
    pub(crate) fn proposal(self) -> &'static str {
        if self == Self::GitLab { "merge request" } else { "pull request" }
    }

    /// Whether the API is Gitea's.
    pub(crate) fn is_gitea(self) -> bool {
        matches!(self, Self::Gitea | Self::Forgejo)
    }
}

impl fmt::Display for ForgeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
        })
    }
}

impl FromStr for ForgeKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|it| it.name()).collect();
            format!("one of {}", names.join(", "))
        })
    }
}
