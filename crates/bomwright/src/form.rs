//! What `scan` and `convert` write an inventory as: documents, and forms that are written and not read.

use bomwright_document::{Format, Target};
use bomwright_model::{FileChoice, Inventory};
use bomwright_report::{Job, Paint};
use clap::{Args, ValueEnum};

use crate::exit::Failure;
use crate::output::Output;

const TABLE: &str = "table";
const CSV: &str = "csv";
const SNAPSHOT: &str = "github-snapshot";

/// The names of the forms that are no documents.
pub(crate) const FORMS: &[&str] = &[TABLE, CSV, SNAPSHOT];

/// The form that is written when none is asked for.
pub(crate) const DEFAULT: &str = TABLE;

/// One form, with all that it needs.
#[derive(Debug)]
pub(crate) enum Form {
    /// A document.
    Document(Target),
    /// For people.
    Table,
    /// For spreadsheets, with these files.
    Csv(FileChoice),
    /// For GitHub's dependency submission API.
    Snapshot(Job),
}

impl Form {
    /// What `output` asks for. Said before anything is read: a form that does not exist, a job that is not named.
    pub(crate) fn of(output: &Output, files: Files, job: &JobFlags) -> Result<Self, Failure> {
        Ok(match output.format.as_str() {
            TABLE => Self::Table,
            CSV => Self::Csv(files.into()),
            SNAPSHOT => Self::Snapshot(job.job()?),
            _ => Self::Document(output.target(FORMS)?.with_files(files.into())),
        })
    }

    /// Writes `inventory` to where `output` says.
    pub(crate) fn write(&self, output: &Output, inventory: &Inventory) -> Result<(), Failure> {
        let text = match self {
            Self::Document(target) => return output.document(inventory, *target),
            Self::Table => {
                let width = if output.is_stdout() { crate::commands::terminal_width() } else { None };
                // anstream takes colours away again where standard output wants none.
                let paint = if output.is_stdout() { Paint::Colored } else { Paint::Plain };
                bomwright_report::table(inventory, paint, width)
            }
            Self::Csv(files) => {
                bomwright_report::inventory_csv(inventory, *files).map_err(|error| Failure::chain(&error))?
            }
            Self::Snapshot(job) => bomwright_report::snapshot(inventory, job),
        };
        output.write(|out| out.write_all(text.as_bytes()))
    }

    /// The help of `-o`.
    pub(crate) fn help() -> String {
        let mut names = FORMS.to_vec();
        names.extend(Format::ALL.iter().map(|format| format.name()));
        format!(
            "What to write, several times if need be: {}; without FILE to standard output. VERSION: {} of CycloneDX \
             [default: {}], {} of SPDX",
            names.join(", "),
            Format::CycloneDxJson.versions().join(", "),
            Format::CycloneDxJson.default_version(),
            Format::SpdxJson.versions().join(", "),
        )
    }
}

/// Which files documents and tables list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Files {
    /// No file
    None,
    /// Programs, libraries, scripts and kernel modules that no package owns, and owned ones that --verify found changed
    Executables,
    /// Those, and the programs, libraries and scripts that packages own, inside their packages
    Owned,
    /// Other object files too: all that the inventory holds
    All,
}

impl From<Files> for FileChoice {
    fn from(files: Files) -> Self {
        match files {
            Files::None => Self::None,
            Files::Executables => Self::Executables,
            Files::Owned => Self::Owned,
            Files::All => Self::All,
        }
    }
}

/// What GitHub is told of the job that submits a snapshot.
#[derive(Debug, Args)]
pub(crate) struct JobFlags {
    /// The commit that was built [default: `$GITHUB_SHA`]
    #[arg(long = "github-sha", value_name = "COMMIT", help_heading = "For github-snapshot")]
    sha: Option<String>,

    /// Its branch or tag, such as refs/heads/main [default: `$GITHUB_REF`]
    #[arg(long = "github-ref", value_name = "REF", help_heading = "For github-snapshot")]
    reference: Option<String>,

    /// What tells this run from others [default: `$GITHUB_RUN_ID`]
    #[arg(long = "github-job-id", value_name = "ID", help_heading = "For github-snapshot")]
    id: Option<String>,

    /// What stays the same over runs; a later snapshot takes the place of an earlier one with the same correlator
    /// [default: `$GITHUB_WORKFLOW $GITHUB_JOB`]
    #[arg(long = "github-correlator", value_name = "NAME", help_heading = "For github-snapshot")]
    correlator: Option<String>,
}

impl JobFlags {
    fn job(&self) -> Result<Job, Failure> {
        let sha = stated(self.sha.as_deref(), "--github-sha", "GITHUB_SHA", "$(git rev-parse HEAD)")?;
        let reference = stated(self.reference.as_deref(), "--github-ref", "GITHUB_REF", "refs/heads/main")?;
        let id = stated(self.id.as_deref(), "--github-job-id", "GITHUB_RUN_ID", "1")?;
        let correlator = match (&self.correlator, variable("GITHUB_WORKFLOW"), variable("GITHUB_JOB")) {
            (Some(name), ..) => name.clone(),
            (None, Some(workflow), Some(job)) => format!("{workflow} {job}"),
            (None, ..) => {
                let variables = "GITHUB_WORKFLOW and GITHUB_JOB";
                return Err(missing("--github-correlator", variables, "'build shop'"));
            }
        };
        Job::new(&id, &correlator, &sha, &reference).map_err(|error| Failure::chain(&error))
    }
}

fn stated(flag: Option<&str>, name: &str, from: &str, example: &str) -> Result<String, Failure> {
    let stated = flag.map(str::to_owned).or_else(|| variable(from));
    stated.ok_or_else(|| missing(name, from, example))
}

/// A variable of the environment that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn missing(flag: &str, variables: &str, example: &str) -> Failure {
    Failure::new(format!("{SNAPSHOT} needs {flag}, or {variables} in the environment"))
        .hint(format!("for example {flag} {example}; GitHub Actions sets {variables}"))
}
