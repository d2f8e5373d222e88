//! A layer's bytes from disk to the tar parser, hashed on the way, on one thread or several.
//!
//! Buffers are made once and recycled. With two threads, one reads and inflates while the caller's hashes and
//! parses; where files need the slower digests too, a third makes those. The number of buffers bounds what
//! lies between them.

mod blob_hash;
mod pipeline;
mod unpacker;

use bomwright_model::Digest;

use crate::codec::Compression;
use crate::consumer::Consumer;
use crate::facts::Digester;
use crate::hash::Hasher;
use crate::layout::Blob;
use crate::tar::Sink;
use crate::{ImageError, Limits, Progress, Reading};
use unpacker::{Buffer, Unpacker};

/// A layer that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// What messages call it.
    pub(crate) what: String,
    pub(crate) blob: Blob,
    pub(crate) compression: Compression,
    /// Digest that the stored bytes must have.
    pub(crate) digest: Option<Digest>,
    /// Digest that the uncompressed bytes must have.
    pub(crate) diff_id: Option<Digest>,
}

/// Reads the whole layer through `sink` and checks its digests.
pub(crate) fn read(
    layer: &Stored,
    limits: &Limits,
    reading: Reading,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let result = if reading.pipelined {
        pipeline::read(layer, limits, reading.facts, progress, sink)
    } else {
        read_alone(layer, limits, progress, sink)
    };
    // Damage shows first as nonsense in the compressed data or the tar; the digest says that it is damage.
    match result {
        Err(error @ (ImageError::Corrupt { .. } | ImageError::Tar { .. })) => {
            verify_stored(layer)?;
            Err(error)
        }
        other => other,
    }
}

fn read_alone(
    layer: &Stored,
    limits: &Limits,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let mut unpacker = Unpacker::new(layer, limits)?;
    let mut consumer = Consumer::new(layer, limits, progress)?;
    let mut digester = Digester::default();
    let mut buffer = Buffer::new();
    while unpacker.fill(&mut buffer, &mut |window| consumer.stored(window.filled()))? {
        consumer.content(buffer.filled(), sink)?;
        digester.run(buffer.filled(), &sink.pieces());
    }
    sink.digests(digester.finish());
    consumer.finish()
}

/// Hashes the blob alone and compares.
fn verify_stored(layer: &Stored) -> Result<(), ImageError> {
    let expected = match layer.compression {
        Compression::Plain => layer.digest.as_ref().or(layer.diff_id.as_ref()),
        _ => layer.digest.as_ref(),
    };
    let Some(expected) = expected else { return Ok(()) };
    let mut hasher = layer.hasher(expected)?;
    let mut reader = layer.blob.open()?;
    let mut buffer = Buffer::new();
    loop {
        buffer.length = reader.read(&mut buffer.bytes)?;
        if buffer.length == 0 {
            return layer.compare("stored", expected, hasher);
        }
        hasher.update(buffer.filled());
    }
}

impl Stored {
    fn corrupt(&self, reason: impl Into<String>) -> ImageError {
        ImageError::Corrupt { what: self.what.clone(), reason: reason.into() }
    }

    /// A hasher for digests like `digest`.
    pub(crate) fn hasher(&self, digest: &Digest) -> Result<Hasher, ImageError> {
        Hasher::like(digest).ok_or_else(|| {
            ImageError::Unsupported(format!("the digest algorithm {} of {}", digest.algorithm(), self.what))
        })
    }

    /// Compares a hash with the digest that this `form` of the layer must have.
    pub(crate) fn compare(&self, form: &str, expected: &Digest, hasher: Hasher) -> Result<(), ImageError> {
        let actual = hasher.finish();
        if actual == *expected {
            return Ok(());
        }
        Err(ImageError::DigestMismatch {
            what: format!("{} ({form})", self.what),
            expected: expected.to_string(),
            actual: actual.to_string(),
        })
    }
}
