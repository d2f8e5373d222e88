//! Who we are, so that a comment of someone else that starts with our hidden line is left alone.
//!
//! - `GET /user` answers tokens of people everywhere, and those of bots on GitLab, Gitea and Forgejo.
//! - GitHub refuses it to tokens of apps, such as the one that a workflow gets. Those may ask GraphQL for
//!   `viewer`; if that fails as well, at least the author must be a bot, which no passer-by is.
//! - GitLab answers `GET /job` to the token of a job, with the user who started it.
//! - The CI of Gitea and Forgejo has a user of its own, with the number -2.

use serde::Deserialize;
use serde_json::Value;
use ureq::http::Method;

use crate::dialect::User;
use crate::error::ForgeError;
use crate::kind::ForgeKind;
use crate::session::Client;

/// Who writes our comments, as far as the API says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The user with this number.
    Number(i64),
    /// GitHub: the app with this name.
    App(String),
    /// GitHub: some app.
    SomeApp,
    /// Gitea and Forgejo: their CI.
    Runner,
    /// Nobody can tell.
    Unknown,
}

impl Identity {
    /// Whether a comment by `user` may be ours.
    pub(crate) fn may_be(&self, user: Option<&User>) -> bool {
        let Some(user) = user else { return *self == Self::Unknown };
        let bot = user.kind.as_deref() == Some("Bot");
        let login = user.login.as_deref().unwrap_or_default();
        match self {
            Self::Number(id) => user.id == Some(*id),
            Self::App(name) => bot && login.trim_end_matches("[bot]") == name,
            Self::SomeApp => bot,
            Self::Runner => user.id == Some(-2) || ["gitea-actions", "forgejo-actions"].contains(&login),
            Self::Unknown => true,
        }
    }

    /// Whether it is sure who we are, so that a refused change is an error and not someone else's comment.
    pub(crate) fn is_sure(&self) -> bool {
        matches!(self, Self::Number(_) | Self::App(_))
    }
}

#[derive(Deserialize)]
struct Job {
    user: User,
}

/// Asks the forge who we are.
///
/// # Errors
/// When the token is not taken at all, or the server can't be reached.
pub(crate) fn of(client: &Client) -> Result<Identity, ForgeError> {
    let job = client.token().is_of_a_job();
    let path = if job { "/job" } else { "/user" };
    let reply = client.call("asking who we are", &Method::GET, path, None)?;
    let user = match reply.status {
        200 if job => serde_json::from_slice::<Job>(&reply.body).ok().map(|it| it.user),
        200 => serde_json::from_slice::<User>(&reply.body).ok(),
        401 if !job => return Err(client.refused("signing in", &reply, false)),
        // GitLab, Gitea and Forgejo say so when a token is good but may not ask this. To go on would be to guess.
        403 if !job && String::from_utf8_lossy(&reply.body).contains("scope") => {
            return Err(client.refused("asking who we are", &reply, false));
        }
        _ => None,
    };
    if let Some(id) = user.and_then(|it| it.id) {
        return Ok(Identity::Number(id));
    }
    match client.target().kind {
        ForgeKind::GitHub => viewer(client),
        ForgeKind::GitLab => Ok(Identity::Unknown),
        ForgeKind::Gitea | ForgeKind::Forgejo => Ok(Identity::Runner),
    }
}

fn viewer(client: &Client) -> Result<Identity, ForgeError> {
    let url = client.target().api.graphql();
    let query = br#"{"query":"query{viewer{login}}"}"#;
    let reply = client.call_url("asking who we are", &Method::POST, &url, Some(query))?;
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let login = answer.pointer("/data/viewer/login").and_then(Value::as_str);
    Ok(match login.map(|it| it.trim_end_matches("[bot]")) {
        Some(name) if !name.is_empty() => Identity::App(name.to_owned()),
        _ => Identity::SomeApp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_no_app_of_the_same_name() {
        let user = |text: &str| serde_json::from_str::<User>(text).unwrap();
        let app = user(r#"{"id":41898282,"login":"github-actions[bot]","type":"Bot"}"#);
        let person = user(r#"{"id":5,"login":"github-actions","type":"User"}"#);
        let other = user(r#"{"id":6,"login":"dependabot[bot]","type":"Bot"}"#);
        let identity = Identity::App("github-actions".into());
        assert!(identity.may_be(Some(&app)));
        assert!(!identity.may_be(Some(&person)) && !identity.may_be(Some(&other)) && !identity.may_be(None));
        assert!(Identity::SomeApp.may_be(Some(&app)) && !Identity::SomeApp.may_be(Some(&person)));
        assert!(Identity::Number(5).may_be(Some(&person)) && !Identity::Number(5).may_be(Some(&app)));
        let runner = user(r#"{"id":-2,"login":"gitea-actions"}"#);
        assert!(Identity::Runner.may_be(Some(&runner)) && !Identity::Runner.may_be(Some(&person)));
    }
}
