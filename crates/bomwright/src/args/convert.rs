//! What `bomwright convert` takes.

use clap::Args;

use super::Reading;
use crate::form::{Files, Form, JobFlags};
use crate::output::Output;

const CONVERT_HELP: &str = "\
Read are CycloneDX (JSON and XML, 1.2 to 1.7), SPDX (JSON and tag-value 2.1 to 2.3, JSON-LD 3.0), syft's JSON, lists of
package URLs, and our own JSON. What the target can't carry is counted on standard error; --quiet says nothing.
What a document leaves open or gets wrong is assumed, and --verbose says so; --strict refuses it instead.

Examples:
  bomwright convert shop.cdx.json -o spdx-json=shop.spdx.json
  bomwright convert shop.spdx -o cyclonedx-xml@1.5=shop.cdx.xml -o spdx-json@3.0.1=shop.spdx3.json
  bomwright convert vendor.cdx.xml -o purls | sort
  bomwright convert vendor.spdx.json -o table
  bomwright convert shop.json --files none -o cyclonedx-json=packages.cdx.json
  unxz <shop.cdx.json.xz | bomwright convert - --strict -o spdx-json=shop.spdx.json";

/// `bomwright convert`
#[derive(Debug, Args)]
#[command(after_help = CONVERT_HELP)]
pub(crate) struct Convert {
    /// The document to read
    #[arg(value_name = "SBOM")]
    pub(crate) document: String,

    /// What to write, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[@VERSION][=FILE]", help = Form::help(), required = true)]
    pub(crate) outputs: Vec<Output>,

    /// The files that documents and csv list, as far as the document has them; json always has all
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Files::All)]
    pub(crate) files: Files,

    #[command(flatten)]
    pub(crate) job: JobFlags,

    #[command(flatten)]
    pub(crate) reading: Reading,
}
