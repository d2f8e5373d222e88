//! OCI image layouts (image-spec v1.1, image-layout.md): an `index.json` that leads to manifests, maybe
//! through further indexes, one for each platform and tag.

use bomwright_model::{Diagnostic, Digest};

use super::docker::split_name;
use super::documents::{Config, Descriptor, Manifest, PlatformDocument, parse};
use super::{FoundImage, FoundLayer, Layout, provenance};
use crate::{ImageError, Options, Platform};

/// The tag, or the whole name.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The whole name, as containerd and BuildKit write it.
const IMAGE_NAME: &str = "io.containerd.image.name";

/// A manifest that an index leads to.
struct Candidate {
    digest: Digest,
    /// The name by which the outermost index lists it.
    name: Option<String>,
    platform: Platform,
    manifest: Manifest,
    /// Digest, configuration and its bytes' digest.
    config: Config,
    config_digest: Digest,
}

/// Finds the image in the layout for the wanted platform; `reference` is its name or tag.
pub(crate) fn find(
    layout: &Layout,
    reference: Option<&str>,
    options: &Options,
) -> Result<FoundImage, ImageError> {
    let bytes = layout.read("index.json", "index.json", options.limits.manifest_bytes)?;
    let index: Manifest = parse("index.json", &bytes)?;
    let mut search =
        Search { layout, options, found: Vec::new(), attached: Vec::new(), seen: 0, artifact: None };
    for descriptor in &index.manifests {
        let name = name_of(descriptor);
        if reference.is_none_or(|reference| is_meant(name.as_deref(), &descriptor.digest, reference)) {
            search.visit(descriptor, name.as_deref(), 0)?;
        }
    }
    if search.found.is_empty() {
        if let Some(kind) = search.artifact {
            return Err(ImageError::Unsupported(format!("an artifact of type {kind}, which is no image,")));
        }
        let available: Vec<_> = index.manifests.iter().filter_map(name_of).collect();
        return Err(match reference {
            Some(_) if !available.is_empty() => ImageError::Ambiguous { available },
            Some(name) => ImageError::Missing { what: "image", name: name.to_owned() },
            None => ImageError::Inconsistent("index.json leads to no image".to_owned()),
        });
    }
    choose(search.found, options)?.into_image(layout, &search.attached, options)
}

/// Collects candidates.
struct Search<'a> {
    layout: &'a Layout,
    options: &'a Options,
    found: Vec<Candidate>,
    /// Signatures, attestations and the like; no more than there are manifests.
    attached: Vec<Descriptor>,
    seen: usize,
    /// The configuration type of something that is no image.
    artifact: Option<String>,
}

impl Search<'_> {
    fn visit(&mut self, descriptor: &Descriptor, name: Option<&str>, depth: usize) -> Result<(), ImageError> {
        let limits = &self.options.limits;
        self.seen += 1;
        if self.seen > limits.manifests || depth > limits.index_depth {
            let limit = if depth > limits.index_depth { limits.index_depth } else { limits.manifests };
            let what = "the number or nesting of manifests in the index".to_owned();
            return Err(ImageError::Limit { what, limit: limit as u64 });
        }
        if descriptor.is_attachment() {
            self.attached.push(descriptor.clone());
            return Ok(());
        }
        if self.found.iter().any(|known| known.digest == descriptor.digest) {
            return Ok(());
        }
        // A multi-platform index may have been copied with one platform only.
        let is_wanted = |platform: &Platform| {
            self.options.platform.as_ref().is_none_or(|wanted| platform.distance(wanted).is_some())
        };
        let platform = descriptor.platform.as_ref().map(PlatformDocument::to_platform);
        let document = self.layout.document("manifest", descriptor, limits.manifest_bytes);
        let bytes = match (document, &platform) {
            (Err(ImageError::Missing { .. }), Some(platform)) if depth > 0 && !is_wanted(platform) => {
                return Ok(());
            }
            (Err(ImageError::Missing { .. }), Some(_)) if depth > 0 && self.options.platform.is_none() => {
                return Ok(());
            }
            (document, _) => document?,
        };
        let manifest: Manifest = parse("manifest", &bytes)?;
        if manifest.fs_layers.is_some() {
            return Err(ImageError::Unsupported("a manifest of schema version 1".to_owned()));
        }
        if descriptor.is_index() || (manifest.config.is_none() && !manifest.manifests.is_empty()) {
            for inner in &manifest.manifests {
                self.visit(inner, name, depth + 1)?;
            }
            return Ok(());
        }
        self.manifest(descriptor, name, platform, manifest)
    }

    fn manifest(
        &mut self,
        descriptor: &Descriptor,
        name: Option<&str>,
        platform: Option<Platform>,
        manifest: Manifest,
    ) -> Result<(), ImageError> {
        let Some(config) = &manifest.config else {
            return Err(ImageError::Inconsistent(format!(
                "the manifest {} has no configuration",
                descriptor.digest
            )));
        };
        if !config.is_image_config() {
            self.artifact = Some(config.media_type.clone());
            return Ok(());
        }
        let bytes = self.layout.document("configuration", config, self.options.limits.config_bytes)?;
        let config_digest = config.digest.clone();
        let config: Config = parse("configuration", &bytes)?;
        let platform = platform.unwrap_or_else(|| config.platform());
        let (digest, name) = (descriptor.digest.clone(), name.map(str::to_owned));
        self.found.push(Candidate { digest, name, platform, manifest, config, config_digest });
        Ok(())
    }
}

/// The candidate for the platform: the wanted one, else `linux/amd64`, else the only one.
fn choose(mut found: Vec<Candidate>, options: &Options) -> Result<Candidate, ImageError> {
    let available = |found: &[Candidate]| {
        let mut names = Vec::new();
        for candidate in found {
            let platform = candidate.platform.to_string();
            if !names.contains(&platform) {
                names.push(platform);
            }
        }
        names
    };
    if found.len() == 1 && options.platform.is_none() {
        return found.pop().ok_or_else(|| ImageError::Inconsistent("no image".to_owned()));
    }
    let wanted = options.platform.clone().unwrap_or_default();
    let best = found.iter().filter_map(|candidate| candidate.platform.distance(&wanted)).min();
    let Some(best) = best else {
        return Err(ImageError::Platform { wanted, available: available(&found) });
    };
    found.retain(|candidate| candidate.platform.distance(&wanted) == Some(best));
    if found.len() > 1 {
        let name =
            |candidate: &Candidate| candidate.name.clone().unwrap_or_else(|| candidate.digest.to_string());
        return Err(ImageError::Ambiguous { available: found.iter().map(name).collect() });
    }
    found.pop().ok_or_else(|| ImageError::Inconsistent("no image".to_owned()))
}

impl Candidate {
    fn into_image(
        self,
        layout: &Layout,
        attached: &[Descriptor],
        options: &Options,
    ) -> Result<FoundImage, ImageError> {
        let mut diagnostics = Vec::new();
        let layers = self.layers(layout, options, &mut diagnostics)?;
        let mut image = self.config.into_image();
        image.provenance =
            provenance::read(layout, attached, &self.digest, &options.limits, &mut diagnostics);
        image.digest = Some(self.digest);
        image.config_digest = Some(self.config_digest);
        image.annotations = self.manifest.annotations;
        if let Some(name) = self.name {
            // A bare ref name is a tag; a whole name has a slash or a tag of its own.
            if name.contains(['/', ':']) {
                let (repository, tag) = split_name(&name);
                (image.repository, image.tag) = (Some(repository), tag);
            } else {
                image.tag = Some(name);
            }
        }
        Ok(FoundImage { image, layers, diagnostics })
    }

    fn layers(
        &self,
        layout: &Layout,
        options: &Options,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<FoundLayer>, ImageError> {
        let diff_ids = &self.config.rootfs.diff_ids;
        super::check_counts(self.manifest.layers.len(), diff_ids.len(), &options.limits)?;
        let history = super::history(&self.config, diagnostics);
        let mut layers = Vec::new();
        for ((descriptor, diff_id), created_by) in self.manifest.layers.iter().zip(diff_ids).zip(history) {
            let blob = layout.blob_by_digest("layer", &descriptor.digest)?;
            if let Some(expected) = descriptor.size.filter(|&size| size != blob.size) {
                let what = format!("layer {}", descriptor.digest);
                return Err(ImageError::SizeMismatch { what, expected, actual: blob.size });
            }
            layers.push(FoundLayer {
                blob,
                digest: Some(descriptor.digest.clone()),
                diff_id: diff_id.clone(),
                media_type: Some(descriptor.media_type.clone()).filter(|text| !text.is_empty()),
                created_by,
            });
        }
        Ok(layers)
    }
}

fn name_of(descriptor: &Descriptor) -> Option<String> {
    let annotations = &descriptor.annotations;
    annotations.get(IMAGE_NAME).or_else(|| annotations.get(REF_NAME)).cloned()
}

fn is_meant(name: Option<&str>, digest: &Digest, reference: &str) -> bool {
    digest.as_str() == reference
        || name.is_some_and(|name| name == reference || split_name(name).1.as_deref() == Some(reference))
}
