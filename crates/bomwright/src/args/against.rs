//! What an image is held against: what the user trusts and knows from outside it.

use std::path::PathBuf;

use clap::Args;

/// What an image is held against.
#[derive(Debug, Args)]
pub(crate) struct Against {
    /// OpenPGP keys that you trust: packages of rpm that they signed reach tier V3
    #[arg(long = "trusted-key", value_name = "FILE", help_heading = "From outside the image")]
    pub(crate) trusted_keys: Vec<PathBuf>,

    /// .deb archives, or an index of a distribution (Packages), that you trust: a file or a directory of such
    #[arg(long = "anchor", value_name = "PATH", help_heading = "From outside the image")]
    pub(crate) anchors: Vec<PathBuf>,

    /// An image that may be the base of this one
    #[arg(long = "base", value_name = "SOURCE", help_heading = "From outside the image")]
    pub(crate) bases: Vec<String>,

    /// A table of lifecycles that goes before the built-in one
    #[arg(long, value_name = "FILE", help_heading = "From outside the image")]
    pub(crate) lifecycle_db: Option<PathBuf>,

    /// The day to judge support and allowances by [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "From outside the image")]
    pub(crate) now: Option<String>,
}

impl Against {
    /// Whether the user gave anything.
    pub(crate) fn is_given(&self) -> bool {
        let Self { trusted_keys, anchors, bases, lifecycle_db, now } = self;
        !trusted_keys.is_empty()
            || !anchors.is_empty()
            || !bases.is_empty()
            || lifecycle_db.is_some()
            || now.is_some()
    }
}
