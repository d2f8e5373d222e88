//! What `bomwright attest` takes.

use std::path::PathBuf;

use bomwright_document::{Attested, Target};
use clap::Args;

use super::Reading;
use crate::form::Files;

const ATTEST_HELP: &str = "\
The statement (in-toto Statement v1) names the image and holds the document byte by byte: CycloneDX or SPDX in JSON. The
digest is the one that the document holds at its root; docker archives know none, and a registry that compresses anew
gives another: then name it with --subject. Nothing is signed here.

Examples:
  bomwright attest shop.cdx.json -o statement.json
  bomwright attest oci-dir:build/image --as spdx-json -o statement.json
  bomwright attest shop.spdx.json --subject registry.example/shop@sha256:… -o statement.json

To sign the statement as it is, or to let cosign make its own from the document:
  cosign attest-blob --statement statement.json --bundle statement.sigstore.json
  cosign attest --type cyclonedx --predicate shop.cdx.json registry.example/shop@sha256:…
  cosign attest --type spdxjson --predicate shop.spdx.json registry.example/shop@sha256:…";

/// `bomwright attest`
#[derive(Debug, Args)]
#[command(after_help = ATTEST_HELP)]
pub(crate) struct Attest {
    /// An SBOM of any tool, or an image or whatever else `bomwright scan` reads
    #[arg(value_name = "SBOM|IMAGE")]
    pub(crate) source: String,

    /// The image that it is about [default: the one that the document describes]
    #[arg(long, value_name = "NAME@DIGEST")]
    pub(crate) subject: Option<Attested>,

    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Of what is no SBOM, the document to make: cyclonedx-json or spdx-json, with @VERSION if need be
    #[arg(long = "as", value_name = "FORMAT[@VERSION]", default_value = "cyclonedx-json")]
    pub(crate) document: Target,

    /// Of what is no SBOM, the files that the document lists
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Files::Executables)]
    pub(crate) files: Files,

    /// The type of the predicate, where a policy asks for another than the usual one
    #[arg(long, value_name = "URI")]
    pub(crate) predicate_type: Option<String>,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
