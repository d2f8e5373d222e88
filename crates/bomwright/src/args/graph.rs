//! What the commands take that follow the dependency graph: `bomwright tree` and `why`.

use clap::Args;

use super::Reading;
use super::reading::SOURCE_HELP;

/// `bomwright tree`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Tree {
    /// What to read
    pub(crate) source: String,

    /// How deep to go
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) depth: usize,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright why`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Why {
    /// A package: its name, name@version, or purl
    pub(crate) package: String,

    /// What to read
    pub(crate) source: String,

    /// The most paths to print for each package
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) most: usize,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
