//! What the commands take that read no source: `bomwright rules`, `ecosystems`, `version-compare`, `cache` and
//! `completions`.

use clap::{Args, ValueEnum};

const VERSION_HELP: &str = "\
Without A and B, pairs are read from standard input: one a line, separated by a tab.

Examples:
  bomwright version-compare deb 1:1.0-1 2.0-1      prints 1
  printf '1.0rc1\\t1.0\\n' | bomwright version-compare pep440

A string that is no version of the scheme prints ? and makes the exit code 2.";

/// `bomwright rules`
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// Print as Markdown tables, as the documentation has it
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `bomwright ecosystems`
#[derive(Debug, Args)]
pub(crate) struct Ecosystems {
    /// Print as a Markdown table, as the documentation has it
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `bomwright version-compare`
#[derive(Debug, Args)]
#[command(after_help = VERSION_HELP)]
pub(crate) struct VersionCompare {
    /// The scheme: deb, rpm, apk, semver, npm, pep440, maven, gem, nuget, composer, …
    pub(crate) scheme: String,
    /// One version
    #[arg(requires = "b")]
    pub(crate) a: Option<String>,
    /// The other
    pub(crate) b: Option<String>,
}

/// `bomwright cache`
#[derive(Debug, Args)]
pub(crate) struct Cache {
    /// What to do
    #[arg(value_enum, default_value_t = CacheAction::Show)]
    pub(crate) action: CacheAction,
}

/// What to do with the cache.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CacheAction {
    /// Print where it is and how much it holds
    Show,
    /// Remove everything in it
    Clear,
}

/// `bomwright completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
