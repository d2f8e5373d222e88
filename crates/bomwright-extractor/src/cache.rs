//! Results of layers, kept on disk by digest.
//!
//! One file for each layer below the cache directory. A file is written beside its final name and renamed
//! into place, so that any number of processes may share the directory; it carries a checksum, and a file
//! that does not match is made anew. What is least recently used goes first when the directory outgrows its
//! bound. The key holds the identity of the running program, because what a layer yields depends on it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bomwright_model::Digest;
use sha2::{Digest as _, Sha256};

use crate::layer::LayerFacts;

/// A directory of cached layer results.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
    /// Bytes that the directory may hold.
    bound: u64,
    /// What identifies the running program and its settings.
    program: String,
}

/// What a cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Number of cached layers.
    pub layers: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

const SUFFIX: &str = "layer";
const CHECKSUM: usize = 32;

impl Cache {
    /// A cache in `directory` (which need not exist yet) of at most `bound` bytes. `settings` are the
    /// settings on which a layer's result depends, in any spelling that changes when they do.
    pub fn new(directory: PathBuf, bound: u64, settings: &str) -> Self {
        Self { directory, bound, program: format!("{} {settings}", program_identity()) }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// How much it holds.
    pub fn usage(&self) -> io::Result<Usage> {
        let files = self.files()?;
        Ok(Usage { layers: files.len() as u64, bytes: files.iter().map(|file| file.bytes).sum() })
    }

    /// Removes every cached layer; what else lies in the directory stays. Returns what was freed.
    pub fn clear(&self) -> io::Result<Usage> {
        let files = self.files()?;
        let mut freed = Usage::default();
        for file in files {
            fs::remove_file(&file.path)?;
            freed.layers += 1;
            freed.bytes += file.bytes;
        }
        Ok(freed)
    }

    /// Whether there is a result for the layer `diff_id`, intact or not.
    pub(crate) fn has(&self, diff_id: &Digest) -> bool {
        self.path(diff_id).is_file()
    }

    /// The result for the layer `diff_id`, if an intact one is there.
    pub(crate) fn load(&self, diff_id: &Digest) -> Option<LayerFacts> {
        let path = self.path(diff_id);
        let bytes = fs::read(&path).ok()?;
        let (checksum, body) = bytes.split_at_checked(CHECKSUM)?;
        if Sha256::digest(body).as_slice() != checksum {
            return None;
        }
        // A failure to mark the use only makes the entry go earlier.
        let _ = fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(SystemTime::now()));
        postcard::from_bytes(body).ok()
    }

    /// Keeps the result for the layer `diff_id`.
    pub(crate) fn store(&self, diff_id: &Digest, facts: &LayerFacts) -> io::Result<()> {
        let body = postcard::to_stdvec(facts).map_err(io::Error::other)?;
        if body.len() as u64 > self.bound / 4 {
            return Ok(());
        }
        fs::create_dir_all(&self.directory)?;
        let path = self.path(diff_id);
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        let written = fs::File::create(&beside).and_then(|mut file| {
            file.write_all(&Sha256::digest(&body))?;
            file.write_all(&body)
        });
        if let Err(error) = written.and_then(|()| fs::rename(&beside, &path)) {
            let _ = fs::remove_file(&beside);
            return Err(error);
        }
        self.prune()
    }

    /// Removes the least recently used layers until the bound is kept.
    fn prune(&self) -> io::Result<()> {
        let mut files = self.files()?;
        let mut total: u64 = files.iter().map(|file| file.bytes).sum();
        files.sort_by_key(|file| file.used);
        for file in files {
            if total <= self.bound {
                break;
            }
            // Another process may have been faster.
            if fs::remove_file(&file.path).is_ok() {
                total -= file.bytes;
            }
        }
        Ok(())
    }

    fn path(&self, diff_id: &Digest) -> PathBuf {
        let key = Sha256::digest(format!("{}\n{diff_id}", self.program));
        self.directory.join(format!("{}.{SUFFIX}", Digest::from_bytes("sha256", &key).hex()))
    }

    fn files(&self) -> io::Result<Vec<CachedFile>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != SUFFIX) {
                continue;
            }
            // A file that another process just removed is no error.
            if let Ok(metadata) = fs::metadata(&path) {
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.push(CachedFile { path, bytes: metadata.len(), used });
            }
        }
        Ok(files)
    }
}

struct CachedFile {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

/// The version, and size and time of the running executable: a rebuilt reader must not meet old results.
fn program_identity() -> String {
    let executable = std::env::current_exe().and_then(fs::metadata).ok();
    let stamp = executable.and_then(|metadata| {
        let modified = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(format!("{}-{}", metadata.len(), modified.as_nanos()))
    });
    format!("{} {}", env!("CARGO_PKG_VERSION"), stamp.unwrap_or_default())
}
