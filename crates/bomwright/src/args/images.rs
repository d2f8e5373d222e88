//! What `bomwright images` takes.

use clap::{Args, ValueEnum};

use super::Reading;
use crate::output::Output;

const IMAGES_HELP: &str = "\
Read are Kubernetes manifests (YAML, JSON, lists, custom resources), rendered Helm charts, values.yaml and Chart.yaml,
kustomizations with the images that they replace, Compose files (variables count as not set) and Quadlet units.

Confidence: high is a field that must hold an image; medium, one of a custom resource that is named like an image;
low, an option of a command line, RELATED_IMAGE_… or a default of a chart.

Examples:
  bomwright images deploy/                              everything in a directory
  helm template shop/ | bomwright images -              what a chart gives
  bomwright images k8s/ --fail-on-mutable               for CI: every image pinned by digest?
  bomwright images k8s/ compose.yaml -o json | jq -r '.references[].reference' | sort -u
  bomwright images k8s/ -o cyclonedx-json --image-map shop/web:1.5=web.tar --image-map nginx:1.27=oci-dir:nginx

Exit codes: 0 fine, 1 --fail-on-mutable found a reference that no digest pins, 2 trouble.
A reference that every kustomization in the input replaces does not count; what replaces it does.";

/// `bomwright images`
#[derive(Debug, Args)]
#[command(after_help = IMAGES_HELP)]
pub(crate) struct Images {
    /// Files, directories, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// table, json, or a document of all images such as cyclonedx-json; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// For documents: what to read an image from, several times if need be
    #[arg(long = "image-map", value_name = "REF=SOURCE")]
    pub(crate) image_map: Vec<String>,

    /// Exit with 1 when a reference is not pinned by digest
    #[arg(long)]
    pub(crate) fail_on_mutable: bool,

    /// Leave out what is less sure
    #[arg(long, value_enum, value_name = "CONFIDENCE", default_value_t = Sureness::Low)]
    pub(crate) min_confidence: Sureness,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How sure a hit must be.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Sureness {
    /// Everything
    Low,
    /// Fields of known kinds, and those of custom resources that are named like images
    Medium,
    /// Fields of known kinds only
    High,
}
