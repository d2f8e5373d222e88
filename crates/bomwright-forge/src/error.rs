//! Why posting failed, and what to do about it.

use crate::kind::ForgeKind;

/// Where the recipes are explained.
const RECIPES: &str = "docs/pull-requests.md";

/// Why posting failed.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// Neither a flag nor the environment says which forge.
    #[error("can't tell which forge to post to")]
    UnknownForge,
    /// Neither a flag nor the environment says something else that is needed.
    #[error("{what} is not known")]
    Missing {
        /// What.
        what: &'static str,
        /// The flag that gives it.
        flag: &'static str,
    },
    /// Something given is not what it should be.
    #[error("'{value}' is no valid {what}: {reason}")]
    Invalid {
        /// What it should be.
        what: &'static str,
        /// What it is.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// A token would go over the network in the clear.
    #[error("'{url}' is not encrypted, so the token could be read on the way")]
    PlainHttp {
        /// The URL.
        url: String,
    },
    /// The environment has no token.
    #[error("no token for {kind} in the environment")]
    NoToken {
        /// The forge.
        kind: ForgeKind,
    },
    /// The text is longer than a comment may be.
    #[error("the text has {found} characters; a comment on {kind} may have {most}")]
    TooLong {
        /// The forge.
        kind: ForgeKind,
        /// Characters, with the hidden line.
        found: usize,
        /// The most.
        most: usize,
    },
    /// The server said no.
    #[error("{action}: {kind} answered {status}{message}")]
    Refused {
        /// What was being done.
        action: String,
        /// The forge.
        kind: ForgeKind,
        /// The status of HTTP.
        status: u16,
        /// What the server said, with `: ` before it, or nothing.
        message: String,
        /// Whether something was to be changed.
        writing: bool,
        /// Whether GitLab's token of a job was used.
        job_token: bool,
    },
    /// The server answered something else than its documentation says.
    #[error("{action}: the answer can't be read: {reason}")]
    Unreadable {
        /// What was being done.
        action: String,
        /// Why.
        reason: String,
    },
    /// The server sends us elsewhere.
    #[error("{action}: the server redirects to {location}, where the token must not go")]
    Redirected {
        /// What was being done.
        action: String,
        /// Where to.
        location: String,
    },
    /// No connection, or no trust in it.
    #[error("{action}: {reason}")]
    Connection {
        /// What was being done.
        action: String,
        /// Why.
        reason: String,
    },
    /// Tried again and again.
    #[error("{action}: given up after {tries} tries: {reason}")]
    GivenUp {
        /// What was being done.
        action: String,
        /// How often.
        tries: u32,
        /// What the last try gave.
        reason: String,
    },
    /// Waiting would take longer than allowed.
    #[error("{action}: {reason}; trying again in {wait} s would take longer than the {timeout} s allowed")]
    NoTime {
        /// What was being done.
        action: String,
        /// What the last try gave.
        reason: String,
        /// How long to wait, in seconds.
        wait: u64,
        /// How long everything may take, in seconds.
        timeout: u64,
    },
    /// Several open pull requests have the commit at their head.
    #[error("{count} open {proposal}s have the head {sha}")]
    Ambiguous {
        /// What they are called.
        proposal: &'static str,
        /// How many.
        count: usize,
        /// The commit.
        sha: String,
    },
    /// More pages than are read.
    #[error("{action}: there are more than {most} pages")]
    Endless {
        /// What was being done.
        action: String,
        /// The most.
        most: u32,
    },
    /// Others kept changing the comments.
    #[error("the comments were changed by others while they were read, several times over")]
    Unsettled,
}

impl ForgeError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnknownForge => "add --forge github, gitlab, gitea or forgejo".to_owned(),
            Self::Missing { flag: "--number", .. } => {
                format!("run on a pull or merge request, or give --number or --head-sha; see {RECIPES}")
            }
            Self::Missing { flag, .. } => format!("give {flag}, or run in the forge's own CI"),
            Self::PlainHttp { .. } => "use https://, or add --allow-http if that network is yours".to_owned(),
            Self::NoToken { kind } => format!(
                "set {}, or BOMWRIGHT_TOKEN; a job on a pull request from a fork has none on purpose, see {RECIPES}",
                variable(*kind)
            ),
            Self::TooLong { .. } => {
                "write the text with `bomwright diff -o markdown`, which keeps to a budget and \
                                     says what it left out; publish the whole as a file"
                    .to_owned()
            }
            Self::Refused { .. } => return self.hint_of_refusal(),
            Self::Redirected { .. } => "give the API's own address with --api-url".to_owned(),
            Self::Connection { .. } => {
                "check --api-url; certificates are those of the system (ca-certificates), or of SSL_CERT_FILE; \
                                        proxies come from HTTPS_PROXY and NO_PROXY"
                    .to_owned()
            }
            Self::NoTime { .. } => "give more time with --timeout, or run the job again later".to_owned(),
            Self::GivenUp { .. } => {
                "check --api-url, and whether the forge is up; then run the job again".to_owned()
            }
            Self::Unsettled => "run the job again".to_owned(),
            Self::Ambiguous { .. } => "give the one that is meant with --number".to_owned(),
            Self::Unreadable { .. } => {
                "check that --forge and --api-url name the API, not the web site".to_owned()
            }
            Self::Invalid { .. } | Self::Endless { .. } => return None,
        };
        Some(hint)
    }

    fn hint_of_refusal(&self) -> Option<String> {
        let Self::Refused { kind, status, writing, job_token, .. } = self else { return None };
        let proposal = kind.proposal();
        let hint = match status {
            401 | 403 | 404 if *job_token => {
                "CI_JOB_TOKEN can't reach merge requests: set GITLAB_TOKEN to a project access token with the scope api"
                    .to_owned()
            }
            401 => format!("the token is wrong or has expired: renew {}", variable(*kind)),
            403 if *kind == ForgeKind::GitHub => format!(
                "the job needs `permissions: pull-requests: write`; on a pull request from a fork the token can only \
                 read, see {RECIPES}"
            ),
            403 if *kind == ForgeKind::GitLab => {
                "the token needs the scope api and at least the role Reporter in the project".to_owned()
            }
            403 => "the token needs the scopes read:user and write:issue, and a user who may comment".to_owned(),
            404 | 410 => format!(
                "check the repository and the number of the {proposal}; a token that may not see them gets the same \
                 answer"
            ),
            422 if *writing => format!("the {proposal} may be locked, or the text may be refused"),
            _ => return None,
        };
        Some(hint)
    }
}

/// The variable that a forge's token is usually in.
fn variable(kind: ForgeKind) -> &'static str {
    match kind {
        ForgeKind::GitHub => "GITHUB_TOKEN",
        ForgeKind::GitLab => "GITLAB_TOKEN",
        ForgeKind::Gitea => "GITEA_TOKEN",
        ForgeKind::Forgejo => "FORGEJO_TOKEN",
    }
}
