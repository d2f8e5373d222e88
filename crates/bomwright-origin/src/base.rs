//! Which image an image was built on, without asking a registry.
//!
//! Four kinds of evidence, the strong ones first. Layers that a known image has too can't be talked away. What the
//! manifest's annotations or an attached provenance say is a claim of whoever built the image. A label may be
//! inherited from the base itself, and a history is a guess. A squashed image shows nothing, and then nothing is
//! said. (OCI image-spec v1.1, annotations.md; OCI chain of diff ids, config.md.)

use std::collections::BTreeMap;

use bomwright_model::{Confidence, Digest, Image, Layer, Material, Reason};

use crate::instruction::after_nop;

/// Keys that name the base: the specification's, and one that other tools use. Name and digest.
const KEYS: &[(&str, &str)] = &[
    ("org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"),
    ("image.base.ref.name", "image.base.digest"),
];
/// The tar without entries: Docker's layer for instructions that changed nothing.
const EMPTY_TAR: &str = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/// An image that the user says may be the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// What the user calls it.
    pub name: String,
    /// Digest of its manifest, where it has one.
    pub digest: Option<Digest>,
    /// Its layers, bottom first.
    pub layers: Vec<Layer>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// What says that something is the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// The same layers, bottom first.
    LayerPrefix,
    /// Annotations of the manifest.
    Annotation,
    /// An attached provenance statement.
    Provenance,
    /// Labels of the configuration.
    Label,
    /// The shape of the history.
    History,
}

impl Method {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LayerPrefix => "layer-prefix",
            Self::Annotation => "annotation",
            Self::Provenance => "provenance",
            Self::Label => "label",
            Self::History => "history",
        }
    }
}

/// A possible base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its name, where something names it.
    pub name: Option<String>,
    /// The digest of its manifest or index, where something gives it.
    pub digest: Option<Digest>,
    /// What says so.
    pub method: Method,
    /// How sure that is.
    pub confidence: Confidence,
    /// How many of the image's layers, counted from the bottom, belong to it; `None` when nothing tells.
    pub layers: Option<usize>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Every base of the image that something speaks for, the surest first. `layers` are the image's.
pub fn find_bases(image: &Image, layers: &[Layer], candidates: &[Candidate]) -> Vec<Base> {
    let mut found: Vec<_> =
        candidates.iter().filter_map(|candidate| shared_layers(layers, candidate)).collect();
    found.extend(annotations(image, layers, candidates));
    found.extend(provenance(&image.provenance));
    found.extend(labels(image, candidates));
    found.extend(history(image, layers.len()));
    // A stable sort: what is equal stays in the order in which it was asked for.
    found.sort_by_key(|base| {
        let layers = std::cmp::Reverse(base.layers.unwrap_or_default());
        (std::cmp::Reverse(base.confidence), base.method, layers)
    });
    found
}

/// How many of the image's layers, counted from the bottom, are the base's by the word of whatever is more than a
/// guess. `bases` are what [`find_bases`] gave.
pub fn base_layers(bases: &[Base]) -> Option<usize> {
    bases.iter().filter(|base| base.confidence >= Confidence::Medium).find_map(|base| base.layers)
}

fn reason(rule: &str, detail: String) -> Vec<Reason> {
    vec![Reason { rule: rule.to_owned(), detail, evidence: None }]
}

/// The layers that the image and `candidate` have in common at the bottom.
fn shared_layers(layers: &[Layer], candidate: &Candidate) -> Option<Base> {
    let (shared, by) = [by_diff_id(layers, candidate), by_digest(layers, candidate)].into_iter().max()?;
    let own = candidate.layers.len();
    let empty = |layer: &Layer| layer.diff_id.as_ref().is_some_and(|digest| digest.as_str() == EMPTY_TAR);
    if layers.iter().take(shared).all(empty) {
        return None;
    }
    let (confidence, detail) = if shared == own {
        (Confidence::High, format!("its {own} layers are the first {own} of {} by {by}", layers.len()))
    } else {
        (Confidence::Medium, format!("shares {shared} of {own} layers by {by}"))
    };
    Some(Base {
        name: Some(candidate.name.clone()),
        digest: candidate.digest.clone(),
        method: Method::LayerPrefix,
        confidence,
        layers: Some(shared),
        reasons: reason("base-layer-prefix", detail),
    })
}

/// Diff ids say what is in a layer, however it is compressed.
fn by_diff_id(layers: &[Layer], candidate: &Candidate) -> (usize, &'static str) {
    (common(layers, &candidate.layers, |layer| layer.diff_id.as_ref()), "diff id")
}

/// Digests of the stored bytes, for where no diff ids are known.
fn by_digest(layers: &[Layer], candidate: &Candidate) -> (usize, &'static str) {
    (common(layers, &candidate.layers, |layer| layer.digest.as_ref()), "compressed digest")
}

fn common(one: &[Layer], other: &[Layer], key: impl Fn(&Layer) -> Option<&Digest>) -> usize {
    let same = |(a, b): &(&Layer, &Layer)| key(a).is_some_and(|digest| key(b) == Some(digest));
    one.iter().zip(other).take_while(same).count()
}

/// Name and digest below the keys of [`KEYS`].
fn named(map: &BTreeMap<String, String>) -> Option<(Option<String>, Option<Digest>)> {
    KEYS.iter().find_map(|(name, digest)| {
        let name = map.get(*name).filter(|name| !name.is_empty()).cloned();
        let digest = map.get(*digest).and_then(|digest| digest.parse().ok());
        (name.is_some() || digest.is_some()).then_some((name, digest))
    })
}

/// Annotations belong to this manifest; builders do not inherit them.
fn annotations(image: &Image, layers: &[Layer], candidates: &[Candidate]) -> Option<Base> {
    let (name, digest) = named(&image.annotations)?;
    let mut base = Base {
        layers: None,
        method: Method::Annotation,
        confidence: Confidence::Medium,
        reasons: reason("base-annotation", "the manifest's annotations name it".to_owned()),
        name,
        digest,
    };
    confirm(&mut base, layers, candidates);
    Some(base)
}

/// What the layers of the candidate with the same digest say about a claim.
fn confirm(base: &mut Base, layers: &[Layer], candidates: &[Candidate]) {
    let Some(digest) = &base.digest else { return };
    let Some(known) = candidates.iter().find(|candidate| candidate.digest.as_ref() == Some(digest)) else {
        return;
    };
    let (shared, own) = (shared_layers(layers, known).and_then(|base| base.layers), known.layers.len());
    if shared == Some(own) {
        base.layers = shared;
        let detail = format!("{} has that digest, and its layers are the image's first", known.name);
        base.reasons.extend(reason("base-confirmed", detail));
    } else {
        base.confidence = Confidence::Low;
        let detail = format!("{} has that digest, but its layers are not the image's first", known.name);
        base.reasons.extend(reason("base-contradicted", detail));
    }
}

/// Labels go from an image to those built on it, so one that a candidate has too says nothing about this image.
fn labels(image: &Image, candidates: &[Candidate]) -> Option<Base> {
    let (name, digest) = named(&image.labels)?;
    let inherited =
        candidates.iter().any(|candidate| named(&candidate.labels) == Some((name.clone(), digest.clone())));
    if inherited {
        return None;
    }
    let detail = "a label names it; labels are inherited, so this may be the base of the base".to_owned();
    Some(Base {
        name,
        digest,
        method: Method::Label,
        confidence: Confidence::Low,
        layers: None,
        reasons: reason("base-label", detail),
    })
}

/// The images among the materials. Builder front ends and scanners of `BuildKit` are no base.
fn provenance(materials: &[Material]) -> Vec<Base> {
    let images: Vec<_> =
        materials.iter().filter_map(|material| Some((image_name(&material.uri)?, material))).collect();
    let count = images.len();
    let (confidence, detail) = match count {
        1 => {
            (Confidence::Medium, "the attached provenance names it as the only image of the build".to_owned())
        }
        _ => (
            Confidence::Low,
            format!("the attached provenance names it as one of {count} images of the build"),
        ),
    };
    images
        .into_iter()
        .map(|(name, material)| Base {
            name: Some(name),
            digest: material.digest.clone(),
            method: Method::Provenance,
            confidence,
            layers: None,
            reasons: reason("base-provenance", detail.clone()),
        })
        .collect()
}

/// Helpers of builds, as `BuildKit` names them.
const BUILD_HELPERS: &[&str] = &["docker/dockerfile", "docker/buildkit-syft-scanner", "tonistiigi/binfmt"];

/// The name of the image that a material is, e.g. `debian:bookworm`; `None` for what is no image.
fn image_name(uri: &str) -> Option<String> {
    let rest =
        ["pkg:docker/", "pkg:oci/", "docker-image://"].iter().find_map(|scheme| uri.strip_prefix(scheme))?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    // A version of a purl follows after @; so does the digest of an address that has a tag already.
    let (name, version) = rest.split_once('@').map_or((rest, None), |(name, version)| (name, Some(version)));
    let plain = name.strip_prefix("docker.io/").unwrap_or(name);
    let plain = plain.split(':').next().unwrap_or_default();
    let is_helper =
        BUILD_HELPERS.iter().any(|helper| plain == *helper || plain.starts_with(&format!("{helper}-")));
    let version = version.filter(|version| !version.is_empty() && !version.starts_with("sha256"));
    let name = version.map_or_else(|| name.to_owned(), |version| format!("{name}:{version}"));
    (!is_helper && !name.is_empty()).then(|| name.replace("%2F", "/").replace("%3A", ":"))
}

/// The end of the base in the history: the last `CMD` or `ENTRYPOINT` below the top layers, as images end with
/// one and those built on them add layers above it; else the layer of a root file system.
fn history(image: &Image, layers: usize) -> Option<Base> {
    let steps = &image.history;
    let made = |end: usize| steps.iter().take(end + 1).filter(|entry| !entry.empty_layer).count();
    let text =
        |index: usize| steps.get(index).and_then(|entry| entry.created_by.as_deref()).unwrap_or_default();
    let top = steps.iter().rposition(|entry| !entry.empty_layer)?;
    let ends = |word: &str| (0..top).rev().find(|&index| is_setting(text(index), word) && made(index) > 0);
    let first = steps.iter().position(|entry| !entry.empty_layer)?;
    let (end, detail) = if let Some(end) = ends("CMD").or_else(|| ends("ENTRYPOINT")) {
        (end, format!("step {} of the history sets a command, and layers follow", end + 1))
    } else if first < top && is_root_filesystem(text(first)) {
        (first, "the first layer of the history is a root file system".to_owned())
    } else {
        return None;
    };
    // One that does not fit the layers is of another image.
    let count = made(end);
    if made(top) != layers || count >= layers {
        return None;
    }
    Some(Base {
        name: steps.iter().take(end + 1).find_map(|entry| named_by_step(entry.created_by.as_deref()?)),
        digest: None,
        method: Method::History,
        confidence: Confidence::Low,
        layers: Some(count),
        reasons: reason("base-history", detail),
    })
}

/// Whether the step sets `word`, in the classic builder's or `BuildKit`'s form.
fn is_setting(step: &str, word: &str) -> bool {
    let step = after_nop(step).unwrap_or(step);
    step.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '[']))
}

/// Whether the step brings a whole root file system: `ADD file:… in /`, `ADD rootfs.tar.xz /`, debuerreotype's
/// `# debian.sh`, Alpine's mini root.
fn is_root_filesystem(step: &str) -> bool {
    let step = after_nop(step).unwrap_or(step).trim().trim_end_matches("# buildkit").trim();
    let added = step.strip_prefix("ADD ").or_else(|| step.strip_prefix("COPY "));
    let whole = added.is_some_and(|rest| {
        let (source, target) = rest.trim_end().rsplit_once(' ').unwrap_or((rest, ""));
        target == "/" && (step.starts_with("ADD ") || source.contains("rootfs"))
    });
    whole || step.starts_with("# debian.sh")
}

/// The name that a step of a distribution's image tells: debuerreotype's suite, Alpine's version.
fn named_by_step(step: &str) -> Option<String> {
    if let Some(rest) = step.strip_prefix("# debian.sh ") {
        let mut words = rest.split_ascii_whitespace().skip_while(|word| *word != "out/").skip(1);
        return words.next().map(|suite| format!("debian:{}", suite.trim_matches('\'')));
    }
    let (_, rest) = step.split_once("alpine-minirootfs-")?;
    let version =
        rest.split('-').next().filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(format!("alpine:{version}"))
}

#[cfg(test)]
mod tests;
