//! An image of some layers, in each form that tools write
//! (OCI image-spec v1.1: image-layout.md, manifest.md, config.md; `docker save`'s `manifest.json`).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// How layers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// Plain layer tars, bottom first.
#[derive(Debug, Clone, Default)]
pub struct Image {
    layers: Vec<Vec<u8>>,
    instructions: Vec<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    settings: Map<String, Value>,
    architecture: Option<String>,
}

impl Image {
    /// An image of these layers.
    pub fn new(layers: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { layers: layers.into_iter().collect(), ..Self::default() }
    }

    /// With what made the layers, bottom first.
    #[must_use]
    pub fn made_by<'a>(mut self, instructions: impl IntoIterator<Item = &'a str>) -> Self {
        self.instructions = instructions.into_iter().map(str::to_owned).collect();
        self
    }

    /// With a label of the configuration.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With an annotation of the manifest, which only OCI layouts have.
    #[must_use]
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With fields of the configuration's `config`, which replace the usual ones.
    #[must_use]
    pub fn settings(mut self, fields: Map<String, Value>) -> Self {
        self.settings.extend(fields);
        self
    }

    /// For another architecture than amd64.
    #[must_use]
    pub fn architecture(mut self, name: &str) -> Self {
        self.architecture = Some(name.to_owned());
        self
    }

    fn config(&self) -> Vec<u8> {
        let diff_ids: Vec<_> = self.layers.iter().map(|layer| digest(layer)).collect();
        let step = |n: usize| self.instructions.get(n).cloned().unwrap_or_else(|| format!("step {n}"));
        let history: Vec<_> = (0..self.layers.len()).map(|n| json!({"created_by": step(n)})).collect();
        let mut config = json!({"Entrypoint": ["/app/shopd"], "Env": ["PATH=/usr/bin"]});
        if let Some(fields) = config.as_object_mut().filter(|_| !self.labels.is_empty()) {
            fields.insert("Labels".into(), json!(self.labels));
        }
        if let Some(fields) = config.as_object_mut() {
            fields.extend(self.settings.clone());
        }
        json!({
            "architecture": self.architecture.as_deref().unwrap_or("amd64"),
            "os": "linux",
            "created": "2026-01-02T03:04:05Z",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": history,
        })
        .to_string()
        .into_bytes()
    }

    /// Writes what `docker save` writes.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn docker_archive(&self, path: &Path) -> io::Result<()> {
        let config = self.config();
        let name = format!("{}.json", hex(&config));
        let layers: Vec<String> =
            self.layers.iter().map(|layer| format!("{}/layer.tar", hex(layer))).collect();
        let manifest = json!([{"Config": name, "RepoTags": ["example.com/shop:1"], "Layers": layers}]);
        let mut archive = tar::Builder::new(fs::File::create(path)?);
        add(&mut archive, &name, &config)?;
        for (name, layer) in layers.iter().zip(&self.layers) {
            add(&mut archive, name, layer)?;
        }
        add(&mut archive, "manifest.json", manifest.to_string().as_bytes())?;
        archive.into_inner()?.flush()
    }

    /// Writes an OCI image layout as a directory.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn oci_dir(&self, path: &Path, compression: Compression) -> io::Result<()> {
        for (name, bytes) in self.layout(compression)? {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap_or(path))?;
            fs::write(file, bytes)?;
        }
        Ok(())
    }

    /// Writes an OCI image layout as a tar, without entries for directories, as some tools do.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn oci_archive(&self, path: &Path, compression: Compression) -> io::Result<()> {
        let mut archive = tar::Builder::new(fs::File::create(path)?);
        for (name, bytes) in self.layout(compression)? {
            add(&mut archive, &name, &bytes)?;
        }
        archive.into_inner()?.flush()
    }

    fn layout(&self, compression: Compression) -> io::Result<Vec<(String, Vec<u8>)>> {
        let (suffix, mut blobs) = (compression.suffix(), Vec::new());
        let mut layers = Vec::new();
        for layer in &self.layers {
            let stored = compression.compress(layer)?;
            let media = format!("application/vnd.oci.image.layer.v1.tar{suffix}");
            layers.push(descriptor(&media, &stored));
            blobs.push(stored);
        }
        let config = self.config();
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers,
        });
        if let Some(fields) = manifest.as_object_mut().filter(|_| !self.annotations.is_empty()) {
            fields.insert("annotations".into(), json!(self.annotations));
        }
        let manifest = manifest.to_string().into_bytes();
        let mut entry = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
        if let Some(fields) = entry.as_object_mut() {
            fields.insert("annotations".into(), json!({"org.opencontainers.image.ref.name": "1"}));
        }
        let index = json!({"schemaVersion": 2, "manifests": [entry]});
        blobs.extend([config, manifest]);
        let mut files = vec![
            ("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
            ("index.json".to_owned(), index.to_string().into_bytes()),
        ];
        files.extend(blobs.into_iter().map(|blob| (format!("blobs/sha256/{}", hex(&blob)), blob)));
        Ok(files)
    }
}

impl Compression {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => "+gzip",
            Self::Zstd => "+zstd",
        }
    }

    fn compress(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => zstd::encode_all(bytes, 1),
        }
    }
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(bytes), "size": bytes.len()})
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn add(archive: &mut tar::Builder<fs::File>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    archive.append_data(&mut header, name, bytes)
}
