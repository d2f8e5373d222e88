//! What `bomwright init` takes.

use std::path::PathBuf;

use clap::Args;

use super::Reading;

const INIT_HELP: &str = "\
With a SOURCE the file proposes what the image suggests to be yours: scopes of private npm packages, groups of
Java applications, main modules, root crates, Python packages installed from directories, and directories of
programs that no package owns. Only what the image itself says to be private or local takes effect at once.

Examples:
  bomwright init                                   every key, explained, in bomwright.toml
  bomwright init shop.tar -o -                     with proposals from an image, on standard output";

/// `bomwright init`
#[derive(Debug, Args)]
#[command(after_help = INIT_HELP)]
pub(crate) struct Init {
    /// What to propose entries from; - for nothing, and to print the file
    pub(crate) source: Option<String>,

    /// Where to write; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = crate::load::POLICY_FILE)]
    pub(crate) output: PathBuf,

    /// Overwrite the file if it is there
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
