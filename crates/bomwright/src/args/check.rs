//! What `bomwright check` takes.

use bomwright_profile::Profile;
use clap::{Args, ValueEnum};

use super::Reading;
use crate::output::Output;

const CHECK_HELP: &str = "\
Profiles: ntia (2021), cisa-2026, bsi-2.1 (TR-03183-2 v2.1.0), fsct (third edition), telco (v1.1), cra.
First come faults that no schema sees: dangling or repeated references, purls and licences that are none. Then each
profile: what it requires and the document lacks, for which packages, and how to fix it. What only the team knows is
declared in bomwright.toml below [declared] and stated by the next scan.

Examples:
  bomwright check shop.cdx.json --profile ntia,cisa-2026
  bomwright check shop.tar --profile bsi-2.1                         the SBOM that a scan of the image gives
  bomwright check shop.tar --profile telco --as spdx-json
  bomwright check theirs.spdx.json --profile cra -o sarif=check.sarif

Exit codes: 0 no fault and every profile passes, 1 a fault or a profile that fails, 2 trouble.";

/// `bomwright check`
#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
pub(crate) struct Check {
    /// An SBOM of any tool, or an image, a directory or whatever else `bomwright scan` reads
    pub(crate) source: String,

    /// What to hold it against, several times or with commas
    #[arg(long = "profile", value_name = "PROFILE", value_delimiter = ',', value_parser = crate::commands::check::profile)]
    pub(crate) profiles: Vec<Profile>,

    /// text, json or sarif, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// Of what is no SBOM, the document to check
    #[arg(long = "as", value_enum, value_name = "FORMAT", default_value_t = Written::CyclonedxJson)]
    pub(crate) document: Written,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// A document that is made to be checked.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Written {
    /// CycloneDX 1.6
    CyclonedxJson,
    /// SPDX 2.3
    SpdxJson,
}
