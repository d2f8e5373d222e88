//! What can be said on the command line. Pure description: nothing here does anything. Each command has its flags, its
//! help and its examples in a file of its own; small ones that belong together share one.

mod against;
mod attest;
mod check;
mod comment;
mod convert;
mod diff;
mod files;
mod graph;
mod images;
mod init;
mod program;
mod reading;
mod render;
mod scan;
mod verify;
mod waive;

use clap::{Parser, Subcommand, ValueEnum};

use crate::progress::Verbosity;
pub(crate) use against::Against;
pub(crate) use attest::Attest;
pub(crate) use check::{Check, Written};
pub(crate) use comment::Comment;
pub(crate) use convert::Convert;
pub(crate) use diff::Diff;
pub(crate) use files::Files;
pub(crate) use graph::{Tree, Why};
pub(crate) use images::{Images, Sureness};
pub(crate) use init::Init;
pub(crate) use program::{Cache, CacheAction, Completions, Ecosystems, Rules, VersionCompare};
pub(crate) use reading::Reading;
pub(crate) use render::{Render, Rendering};
pub(crate) use scan::Scan;
pub(crate) use verify::Verify;
pub(crate) use waive::Waive;

/// Reads container images, builds the dependency graph of what is in them, says of every package and
/// executable where it came from, and shows what changed between two builds.
#[derive(Debug, Parser)]
#[command(name = "bomwright", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours; NO_COLOR is respected too
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true, hide_possible_values = false)]
    pub(crate) color: Color,

    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Print notes as well as warnings
    #[arg(short, long, global = true)]
    verbose: bool,
}

const AFTER_HELP: &str = "\
Examples:
  bomwright scan shop.tar                          what is in an image that docker save wrote
  bomwright scan shop.tar -o spdx-json=shop.spdx.json -o cyclonedx-json=shop.cdx.json
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar     what changed between two builds
  bomwright why libssl3 shop.tar                   what pulled a package in
  bomwright convert shop.cdx.json -o spdx-json     an SBOM in another format

Exit codes:
  0  nothing to report
  1  a gate of `diff` tripped, `verify` or `check` found something, `images --fail-on-mutable` an image that is not
     pinned
  2  trouble: bad usage, unreadable input, no place to write to
  4  `diff --strict-evidence`: the two sides were not looked at in the same way";

impl Arguments {
    /// How much to print on standard error.
    pub(crate) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes this the choice of every stream.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is in an image
    Scan(Scan),
    /// Write an SBOM in another format or version, and say what that can't carry
    Convert(Convert),
    /// Say what changed between two images or SBOMs
    Diff(Diff),
    /// Turn a delta that was made earlier into text for people or programs
    Render(Render),
    /// Let a finding of a delta pass until a day, in the policy file
    Waive(Waive),
    /// Say where every file came from, verify those that packages list, and list what nothing explains
    Verify(Verify),
    /// Say what is wrong with an SBOM, and what it lacks for NTIA, CISA, BSI, FSCT, Telco or CRA
    Check(Check),
    /// Put an SBOM into a statement about its image, ready to be signed
    Attest(Attest),
    /// Print the dependency graph as a tree
    Tree(Tree),
    /// Print the paths that lead from the image to a package
    Why(Why),
    /// List the files of the merged tree: type, mode, owner, size, path
    Files(Files),
    /// Write a policy file that explains every key
    Init(Init),
    /// List the images that Kubernetes manifests, Helm charts, Compose and Quadlet files name
    Images(Images),
    /// Post a text to a pull or merge request, as one comment that is kept up to date
    Comment(Comment),
    /// List the rules that give verdicts and findings
    Rules(Rules),
    /// List the ecosystems that are read
    Ecosystems(Ecosystems),
    /// Compare versions in a packaging scheme's own order; prints -1, 0 or 1
    VersionCompare(VersionCompare),
    /// Show or clear the cache of layer results
    Cache(Cache),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}
