//! What `BuildKit` attaches to an image: a manifest whose layers are in-toto statements. The provenance among them
//! says which images and addresses the build used (in-toto Statement v0.1 and v1; SLSA provenance v0.2
//! `materials`, v1 `resolvedDependencies`; Moby's `attestation-storage.md` for how they are stored).
//!
//! A claim that nobody signed, so nothing here fails: what can't be read is a diagnostic.

use std::collections::BTreeMap;

use bomwright_model::{Code, Diagnostic, Digest, Material};
use serde::Deserialize;

use super::Layout;
use super::documents::{Descriptor, Manifest, parse};
use crate::{ImageError, Limits};

/// What kind of attachment an entry of the index is.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
/// The manifest that it is attached to.
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";
const ATTESTATION: &str = "attestation-manifest";
/// The predicate type of a layer, so that bills of materials need not be read.
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";
const SLSA: &str = "https://slsa.dev/provenance/";

/// Statements of one image that are read.
const MAX_STATEMENTS: usize = 64;
/// Materials that are kept.
const MAX_MATERIALS: usize = 10_000;
/// Bytes of an address that is kept.
const MAX_URI: usize = 4096;

/// Whether `descriptor` is an attestation manifest of the image `digest`.
pub(super) fn is_about(descriptor: &Descriptor, digest: &Digest) -> bool {
    let says = |key, value| descriptor.annotations.get(key).is_some_and(|found| found == value);
    says(REFERENCE_TYPE, ATTESTATION) && says(REFERENCE_DIGEST, digest.as_str())
}

/// The materials that the attestation manifests `attached` name for the image `digest`, sorted.
pub(super) fn read(
    layout: &Layout,
    attached: &[Descriptor],
    digest: &Digest,
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Material> {
    let mut materials = Vec::new();
    for descriptor in attached.iter().filter(|descriptor| is_about(descriptor, digest)) {
        if let Err(error) = read_manifest(layout, descriptor, digest, limits, &mut materials, diagnostics) {
            note(&error, diagnostics);
        }
    }
    materials.sort_unstable();
    materials.dedup();
    if materials.len() > MAX_MATERIALS {
        materials.truncate(MAX_MATERIALS);
        let message = format!("the provenance names more than {MAX_MATERIALS} materials");
        diagnostics.push(Diagnostic::new(Code::LimitExceeded, message));
    }
    materials
}

fn read_manifest(
    layout: &Layout,
    descriptor: &Descriptor,
    digest: &Digest,
    limits: &Limits,
    materials: &mut Vec<Material>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), ImageError> {
    let bytes = layout.document("attestation manifest", descriptor, limits.manifest_bytes)?;
    let manifest: Manifest = parse("attestation manifest", &bytes)?;
    if manifest.layers.len() > MAX_STATEMENTS {
        let message = format!("more than {MAX_STATEMENTS} attestations; the rest was not read");
        diagnostics.push(Diagnostic::new(Code::LimitExceeded, message));
    }
    for layer in manifest.layers.iter().take(MAX_STATEMENTS) {
        let other = layer.annotations.get(PREDICATE_TYPE).is_some_and(|kind| !kind.starts_with(SLSA));
        if !other {
            read_statement(layout, layer, digest, limits, materials, diagnostics)
                .unwrap_or_else(|error| note(&error, diagnostics));
        }
    }
    Ok(())
}

fn read_statement(
    layout: &Layout,
    layer: &Descriptor,
    digest: &Digest,
    limits: &Limits,
    materials: &mut Vec<Material>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), ImageError> {
    let bytes = layout.document("attestation", layer, limits.config_bytes)?;
    let head: Head = parse("attestation", &bytes)?;
    if !head.predicate_type.starts_with(SLSA) {
        return Ok(());
    }
    let statement: Statement = parse("attestation", &bytes)?;
    let meant =
        |subject: &Subject| subject.digest.get(digest.algorithm()).is_some_and(|hex| hex == digest.hex());
    if !statement.subject.iter().any(meant) {
        let message = "an attached provenance statement is about another image; it was left out";
        diagnostics.push(Diagnostic::new(Code::InconsistentImage, message));
        return Ok(());
    }
    let predicate = statement.predicate;
    let named = predicate.materials.into_iter().chain(predicate.build_definition.resolved_dependencies);
    let room = (2 * MAX_MATERIALS).saturating_sub(materials.len());
    materials.extend(named.filter_map(Resource::into_material).take(room));
    Ok(())
}

/// A missing blob is common, as copies leave attachments behind; anything else is damage.
fn note(error: &ImageError, diagnostics: &mut Vec<Diagnostic>) {
    let code = match error {
        ImageError::Missing { .. } => Code::Assumed,
        ImageError::Limit { .. } => Code::LimitExceeded,
        _ => Code::MalformedFile,
    };
    diagnostics.push(Diagnostic::new(code, format!("the attached provenance was not read: {error}")));
}

/// What tells a statement's kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    predicate_type: String,
}

#[derive(Deserialize)]
struct Statement {
    #[serde(default)]
    subject: Vec<Subject>,
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

/// Version 0.2 and version 1 have different members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    #[serde(default)]
    materials: Vec<Resource>,
    #[serde(default)]
    build_definition: BuildDefinition,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    #[serde(default)]
    resolved_dependencies: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    uri: String,
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

impl Resource {
    /// `None` without an address, or with one that is too long.
    fn into_material(self) -> Option<Material> {
        let digest = [("sha512", "sha512"), ("sha256", "sha256"), ("sha1", "sha1"), ("gitCommit", "sha1")]
            .iter()
            .find_map(|(key, algorithm)| format!("{algorithm}:{}", self.digest.get(*key)?).parse().ok());
        (!self.uri.is_empty() && self.uri.len() <= MAX_URI).then_some(Material { uri: self.uri, digest })
    }
}
