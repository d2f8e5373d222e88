//! The account of an image's files for programs: `bomwright-account/1`.

use std::collections::BTreeMap;
use std::io;

use bomwright_model::{Count, Evidence, FileAccount, Finding, Origin, Reason, Status, Tier};
use serde::Serialize;

use crate::account::{Sums, Verification, percent, ranked};
use crate::account_text::subject;

/// Writes the account as JSON, ending in a newline. Files that are intact are left out unless all are asked for.
///
/// # Errors
/// Whatever `out` gives.
pub fn account_json(verification: &Verification<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document::of(verification))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    source: &'a str,
    /// Lists, for an image may have several possible bases: the surest comes first.
    context: BTreeMap<&'a str, Vec<&'a str>>,
    summary: Summary,
    layers: Vec<WireLayer<'a>>,
    findings: Vec<WireFinding<'a>>,
    files: Vec<WireFile<'a>>,
}

/// A layer, by whose position findings and files name it.
#[derive(Serialize)]
struct WireLayer<'a> {
    #[serde(rename = "diffId", skip_serializing_if = "Option::is_none")]
    diff_id: Option<&'a str>,
    #[serde(rename = "createdBy", skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    /// Whether it is the base image's or the application's; absent when nothing sure says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'static str>,
}

#[derive(Serialize)]
struct Summary {
    total: WireCount,
    explained: WireCount,
    #[serde(rename = "explainedPercent")]
    explained_percent: Percent,
    origins: BTreeMap<&'static str, WireCount>,
    tiers: BTreeMap<&'static str, WireCount>,
    statuses: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Percent {
    files: f64,
    bytes: f64,
    executables: f64,
    #[serde(rename = "executableBytes")]
    executable_bytes: f64,
}

#[derive(Serialize)]
struct WireCount {
    files: u64,
    bytes: u64,
    executables: u64,
    #[serde(rename = "executableBytes")]
    executable_bytes: u64,
}

#[derive(Serialize)]
struct WireFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<WireEvidence<'a>>,
}

#[derive(Serialize)]
struct WireEvidence<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
}

#[derive(Serialize)]
struct WireFile<'a> {
    path: &'a str,
    kind: &'static str,
    bytes: u64,
    executable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introduced: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    origin: &'static str,
    status: &'static str,
    tier: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<&'static str>,
    reasons: Vec<WireReason<'a>>,
}

#[derive(Serialize)]
struct WireReason<'a> {
    rule: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<WireEvidence<'a>>,
}

impl<'a> Document<'a> {
    fn of(verification: &'a Verification<'a>) -> Self {
        let listed = |it: &&FileAccount| verification.all_files || it.status != Status::Intact;
        let mut context: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, text) in verification.context {
            context.entry(name).or_default().push(text);
        }
        Self {
            schema: "bomwright-account/1",
            source: &verification.inventory.source.name,
            context,
            summary: summary(&Sums::of(verification.accounts)),
            layers: layers(verification),
            findings: ranked(verification.findings).into_iter().map(|it| finding(verification, it)).collect(),
            files: verification.accounts.iter().filter(listed).map(|it| file(verification, it)).collect(),
        }
    }
}

fn layers<'a>(verification: &Verification<'a>) -> Vec<WireLayer<'a>> {
    let layers = verification.inventory.layers.iter();
    layers
        .map(|layer| WireLayer {
            diff_id: layer.diff_id.as_ref().map(bomwright_model::Digest::as_str),
            created_by: layer.created_by.as_deref(),
            part: layer.part.map(bomwright_model::LayerPart::as_str),
        })
        .collect()
}

fn summary(sums: &Sums) -> Summary {
    let origin =
        |origin: &Origin| (origin.as_str(), count(&sums.origins.get(origin).copied().unwrap_or_default()));
    let tier = |tier: &Tier| (tier.as_str(), count(&sums.tiers.get(tier).copied().unwrap_or_default()));
    let (part, whole) = (&sums.explained, &sums.total);
    Summary {
        total: count(whole),
        explained: count(part),
        explained_percent: Percent {
            files: percent(part.files, whole.files),
            bytes: percent(part.bytes, whole.bytes),
            executables: percent(part.executables, whole.executables),
            executable_bytes: percent(part.executable_bytes, whole.executable_bytes),
        },
        origins: Origin::ALL.iter().map(origin).collect(),
        tiers: Tier::ALL.iter().map(tier).collect(),
        statuses: Status::ALL
            .iter()
            .map(|status| (status.as_str(), sums.statuses.get(status).copied().unwrap_or_default()))
            .collect(),
    }
}

fn count(count: &Count) -> WireCount {
    let Count { files, bytes, executables, executable_bytes } = *count;
    WireCount { files, bytes, executables, executable_bytes }
}

fn finding<'a>(verification: &Verification<'_>, finding: &'a Finding) -> WireFinding<'a> {
    WireFinding {
        rule: &finding.rule,
        severity: finding.severity.as_str(),
        subject: subject(verification.inventory, finding),
        layer: finding.layer.map(|layer| layer.0),
        message: &finding.message,
        evidence: finding.evidence.iter().map(evidence).collect(),
    }
}

fn evidence(evidence: &Evidence) -> WireEvidence<'_> {
    WireEvidence { path: &evidence.path, layer: evidence.layer.map(|layer| layer.0) }
}

fn file<'a>(verification: &Verification<'_>, account: &'a FileAccount) -> WireFile<'a> {
    let package = account.owner.and_then(|id| verification.inventory.package(id));
    WireFile {
        path: &account.path,
        kind: account.kind.as_str(),
        bytes: account.bytes,
        executable: account.executable,
        layer: account.layer.map(|layer| layer.0),
        introduced: account.introduced.map(|layer| layer.0),
        package: package.map(|it| format!("{} {} {}", it.ecosystem, it.full_name(), it.version)),
        origin: account.origin.as_str(),
        status: account.status.as_str(),
        tier: account.tier.as_str(),
        confidence: account.confidence.as_str(),
        differences: account.differences.iter().map(|it| it.as_str()).collect(),
        reasons: account.reasons.iter().map(reason).collect(),
    }
}

fn reason(reason: &Reason) -> WireReason<'_> {
    WireReason {
        rule: &reason.rule,
        detail: &reason.detail,
        evidence: reason.evidence.as_ref().map(evidence),
    }
}
