//! What `bomwright scan` takes.

use clap::Args;

use super::{Against, Reading};
use crate::form::{Files, Form, JobFlags};
use crate::output::Output;

const SCAN_HELP: &str = "\
Sources: docker-archive:FILE, oci-archive:FILE, oci-dir:DIR, rootfs:FILE, dir:DIR, file:FILE, sbom:FILE;
recognised without a prefix too. git:REV[:PATH] is a revision of a source tree, read without a checkout.
Lock files count in source trees (dir:, file:, git:), not in images: there counts what is installed.

Examples:
  docker save shop:1.5.0 -o shop.tar && bomwright scan shop.tar
  bomwright scan oci-dir:build/image --platform linux/arm64
  bomwright scan shop.tar -o table -o spdx-json=shop.spdx.json -o cyclonedx-xml@1.5=shop.cdx.xml
  bomwright scan shop.tar --files owned -o csv=shop.csv            packages and all their programs as rows
  bomwright scan git:HEAD -o github-snapshot=snapshot.json         for GitHub's dependency graph, in a workflow
  bomwright scan git:v1.5.0 -o cyclonedx-json=sources.cdx.json     what the lock files of a tag pin";

/// `bomwright scan`
#[derive(Debug, Args)]
#[command(after_help = SCAN_HELP)]
pub(crate) struct Scan {
    /// What to read
    pub(crate) source: String,

    /// What to write, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[@VERSION][=FILE]", help = Form::help())]
    pub(crate) outputs: Vec<Output>,

    /// The files that documents and csv list; json always has all
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Files::Executables)]
    pub(crate) files: Files,

    /// Verify every file too, as `bomwright verify` does, so that documents carry status and tier
    #[arg(long)]
    pub(crate) verify: bool,

    #[command(flatten)]
    pub(crate) job: JobFlags,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
