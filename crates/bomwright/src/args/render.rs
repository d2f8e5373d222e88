//! What `bomwright render` takes, and how `bomwright diff` writes too.

use clap::Args;

use crate::output::Output;

const RENDER_HELP: &str = "\
The delta's texts are as hostile as the images that it was made from; every form escapes them.

Examples:
  bomwright diff old.tar new.tar -o json=delta.json
  bomwright render delta.json -o markdown > comment.md";

/// `bomwright render`
#[derive(Debug, Args)]
#[command(after_help = RENDER_HELP)]
pub(crate) struct Render {
    /// A delta that `bomwright diff -o json` wrote; - for standard input
    pub(crate) delta: String,

    #[command(flatten)]
    pub(crate) rendering: Rendering,
}

/// How a delta is written.
#[derive(Debug, Args)]
pub(crate) struct Rendering {
    /// What to write, several times if need be
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", help = Output::delta_help())]
    pub(crate) outputs: Vec<Output>,

    /// Where the full report will be; the comment and the notes link to it
    #[arg(long, value_name = "URL")]
    pub(crate) report_url: Option<String>,
}
