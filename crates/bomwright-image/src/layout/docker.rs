//! Archives of `docker save` and `podman save`: a `manifest.json` that names a configuration and layers
//! (Moby image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format"). Newer ones are an OCI layout
//! as well; `manifest.json` says the same.

use std::collections::BTreeMap;

use bomwright_model::{Diagnostic, Digest};

use super::documents::{Config, DockerManifest, parse};
use super::{FoundImage, FoundLayer, Layout, verify};
use crate::hash::sha256;
use crate::{ImageError, Options};

/// Finds the image in the archive; `reference` is its name or tag where there are several.
pub(crate) fn find(
    layout: &Layout,
    reference: Option<&str>,
    options: &Options,
) -> Result<FoundImage, ImageError> {
    let limits = &options.limits;
    let bytes = layout.read("manifest.json", "manifest.json", limits.manifest_bytes)?;
    let manifests: Vec<DockerManifest> = parse("manifest.json", &bytes)?;
    let (manifest, name) = choose(manifests, reference)?;
    let bytes = layout.read("configuration", &manifest.config, limits.config_bytes)?;
    if let Some(expected) = digest_in(&manifest.config) {
        verify("configuration", &expected, &bytes)?;
    }
    let config: Config = parse("configuration", &bytes)?;
    check_platform(&config, options)?;
    let mut diagnostics = Vec::new();
    let layers = layers(layout, &manifest, &config, options, &mut diagnostics)?;
    let mut image = config.into_image();
    image.config_digest = Some(sha256(&bytes));
    if let Some(name) = name {
        let (repository, tag) = split_name(&name);
        image.repository = Some(repository);
        image.tag = tag;
    }
    Ok(FoundImage { image, layers, diagnostics })
}

/// The manifest that is wanted, and the name by which.
fn choose(
    manifests: Vec<DockerManifest>,
    reference: Option<&str>,
) -> Result<(DockerManifest, Option<String>), ImageError> {
    let available = || manifests.iter().flat_map(|manifest| manifest.repo_tags.iter().cloned()).collect();
    let Some(reference) = reference else {
        if manifests.len() > 1 {
            return Err(ImageError::Ambiguous { available: available() });
        }
        let only = manifests.into_iter().next();
        let only = only.ok_or_else(|| ImageError::Inconsistent("manifest.json lists no image".to_owned()))?;
        let name = only.repo_tags.first().cloned();
        return Ok((only, name));
    };
    let is_meant = |name: &String| name == reference || split_name(name).1.as_deref() == Some(reference);
    let meant: Vec<_> =
        manifests.iter().map(|manifest| manifest.repo_tags.iter().find(|name| is_meant(name))).collect();
    let mut hits =
        meant.iter().enumerate().filter_map(|(index, name)| Some((index, name.as_deref()?.clone())));
    let (Some((index, name)), None) = (hits.next(), hits.next()) else {
        return Err(ImageError::Ambiguous { available: available() });
    };
    let chosen = manifests.into_iter().nth(index);
    let chosen = chosen.ok_or_else(|| ImageError::Inconsistent("manifest.json lists no image".to_owned()))?;
    Ok((chosen, Some(name)))
}

fn layers(
    layout: &Layout,
    manifest: &DockerManifest,
    config: &Config,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<FoundLayer>, ImageError> {
    let diff_ids = &config.rootfs.diff_ids;
    super::check_counts(manifest.layers.len(), diff_ids.len(), &options.limits)?;
    let history = super::history(config, diagnostics);
    let sources: BTreeMap<_, _> =
        manifest.layer_sources.iter().map(|(id, source)| (id.as_str(), source)).collect();
    let mut layers = Vec::new();
    for ((name, diff_id), created_by) in manifest.layers.iter().zip(diff_ids).zip(history) {
        let source = sources.get(diff_id.as_str());
        // Only paths of an OCI layout promise a digest of the stored bytes; elsewhere the name may be anything.
        let digest = if name.starts_with("blobs/") { digest_in(name) } else { None };
        let blob = layout.blob("layer", name)?;
        layers.push(FoundLayer {
            blob,
            digest,
            diff_id: diff_id.clone(),
            media_type: source.map(|source| source.media_type.clone()).filter(|text| !text.is_empty()),
            created_by,
        });
    }
    Ok(layers)
}

/// A docker archive has one platform; asking for another is an error.
fn check_platform(config: &Config, options: &Options) -> Result<(), ImageError> {
    let Some(wanted) = &options.platform else { return Ok(()) };
    let platform = config.platform();
    if platform.distance(wanted).is_some() {
        return Ok(());
    }
    Err(ImageError::Platform { wanted: wanted.clone(), available: vec![platform.to_string()] })
}

/// The SHA-256 that a member's name consists of, as in `blobs/sha256/HEX` or `HEX.json`.
fn digest_in(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next()?;
    let hex = last.strip_suffix(".json").unwrap_or(last);
    format!("sha256:{hex}").parse().ok()
}

/// `example.com:5000/shop:1.2` is the repository `example.com:5000/shop` and the tag `1.2`.
pub(super) fn split_name(name: &str) -> (String, Option<String>) {
    let start = name.rfind('/').map_or(0, |slash| slash + 1);
    match name.get(start..).and_then(|last| last.rsplit_once(':')) {
        Some((_, tag)) => {
            let end = name.len() - tag.len() - 1;
            (name.get(..end).unwrap_or(name).to_owned(), Some(tag.to_owned()))
        }
        None => (name.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_the_tag() {
        let split = |name| split_name(name);
        assert_eq!(split("shop:1.2"), ("shop".to_owned(), Some("1.2".to_owned())));
        assert_eq!(split("example.com:5000/shop"), ("example.com:5000/shop".to_owned(), None));
        assert_eq!(
            split("example.com:5000/team/shop:1"),
            ("example.com:5000/team/shop".to_owned(), Some("1".to_owned()))
        );
    }

    #[test]
    fn names_that_are_digests() {
        let hex = "0".repeat(64);
        assert!(digest_in(&format!("blobs/sha256/{hex}")).is_some());
        assert!(digest_in(&format!("{hex}.json")).is_some());
        assert!(digest_in("config.json").is_none());
    }
}
