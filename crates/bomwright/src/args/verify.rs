//! What `bomwright verify` takes.

use bomwright_model::FindingSeverity;
use clap::{Args, ValueEnum};

use super::{Against, Reading};
use crate::output::Output;

const VERIFY_HELP: &str = "\
Every file gets one origin (vendor, upstream, in-house, unknown), one status and a tier that says how well that is backed:
V0 claimed, V1 as the manifest inside the image says, V1d made again from verified inputs, V2 as something from outside
says, V3 signed by the vendor. Findings follow, the worst first.

Examples:
  bomwright verify shop.tar
  bomwright verify shop.tar -o json=account.json --all
  bomwright verify dir:/srv/rootfs --fail-on medium
  bomwright verify shop.tar --base oci-archive:debian.tar --anchor ./debs --trusted-key vendor.asc

Exit codes: 0 no finding of that severity, 1 at least one, 2 trouble.";

/// `bomwright verify`
#[derive(Debug, Args)]
#[command(after_help = VERIFY_HELP)]
pub(crate) struct Verify {
    /// What to read: an image, a root file system or a directory
    pub(crate) source: String,

    /// text or json, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// List every file, not only those that are not intact, and every finding
    #[arg(long)]
    pub(crate) all: bool,

    /// The least severity of a finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t = Least::High, value_name = "SEVERITY")]
    pub(crate) fail_on: Least,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// A severity to fail on.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Least {
    /// Anything at all
    Info,
    /// Untidy
    Low,
    /// Someone should look
    Medium,
    /// Probably wrong
    High,
    /// Wrong, and an attacker would like it
    Critical,
}

impl From<Least> for FindingSeverity {
    fn from(least: Least) -> Self {
        match least {
            Least::Info => Self::Info,
            Least::Low => Self::Low,
            Least::Medium => Self::Medium,
            Least::High => Self::High,
            Least::Critical => Self::Critical,
        }
    }
}
