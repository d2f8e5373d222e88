//! What `bomwright files` takes.

use clap::Args;

use super::Reading;
use super::reading::SOURCE_HELP;

/// `bomwright files`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Files {
    /// What to read
    pub(crate) source: String,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
