//! How sources are read: what every command takes that opens one.

use std::path::PathBuf;

use clap::Args;

use crate::limits::LimitFlags;

/// What a source may be.
pub(super) const SOURCE_HELP: &str = "\
Sources (recognised without a prefix too):
  docker-archive:FILE   a tar written by `docker save` or `podman save`
  oci-archive:FILE      a tar of an OCI image layout
  oci-dir:DIR           an OCI image layout
  rootfs:FILE           a tar of a root file system
  dir:DIR               a root file system or a source tree
  file:FILE             one file or archive
  git:REV[:PATH]        a revision of the git repository of this directory, or of --repository; nothing is checked out
  sbom:FILE             an SBOM: CycloneDX (JSON, XML), SPDX (JSON, tag-value), syft's or our own JSON
  -                     an SBOM on standard input";

/// How sources are read.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Of an image for several platforms, the one to read, e.g. linux/arm64
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", help_heading = "Reading")]
    pub(crate) platform: Option<String>,

    /// For git:REV sources, a directory of the repository [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Reading")]
    pub(crate) repository: Option<PathBuf>,

    /// What the team says is its own [default: ./bomwright.toml if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) policy: Option<PathBuf>,

    /// Threads to use; the result is the same for any number
    #[arg(long, value_name = "N", help_heading = "Reading", default_value_t = default_threads(),
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: u16,

    /// Refuse an SBOM that breaks its schema, contradicts itself, or leaves something to be assumed
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,

    /// Neither use nor write the cache of layer results; every byte is read and verified
    #[arg(long, help_heading = "Reading")]
    pub(crate) no_cache: bool,

    /// Recognise licence files by their text too; takes about twice as long
    #[arg(long, help_heading = "Reading")]
    pub(crate) licence_texts: bool,

    #[command(flatten)]
    pub(crate) limits: LimitFlags,

    /// Read no policy; set by commands, not by people
    #[arg(skip)]
    pub(crate) ignore_policy: bool,
}

fn default_threads() -> u16 {
    std::thread::available_parallelism().ok().and_then(|n| u16::try_from(n.get()).ok()).unwrap_or(2).min(16)
}
