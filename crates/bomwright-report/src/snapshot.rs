//! An inventory as a snapshot for GitHub's dependency submission API (REST API, "Create a snapshot of dependencies for a
//! repository", version 0 of the format).
//!
//! A manifest of the snapshot is a file that tells of packages: a lock file, a package database. Packages that each
//! have a file of their own are together in one manifest for each ecosystem, since GitHub bounds the number of
//! manifests and not what they hold. Packages without a package URL can't be told there.

mod gather;

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::Inventory;
use serde::Serialize;
use thiserror::Error;

/// What the snapshot is submitted for. GitHub shows the latest snapshot of each correlator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    id: String,
    correlator: String,
    sha: String,
    reference: String,
}

/// A value that GitHub would not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JobError {
    /// The commit is not 40 hexadecimal digits.
    #[error("'{0}' is no commit: 40 hexadecimal digits are")]
    Sha(String),
    /// The ref does not say what it is.
    #[error("'{0}' is no full ref: it starts with refs/, for example refs/heads/main")]
    Reference(String),
    /// An id or correlator says nothing.
    #[error("the {0} of the job is empty")]
    Empty(&'static str),
}

impl Job {
    /// The run `id` of the job `correlator`, at the commit `sha` of `reference`.
    ///
    /// # Errors
    /// [`JobError`] for what the API refuses.
    pub fn new(id: &str, correlator: &str, sha: &str, reference: &str) -> Result<Self, JobError> {
        if sha.len() != 40 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JobError::Sha(sha.to_owned()));
        }
        if !reference.starts_with("refs/") {
            return Err(JobError::Reference(reference.to_owned()));
        }
        for (text, name) in [(id, "id"), (correlator, "correlator")] {
            if text.trim().is_empty() {
                return Err(JobError::Empty(name));
            }
        }
        Ok(Self {
            id: id.to_owned(),
            correlator: correlator.to_owned(),
            sha: sha.to_owned(),
            reference: reference.to_owned(),
        })
    }
}

/// The time of snapshots of what gives no reproducible one.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// Renders `inventory` for `job`: JSON with sorted keys, and a line end.
pub fn snapshot(inventory: &Inventory, job: &Job) -> String {
    let snapshot = Snapshot {
        detector: Detector {
            name: "bomwright",
            url: concat!("pkg:generic/bomwright@", env!("CARGO_PKG_VERSION")),
            version: env!("CARGO_PKG_VERSION"),
        },
        job: JobName { correlator: &job.correlator, id: &job.id },
        manifests: gather::manifests(inventory),
        r#ref: &job.reference,
        scanned: inventory.timestamp.as_deref().unwrap_or(NO_TIME),
        sha: &job.sha,
        version: 0,
    };
    // Texts, numbers and maps with texts as keys: nothing here can fail to become JSON.
    let mut text = serde_json::to_string(&snapshot).unwrap_or_default();
    text.push('\n');
    text
}

// The members stand in the order of their names.

#[derive(Serialize)]
struct Snapshot<'a> {
    detector: Detector,
    job: JobName<'a>,
    manifests: BTreeMap<String, Manifest<'a>>,
    r#ref: &'a str,
    scanned: &'a str,
    sha: &'a str,
    version: u8,
}

#[derive(Serialize)]
struct Detector {
    name: &'static str,
    url: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JobName<'a> {
    correlator: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Manifest<'a> {
    /// Where it lies in the repository; absent for what lies in an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Location<'a>>,
    name: String,
    /// By package URL.
    resolved: BTreeMap<&'a str, Dependency<'a>>,
}

#[derive(Serialize)]
struct Location<'a> {
    source_location: &'a str,
}

#[derive(Serialize)]
struct Dependency<'a> {
    /// Package URLs.
    dependencies: BTreeSet<&'a str>,
    package_url: &'a str,
    relationship: Relationship,
    scope: Needed,
}

/// From what counts more to what counts less, where the same package is told twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Relationship {
    Direct,
    Indirect,
}

/// In the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Needed {
    Runtime,
    Development,
}

#[cfg(test)]
mod tests;
