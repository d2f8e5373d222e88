//! What `bomwright waive` takes.

use std::path::PathBuf;

use clap::Args;

const WAIVE_HELP: &str = "\
Findings have ids that stay the same over runs; every report shows them.

Examples:
  bomwright waive delta.json F-0123456789ab --reason 'reviewed in #42' --until 2027-01-31";

/// `bomwright waive`
#[derive(Debug, Args)]
#[command(after_help = WAIVE_HELP)]
pub(crate) struct Waive {
    /// The delta that the findings are of
    pub(crate) delta: String,

    /// Ids of findings
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// Why they may pass
    #[arg(long)]
    pub(crate) reason: String,

    /// The last day on which they may
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: String,

    /// The policy file to add to [default: ./bomwright.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}
