//! How the root of an inventory is presented: the image or directory as a thing with a name and a version.

use bomwright_model::{Digest, Image, Inventory, Purl, SourceKind};

/// What the root is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RootKind {
    Container,
    Application,
    File,
}

/// The kind of the root of `inventory`.
pub(crate) fn kind(inventory: &Inventory) -> RootKind {
    match inventory.source.kind {
        _ if inventory.image.is_some() => RootKind::Container,
        SourceKind::File => RootKind::File,
        _ => RootKind::Application,
    }
}

/// Repository, else the name that the user gave. Never empty.
pub(crate) fn name(inventory: &Inventory) -> &str {
    let repository = inventory.image.as_ref().and_then(|image| image.repository.as_deref());
    let name = repository.unwrap_or(&inventory.source.name);
    if name.is_empty() { "unnamed" } else { name }
}

/// Tag, else digest.
pub(crate) fn version(image: &Image) -> Option<&str> {
    let digest = image.digest.as_ref().or(image.config_digest.as_ref()).map(Digest::as_str);
    image.tag.as_deref().or(digest)
}

/// Who supplies the image: who the team says, else who the image's own label says
/// (OCI image-spec v1.1, annotations.md).
pub(crate) fn supplier(inventory: &Inventory) -> Option<&str> {
    inventory.declared.supplier.as_deref().or_else(|| label(inventory, "org.opencontainers.image.vendor"))
}

/// The licence of what the image holds as a whole, in the same way.
pub(crate) fn license(inventory: &Inventory) -> Option<&str> {
    inventory.declared.license.as_deref().or_else(|| label(inventory, "org.opencontainers.image.licenses"))
}

fn label<'a>(inventory: &'a Inventory, key: &str) -> Option<&'a str> {
    let text = inventory.image.as_ref()?.labels.get(key)?.trim();
    (!text.is_empty()).then_some(text)
}

/// The image's purl (purl-spec, types-doc/oci-definition.md), which needs the digest of the manifest.
pub(crate) fn purl(image: &Image) -> Option<Purl> {
    let repository = image.repository.as_deref()?;
    let base = repository.rsplit('/').next()?.to_lowercase();
    let qualifiers = [
        ("arch", image.architecture.as_str()),
        ("repository_url", repository),
        ("tag", image.tag.as_deref().unwrap_or_default()),
    ];
    Purl::build("oci", None, &base, image.digest.as_ref()?.as_str(), &qualifiers, None).ok()
}
