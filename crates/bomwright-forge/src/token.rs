//! The token: from the environment only, so that it stands in no command line, file or log.

use std::fmt;

use crate::error::ForgeError;
use crate::kind::ForgeKind;
use crate::target::Surroundings;

/// What signs in. It can't be printed.
#[derive(Clone)]
pub struct Token {
    secret: String,
    /// Whether it is GitLab's `CI_JOB_TOKEN`, which goes into a header of its own.
    job: bool,
}

impl Token {
    /// The token for `kind`: `BOMWRIGHT_TOKEN`, then the forge's own variables.
    ///
    /// `GITHUB_TOKEN` is taken for Gitea and Forgejo only where their own CI runs, which uses that name.
    ///
    /// # Errors
    /// [`ForgeError::NoToken`] when none is set, [`ForgeError::Invalid`] when it could not stand in a header.
    pub fn from_environment(kind: ForgeKind, around: &dyn Surroundings) -> Result<Self, ForgeError> {
        let ours = around.is_set("GITEA_ACTIONS") || around.is_set("FORGEJO_ACTIONS");
        let names: &[&str] = match kind {
            ForgeKind::GitHub => &["GITHUB_TOKEN"],
            ForgeKind::GitLab => &["GITLAB_TOKEN", "CI_JOB_TOKEN"],
            ForgeKind::Gitea | ForgeKind::Forgejo if ours => {
                &["GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"]
            }
            ForgeKind::Gitea | ForgeKind::Forgejo => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
        };
        for name in ["BOMWRIGHT_TOKEN"].iter().chain(names) {
            let Some(value) = around.variable(name) else { continue };
            let secret = value.trim();
            if secret.is_empty() {
                continue;
            }
            if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
                let value = format!("${name}");
                return Err(ForgeError::Invalid { what: "token", value, reason: "it holds odd characters" });
            }
            return Ok(Self { secret: secret.to_owned(), job: *name == "CI_JOB_TOKEN" });
        }
        Err(ForgeError::NoToken { kind })
    }

    /// The header to send it in: its name and its value.
    pub(crate) fn header(&self, kind: ForgeKind) -> (&'static str, String) {
        match kind {
            ForgeKind::GitHub => ("authorization", format!("Bearer {}", self.secret)),
            ForgeKind::GitLab if self.job => ("job-token", self.secret.clone()),
            ForgeKind::GitLab => ("private-token", self.secret.clone()),
            ForgeKind::Gitea | ForgeKind::Forgejo => ("authorization", format!("token {}", self.secret)),
        }
    }

    /// Whether it is GitLab's token of a job.
    pub(crate) fn is_of_a_job(&self) -> bool {
        self.job
    }

    /// `text` without the token, should a server have repeated it.
    pub(crate) fn strike_out(&self, text: &str) -> String {
        text.replace(&self.secret, "***")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::Fixed;

    fn header(kind: ForgeKind, variables: &[(&str, &str)]) -> Option<(&'static str, String)> {
        Token::from_environment(kind, &Fixed::new(variables)).ok().map(|it| it.header(kind))
    }

    #[test]
    fn each_forge_has_its_own_variables_and_header() {
        use ForgeKind::{Forgejo, GitHub, GitLab, Gitea};
        let is = |found, name, value: &str| assert_eq!(found, Some((name, value.to_owned())));
        is(header(GitHub, &[("GITHUB_TOKEN", " t\n")]), "authorization", "Bearer t");
        is(header(GitHub, &[("GITHUB_TOKEN", "t"), ("BOMWRIGHT_TOKEN", "b")]), "authorization", "Bearer b");
        is(header(GitLab, &[("CI_JOB_TOKEN", "j"), ("GITLAB_TOKEN", "t")]), "private-token", "t");
        is(header(GitLab, &[("CI_JOB_TOKEN", "j"), ("GITLAB_TOKEN", "")]), "job-token", "j");
        is(header(Gitea, &[("GITEA_TOKEN", "t")]), "authorization", "token t");
        is(
            header(Forgejo, &[("FORGEJO_ACTIONS", "true"), ("GITHUB_TOKEN", "t")]),
            "authorization",
            "token t",
        );
        // A token of GitHub never goes to another forge, nor the other way round.
        assert_eq!(header(Gitea, &[("GITHUB_TOKEN", "t"), ("GITHUB_ACTIONS", "true")]), None);
        assert_eq!(header(GitHub, &[("GITLAB_TOKEN", "t"), ("GITEA_TOKEN", "t")]), None);
        assert_eq!(header(GitHub, &[("GITHUB_TOKEN", "a\r\nx-evil: 1")]), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        let token =
            Token::from_environment(ForgeKind::GitHub, &Fixed::new(&[("GITHUB_TOKEN", "s3cret")])).unwrap();
        assert!(!format!("{token:?}").contains("s3cret"));
        assert_eq!(token.strike_out("bad credentials: s3cret"), "bad credentials: ***");
    }
}
