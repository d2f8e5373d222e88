//! What `bomwright comment` takes.

use bomwright_forge::{CommentId, ForgeKind, Given, WhenEmpty};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

const COMMENT_HELP: &str = "\
In the CI of GitHub, GitLab, Gitea and Forgejo the forge, the repository and the request are known from the environment;
in a GitHub workflow that runs after another one (workflow_run), from the commit that the other one ran for.

The token comes from the environment only: BOMWRIGHT_TOKEN, else GITHUB_TOKEN, GITLAB_TOKEN (or CI_JOB_TOKEN),
GITEA_TOKEN or FORGEJO_TOKEN. GitHub: the job needs `permissions: pull-requests: write`. GitLab: a project access
token with the scope api. docs/pull-requests.md has recipes, also for pull requests from forks.

Examples:
  bomwright diff old.tar new.tar -o json=delta.json; bomwright comment delta.json
  bomwright comment delta.json --comment-id shop-web     one comment for each image
  bomwright comment delta.json --dry-run                 say what would be done
  bomwright comment --empty --when-empty minimise        nothing to say: shorten the comment to one line
  bomwright comment notes.md --forge gitea --api-url https://git.example/api/v1 --repository acme/shop --number 7

Exit codes: 0 fine, 2 trouble.";

/// `bomwright comment`
#[derive(Debug, Args)]
#[command(after_help = COMMENT_HELP)]
pub(crate) struct Comment {
    /// What to post: a delta in JSON, or Markdown; - for standard input. An empty one means that there is nothing to say
    #[arg(required_unless_present = "empty")]
    pub(crate) file: Option<String>,

    /// Which comment: jobs that post about different things use different names
    #[arg(long = "comment-id", value_name = "NAME", default_value = "sbom")]
    pub(crate) id: CommentId,

    /// There is nothing to say, whatever FILE holds
    #[arg(long)]
    pub(crate) empty: bool,

    /// What to do with an older comment when there is nothing to say
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Emptiness::Delete)]
    pub(crate) when_empty: Emptiness,

    /// Read, but change nothing, and say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// How long everything may take, with waiting for rate limits to end
    #[arg(long, value_name = "SECONDS", default_value_t = 180,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,

    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where to post, where the environment does not say it.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The forge
    #[arg(long, value_name = "FORGE", help_heading = "Where", value_parser = forges())]
    forge: Option<ForgeKind>,

    /// The base URL of its API, such as `https://git.example/api/v1`
    #[arg(long, value_name = "URL", help_heading = "Where")]
    api_url: Option<String>,

    /// The repository: OWNER/NAME; for GitLab also a longer path, or the project's number
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    repository: Option<String>,

    /// The number of the pull or merge request
    #[arg(long, value_name = "N", help_heading = "Where", value_parser = clap::value_parser!(u64).range(1..))]
    number: Option<u64>,

    /// In place of the number: the commit that the open request has at its head
    #[arg(long, value_name = "SHA", help_heading = "Where", conflicts_with = "number")]
    head_sha: Option<String>,

    /// Take http:// for other machines than this one; the token goes over the network in the clear
    #[arg(long, help_heading = "Where")]
    allow_http: bool,
}

impl Place {
    /// The same, for the library.
    pub(crate) fn given(&self) -> Given {
        Given {
            kind: self.forge,
            api_url: self.api_url.clone(),
            repository: self.repository.clone(),
            number: self.number,
            head: self.head_sha.clone(),
            allow_http: self.allow_http,
        }
    }
}

/// What to do with a comment that has nothing to say.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Emptiness {
    /// Delete it
    Delete,
    /// Shorten it to one line
    Minimise,
    /// Leave it as it is
    Keep,
}

impl From<Emptiness> for WhenEmpty {
    fn from(it: Emptiness) -> Self {
        match it {
            Emptiness::Delete => Self::Delete,
            Emptiness::Minimise => Self::Minimise,
            Emptiness::Keep => Self::Keep,
        }
    }
}

fn forges() -> impl TypedValueParser<Value = ForgeKind> {
    PossibleValuesParser::new(ForgeKind::ALL.map(ForgeKind::name)).try_map(|name| name.parse::<ForgeKind>())
}
