//! Images made by hand, and a visitor that remembers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use bomwright_image::{
    Entry, ImageError, MergedTree, OpenImage, Options, Reading, SourceSpec, Take, Visitor, merge, open,
};
use bomwright_model::LayerId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Remembers all content, and asks for hard links with this file name.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) content: BTreeMap<String, Vec<u8>>,
    pub(crate) heads: BTreeMap<String, Vec<u8>>,
    /// Files whose digest came with the content.
    pub(crate) hashed: BTreeSet<String>,
    pub(crate) skipped: Option<&'static str>,
    pub(crate) wanted_link: Option<&'static str>,
    pub(crate) limit: Option<u64>,
}

impl Visitor for Memory {
    fn regular(&mut self, entry: &Entry<'_>, head: &[u8]) -> Take {
        self.heads.insert(entry.path.to_owned(), head.to_vec());
        if self.skipped == Some(entry.path) {
            return Take::Skip;
        }
        Take::Capture { limit: self.limit.unwrap_or(1 << 30), sha256: true }
    }

    fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        assert_eq!(entry.size, bytes.len() as u64);
        if let Some(digest) = entry.sha256 {
            assert_eq!(digest[..], Sha256::digest(bytes)[..], "{}", entry.path);
            self.hashed.insert(entry.path.to_owned());
        }
        self.content.insert(entry.path.to_owned(), bytes.to_vec());
    }

    fn hard_link(&mut self, entry: &Entry<'_>, _: &str) -> bool {
        self.wanted_link == Some(entry.path)
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    bomwright_model::Digest::from_bytes("sha256", &Sha256::digest(bytes)).to_string()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar of these files; names that end in a slash are directories, content after `->` makes a link.
pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o644);
        header.set_mtime(1);
        if let Some(target) = content.strip_prefix(b"->") {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            builder.append_link(&mut header, name, str::from_utf8(target).unwrap()).unwrap();
        } else if let Some(target) = content.strip_prefix(b"=>") {
            header.set_entry_type(tar::EntryType::Link);
            header.set_size(0);
            builder.append_link(&mut header, name, str::from_utf8(target).unwrap()).unwrap();
        } else {
            header.set_entry_type(if name.ends_with('/') {
                tar::EntryType::Directory
            } else {
                tar::EntryType::Regular
            });
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, *content).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// Blobs by digest, as they go into an OCI layout.
#[derive(Default)]
pub(crate) struct Blobs(pub(crate) BTreeMap<String, Vec<u8>>);

impl Blobs {
    /// Adds bytes; returns their descriptor.
    pub(crate) fn add(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = sha256(&bytes);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": bytes.len()});
        self.0.insert(digest, bytes);
        descriptor
    }

    pub(crate) fn add_json(&mut self, media_type: &str, value: &Value) -> Value {
        self.add(media_type, serde_json::to_vec(value).unwrap())
    }

    /// Adds an image of these layers, given as (media type, stored, uncompressed); returns its descriptor.
    pub(crate) fn image(&mut self, platform: &str, layers: &[(&str, Vec<u8>, &[u8])]) -> Value {
        let (os, architecture) = platform.split_once('/').unwrap();
        let diff_ids: Vec<_> = layers.iter().map(|(_, _, tar)| sha256(tar)).collect();
        let made = (0..layers.len()).map(|n| json!({"created_by": format!("RUN step {n}")}));
        let unmade = json!({"created_by": "ENV A=b", "empty_layer": true});
        let history: Vec<_> = std::iter::once(unmade).chain(made).collect();
        let config = json!({
            "os": os, "architecture": architecture, "created": "2026-01-02T03:04:05Z",
            "config": {"Env": ["A=b"], "Cmd": ["sh"], "Entrypoint": null, "Labels": null, "ExposedPorts": {"80/tcp": {}}},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": history,
        });
        let config = self.add_json("application/vnd.oci.image.config.v1+json", &config);
        let layers: Vec<_> = layers.iter().map(|(kind, stored, _)| self.add(kind, stored.clone())).collect();
        let manifest =
            json!({"schemaVersion": 2, "config": config, "layers": layers, "annotations": {"k": "v"}});
        self.add_json("application/vnd.oci.image.manifest.v1+json", &manifest)
    }

    /// Writes an OCI layout whose index lists these manifests.
    pub(crate) fn write(&self, root: &Path, manifests: &[Value]) {
        std::fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        std::fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        std::fs::write(root.join("index.json"), serde_json::to_vec(&index).unwrap()).unwrap();
        for (digest, bytes) in &self.0 {
            std::fs::write(root.join("blobs").join(digest.replace(':', "/")), bytes).unwrap();
        }
    }
}

pub(crate) const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
pub(crate) const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
pub(crate) const PLAIN: &str = "application/vnd.oci.image.layer.v1.tar";

/// A descriptor with a platform.
pub(crate) fn on(mut descriptor: Value, os: &str, architecture: &str) -> Value {
    descriptor["platform"] = json!({"os": os, "architecture": architecture});
    descriptor
}

/// A descriptor with an annotation.
pub(crate) fn annotated(mut descriptor: Value, key: &str, value: &str) -> Value {
    descriptor["annotations"][key] = value.into();
    descriptor
}

pub(crate) fn open_path(path: &Path) -> Result<OpenImage, ImageError> {
    open(&SourceSpec::parse(path.to_str().unwrap()), &Options::default())
}

/// Without facts.
pub(crate) fn piped(pipelined: bool) -> Reading {
    Reading { pipelined, facts: false }
}

/// Reads all layers, each in both ways, which must agree.
pub(crate) fn read(image: &OpenImage) -> Result<(MergedTree, Memory), ImageError> {
    let mut trees = Vec::new();
    let mut memory = Memory::default();
    for (index, _) in (0..).zip(image.layers()) {
        let mut alone = Memory::default();
        let mut beside = Memory::default();
        let with_facts = Reading { pipelined: true, facts: true };
        let one = image.read_layer(LayerId(index), piped(false), &(), &mut alone)?;
        let two = image.read_layer(LayerId(index), with_facts, &(), &mut beside)?;
        assert_eq!(alone.content, beside.content);
        assert_eq!(one.len(), two.len());
        memory.content.extend(alone.content);
        trees.push(one);
    }
    Ok((merge(trees, image.limits()), memory))
}

pub(crate) fn paths(tree: &MergedTree) -> Vec<String> {
    tree.iter().map(|(path, _)| path).collect()
}
