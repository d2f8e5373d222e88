//! Where to post: which forge, which API, which repository, which pull request.
//!
//! Flags go first; what they leave open is read from the variables that CI sets. Nothing here makes a request.

use crate::error::ForgeError;
use crate::event;
use crate::kind::ForgeKind;
use crate::url::ApiUrl;

/// What lies around the program: its environment and the file that CI describes the event in.
pub trait Surroundings {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// The text of a file that a variable names; `None` if it can't be read.
    fn file(&self, path: &str) -> Option<String>;
    /// Whether a variable is set to something.
    fn is_set(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|it| !it.is_empty())
    }
}

/// What the user gave.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The forge.
    pub kind: Option<ForgeKind>,
    /// The base URL of its API.
    pub api_url: Option<String>,
    /// The repository: `owner/name`, for GitLab also a path of groups or a number.
    pub repository: Option<String>,
    /// The number of the pull or merge request.
    pub number: Option<u64>,
    /// The commit at the head of the pull request, in place of the number.
    pub head: Option<String>,
    /// Whether `http://` is taken for other machines.
    pub allow_http: bool,
}

/// Where to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The forge.
    pub kind: ForgeKind,
    /// Its API.
    pub api: ApiUrl,
    /// The repository, as the forge's API names it.
    pub repository: String,
    /// The pull request.
    pub subject: Subject,
}

/// A pull request, by number or by what is at its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Its number.
    Number(u64),
    /// The open one whose head is this commit.
    Head {
        /// The commit.
        sha: String,
        /// The repository that the commit is in, `owner/name`, where that is known.
        repository: Option<String>,
    },
}

impl Target {
    /// Flags first, then the environment.
    ///
    /// GitHub, Gitea and Forgejo set `GITHUB_API_URL`, `GITHUB_REPOSITORY`, `GITHUB_EVENT_PATH` and `GITHUB_REF`;
    /// GitLab sets `CI_API_V4_URL`, `CI_MERGE_REQUEST_PROJECT_ID`, `CI_PROJECT_ID` and `CI_MERGE_REQUEST_IID`.
    /// Variables of one forge are never read for another.
    ///
    /// # Errors
    /// [`ForgeError::UnknownForge`] and [`ForgeError::Missing`] for what neither says,
    /// [`ForgeError::Invalid`] and [`ForgeError::PlainHttp`] for what can't be right.
    pub fn resolve(given: &Given, around: &dyn Surroundings) -> Result<Self, ForgeError> {
        let running = running(around);
        let kind = given.kind.or(running).ok_or(ForgeError::UnknownForge)?;
        // `--forge gitea` where Forgejo runs, or the other way round, is the same API and the same variables.
        let native = running.is_some_and(|it| it == kind || (it.is_gitea() && kind.is_gitea()));
        let variable = |name| if native { around.variable(name).filter(|it| !it.is_empty()) } else { None };
        let gitlab = kind == ForgeKind::GitLab;
        let url = given.api_url.clone();
        let url = url.or_else(|| variable(if gitlab { "CI_API_V4_URL" } else { "GITHUB_API_URL" }));
        let url = url.or_else(|| default_url(kind).map(str::to_owned));
        let url = url.ok_or(ForgeError::Missing { what: "the URL of the API", flag: "--api-url" })?;
        let repository = given.repository.clone();
        // The pipeline of a fork runs in the fork, but the merge request is one of the project that it goes to.
        let names: &[&str] =
            if gitlab { &["CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID"] } else { &["GITHUB_REPOSITORY"] };
        let repository = repository.or_else(|| names.iter().find_map(|name| variable(name)));
        let repository =
            repository.ok_or(ForgeError::Missing { what: "the repository", flag: "--repository" })?;
        check_repository(kind, &repository)?;
        let subject = match (given.number, &given.head) {
            (Some(number), _) => Some(Subject::Number(number)),
            (None, Some(sha)) => Some(Subject::Head { sha: sha.clone(), repository: None }),
            (None, None) if gitlab => variable("CI_MERGE_REQUEST_IID")
                .and_then(|it| it.parse().ok())
                .filter(|it| *it > 0)
                .map(Subject::Number),
            (None, None) => variable("GITHUB_EVENT_PATH")
                .and_then(|path| around.file(&path))
                .and_then(|payload| event::subject(&payload))
                .or_else(|| variable("GITHUB_REF").and_then(|name| event::of_ref(&name))),
        };
        let what = if gitlab { "the merge request's number" } else { "the pull request's number" };
        let subject = subject.ok_or(ForgeError::Missing { what, flag: "--number" })?;
        if let Subject::Head { sha, .. } = &subject {
            check_commit(sha)?;
        }
        Ok(Self { kind, api: ApiUrl::parse(&url, given.allow_http)?, repository, subject })
    }
}

/// The forge whose CI runs us. Gitea and Forgejo set GitHub's variables too, so they are asked for first.
fn running(around: &dyn Surroundings) -> Option<ForgeKind> {
    [
        ("FORGEJO_ACTIONS", ForgeKind::Forgejo),
        ("GITEA_ACTIONS", ForgeKind::Gitea),
        ("GITLAB_CI", ForgeKind::GitLab),
        ("CI_API_V4_URL", ForgeKind::GitLab),
        ("GITHUB_ACTIONS", ForgeKind::GitHub),
        ("GITHUB_API_URL", ForgeKind::GitHub),
    ]
    .into_iter()
    .find(|(name, _)| around.is_set(name))
    .map(|(_, kind)| kind)
}

fn default_url(kind: ForgeKind) -> Option<&'static str> {
    match kind {
        ForgeKind::GitHub => Some("https://api.github.com"),
        ForgeKind::GitLab => Some("https://gitlab.com/api/v4"),
        ForgeKind::Gitea | ForgeKind::Forgejo => None,
    }
}

/// A repository becomes part of a URL, so it may hold nothing that means something there.
fn check_repository(kind: ForgeKind, name: &str) -> Result<(), ForgeError> {
    let plain = |part: &str| {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(fine)
    };
    let parts = name.split('/').count();
    let number = kind == ForgeKind::GitLab && name.bytes().all(|it| it.is_ascii_digit());
    let right = if kind == ForgeKind::GitLab { parts >= 2 || number } else { parts == 2 };
    if right && name.len() <= 500 && name.split('/').all(plain) {
        return Ok(());
    }
    let reason = if kind == ForgeKind::GitLab {
        "it must be GROUP/NAME or the project's number"
    } else {
        "it must be OWNER/NAME"
    };
    Err(ForgeError::Invalid { what: "repository", value: name.to_owned(), reason })
}

fn check_commit(sha: &str) -> Result<(), ForgeError> {
    if [40, 64].contains(&sha.len()) && sha.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(ForgeError::Invalid { what: "commit", value: sha.to_owned(), reason: "give all its hex digits" })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// An environment made by hand; the file `event` holds the variable EVENT.
    pub(crate) struct Fixed(BTreeMap<String, String>);

    impl Fixed {
        pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
            Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        }
    }

    impl Surroundings for Fixed {
        fn variable(&self, name: &str) -> Option<String> {
            self.0.get(name).cloned()
        }

        fn file(&self, path: &str) -> Option<String> {
            (path == "event").then(|| self.variable("EVENT")).flatten()
        }
    }

    const HUB: &[(&str, &str)] = &[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_API_URL", "https://api.github.com"),
        ("GITHUB_REPOSITORY", "acme/shop"),
        ("GITHUB_EVENT_PATH", "event"),
        ("EVENT", r#"{"pull_request":{"number":7}}"#),
        ("GITHUB_REF", "refs/pull/9/merge"),
    ];
    const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

    fn resolve(given: &Given, variables: &[(&str, &str)]) -> Result<String, ForgeError> {
        let it = Target::resolve(given, &Fixed::new(variables))?;
        Ok(format!("{} {} {} {:?}", it.kind.name(), it.api.as_str(), it.repository, it.subject))
    }

    fn with<'a>(base: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        base.iter().chain(more).copied().collect()
    }

    #[test]
    fn the_environment_of_each_ci_is_enough() {
        let nothing = Given::default();
        let hub = resolve(&nothing, HUB).unwrap();
        assert_eq!(hub, "github https://api.github.com acme/shop Number(7)");
        let by_ref = resolve(&nothing, &with(HUB, &[("EVENT", "{}")])).unwrap();
        assert_eq!(by_ref, "github https://api.github.com acme/shop Number(9)");
        let tea = [("GITEA_ACTIONS", "true"), ("GITHUB_API_URL", "https://git.example/api/v1")];
        let tea = resolve(&nothing, &with(HUB, &tea)).unwrap();
        assert_eq!(tea, "gitea https://git.example/api/v1 acme/shop Number(7)");
        let lab = [
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://lab.example/api/v4"),
            ("CI_PROJECT_ID", "42"),
            ("CI_MERGE_REQUEST_IID", "3"),
        ];
        assert_eq!(resolve(&nothing, &lab).unwrap(), "gitlab https://lab.example/api/v4 42 Number(3)");
        let fork = resolve(&nothing, &with(&lab, &[("CI_MERGE_REQUEST_PROJECT_ID", "7")])).unwrap();
        assert_eq!(fork, "gitlab https://lab.example/api/v4 7 Number(3)");
    }

    #[test]
    fn a_workflow_run_names_the_commit() {
        let event = format!(
            r#"{{"workflow_run":{{"head_sha":"{SHA}","head_repository":{{"full_name":"fork/shop"}},"pull_requests":[]}}}}"#
        );
        let it =
            resolve(&Given::default(), &with(HUB, &[("EVENT", &event), ("GITHUB_REF", "refs/heads/main")]));
        assert!(
            it.unwrap().ends_with(&format!("Head {{ sha: \"{SHA}\", repository: Some(\"fork/shop\") }}"))
        );
        let event = event.replace(SHA, "../../user");
        let it = resolve(&Given::default(), &with(HUB, &[("EVENT", &event)]));
        assert!(matches!(it, Err(ForgeError::Invalid { what: "commit", .. })), "{it:?}");
    }

    #[test]
    fn flags_win_and_variables_of_one_forge_are_not_read_for_another() {
        let given = Given {
            kind: Some(ForgeKind::Gitea),
            repository: Some("a/b".into()),
            number: Some(1),
            ..Given::default()
        };
        let it = resolve(&given, HUB);
        assert!(matches!(it, Err(ForgeError::Missing { flag: "--api-url", .. })), "{it:?}");
        let given = Given { api_url: Some("https://git.example/api/v1".into()), ..given };
        assert_eq!(resolve(&given, HUB).unwrap(), "gitea https://git.example/api/v1 a/b Number(1)");
        let given = Given { number: Some(5), ..Given::default() };
        assert!(resolve(&given, HUB).unwrap().ends_with("Number(5)"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        assert!(matches!(resolve(&Given::default(), &[]), Err(ForgeError::UnknownForge)));
        let push = with(HUB, &[("EVENT", "{}"), ("GITHUB_REF", "refs/heads/main")]);
        let it = resolve(&Given::default(), &push);
        assert!(matches!(it, Err(ForgeError::Missing { flag: "--number", .. })), "{it:?}");
        let (hub, lab) = (ForgeKind::GitHub, ForgeKind::GitLab);
        for (kind, name) in
            [(hub, "shop"), (hub, "a/b/c"), (hub, "a/.."), (hub, "a/b?x"), (lab, "shop"), (lab, "a//b")]
        {
            assert!(check_repository(kind, name).is_err(), "{kind} {name}");
        }
        for (kind, name) in [(hub, "a/b.c_d-e"), (lab, "a/b/c"), (lab, "42")] {
            assert!(check_repository(kind, name).is_ok(), "{kind} {name}");
        }
    }
}
