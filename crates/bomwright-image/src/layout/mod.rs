//! Where blobs and documents of an image lie: in a directory or as members of an archive.

mod archive;
mod blob;
pub(crate) mod docker;
mod documents;
pub(crate) mod oci;
mod provenance;

use std::path::{Path, PathBuf};

use bomwright_model::{Diagnostic, Digest, Image};

pub(crate) use archive::{Archive, ArchiveKind, guess, recognise};
pub(crate) use blob::{Blob, BlobReader};

use crate::{ImageError, Limits};

/// An image whose manifest and configuration were read and verified.
#[derive(Debug)]
pub(crate) struct FoundImage {
    pub(crate) image: Image,
    pub(crate) layers: Vec<FoundLayer>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A layer that the manifest lists.
#[derive(Debug)]
pub(crate) struct FoundLayer {
    pub(crate) blob: Blob,
    /// Digest of the stored bytes, where the image has one.
    pub(crate) digest: Option<Digest>,
    pub(crate) diff_id: Digest,
    pub(crate) media_type: Option<String>,
    pub(crate) created_by: Option<String>,
}

/// Named files: those of a directory, or the members of a tar.
#[derive(Debug)]
pub(crate) enum Layout {
    Directory(PathBuf),
    Archive(Archive),
}

impl Layout {
    /// The file with this name, whose components are separated by slashes.
    pub(crate) fn blob(&self, what: &'static str, name: &str) -> Result<Blob, ImageError> {
        let missing = || ImageError::Missing { what, name: name.to_owned() };
        match self {
            Self::Directory(root) => {
                let is_inside = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
                let path = root.join(name);
                match std::fs::metadata(&path) {
                    _ if !is_inside => Err(missing()),
                    Ok(found) if found.is_file() => Ok(Blob::file(path, found.len())),
                    Ok(_) => Err(missing()),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing()),
                    Err(error) => Err(ImageError::io(path, error)),
                }
            }
            Self::Archive(archive) => archive.blob(name).ok_or_else(missing),
        }
    }

    /// The whole file, if it has no more than `limit` bytes.
    pub(crate) fn read(&self, what: &'static str, name: &str, limit: u64) -> Result<Vec<u8>, ImageError> {
        let blob = self.blob(what, name)?;
        if blob.size > limit {
            return Err(ImageError::Limit { what: format!("the size of the {what}"), limit });
        }
        let mut reader = blob.open()?;
        let mut bytes = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = reader.read(&mut buffer)?;
            if count == 0 {
                return Ok(bytes);
            }
            bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
    }

    /// The blob with this digest (OCI image-spec, image-layout.md, "Blobs").
    pub(crate) fn blob_by_digest(&self, what: &'static str, digest: &Digest) -> Result<Blob, ImageError> {
        self.blob(what, &blob_name(digest))
    }

    /// A document, verified.
    pub(crate) fn document(
        &self,
        what: &'static str,
        descriptor: &documents::Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, ImageError> {
        let digest = &descriptor.digest;
        let bytes = self.read(what, &blob_name(digest), limit)?;
        if let Some(expected) = descriptor.size.filter(|&size| size != bytes.len() as u64) {
            return Err(ImageError::SizeMismatch {
                what: what.to_owned(),
                expected,
                actual: bytes.len() as u64,
            });
        }
        verify(what, digest, &bytes)?;
        Ok(bytes)
    }
}

/// Fails unless `bytes` have the digest.
pub(crate) fn verify(what: &str, expected: &Digest, bytes: &[u8]) -> Result<(), ImageError> {
    let mut hasher = crate::hash::Hasher::like(expected).ok_or_else(|| {
        ImageError::Unsupported(format!("the digest algorithm {} of the {what}", expected.algorithm()))
    })?;
    hasher.update(bytes);
    let actual = hasher.finish();
    if actual == *expected {
        return Ok(());
    }
    let (expected, actual) = (expected.to_string(), actual.to_string());
    Err(ImageError::DigestMismatch { what: what.to_owned(), expected, actual })
}

/// Opens the archive at `path` as a layout.
pub(crate) fn open_archive(path: &Path, limits: &Limits) -> Result<Layout, ImageError> {
    Archive::open(path, limits).map(Layout::Archive)
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}

/// A manifest must list one layer for each diff id, and not too many.
fn check_counts(layers: usize, diff_ids: usize, limits: &Limits) -> Result<(), ImageError> {
    if layers != diff_ids {
        let message = format!("the manifest lists {layers} layers, the configuration {diff_ids} diff ids");
        return Err(ImageError::Inconsistent(message));
    }
    if layers > limits.layers {
        let what = "the number of layers".to_owned();
        return Err(ImageError::Limit { what, limit: limits.layers as u64 });
    }
    Ok(())
}

/// The instruction that made each layer, as long as the list of layers.
fn history(config: &documents::Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Option<String>> {
    documents::history_of(config).unwrap_or_else(|| {
        if config.has_history() {
            let message = "the history has not one entry for each layer; layers have no instruction";
            diagnostics.push(Diagnostic::new(bomwright_model::Code::InconsistentImage, message));
        }
        vec![None; config.rootfs.diff_ids.len()]
    })
}
