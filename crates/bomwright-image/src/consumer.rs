//! The parsing side of a layer's stream: every byte goes through the layer's hashes and the tar parser.

use bomwright_model::Digest;

use crate::codec::Compression;
use crate::hash::Hasher;
use crate::stream::Stored;
use crate::tap::Feed;
use crate::tar::Sink;
use crate::{ImageError, Limits, Progress};

/// Hashes what comes and gives it to the parser.
pub(crate) struct Consumer<'a> {
    layer: &'a Stored,
    progress: &'a dyn Progress,
    feed: Feed,
    stored: Option<Check<'a>>,
    content: Option<Check<'a>>,
}

/// A digest that is being verified.
pub(crate) struct Check<'a> {
    pub(crate) hasher: Hasher,
    expected: &'a Digest,
    /// Of which form of the layer, for messages.
    form: &'static str,
}

impl<'a> Consumer<'a> {
    pub(crate) fn new(
        layer: &'a Stored,
        limits: &Limits,
        progress: &'a dyn Progress,
    ) -> Result<Self, ImageError> {
        let check = |expected: &'a Option<Digest>, form| {
            let Some(expected) = expected else { return Ok(None) };
            Ok::<_, ImageError>(Some(Check { hasher: layer.hasher(expected)?, expected, form }))
        };
        let mut stored = check(&layer.digest, "stored")?;
        let mut content = check(&layer.diff_id, "uncompressed")?;
        let is_same = layer.diff_id.is_none() || layer.digest == layer.diff_id;
        if layer.compression == Compression::Plain && is_same {
            // The same bytes, and no other digest: once is enough.
            content = stored.take();
        }
        Ok(Self { layer, progress, feed: Feed::new(limits), stored, content })
    }

    /// Gives away the check of the stored bytes, where they are others than the content's. Who takes it hashes
    /// them, reports [progress](Self::progress), and [returns](Self::return_stored) it.
    pub(crate) fn lend_stored(&mut self) -> Option<Check<'a>> {
        if self.layer.compression == Compression::Plain { None } else { self.stored.take() }
    }

    /// Takes the check back that was lent.
    pub(crate) fn return_stored(&mut self, check: Check<'a>) {
        self.stored = Some(check);
    }

    /// Reports stored bytes that were inflated elsewhere.
    pub(crate) fn progress(&self, stored: u64) {
        // Plain bytes are reported when they come.
        if stored > 0 && self.layer.compression != Compression::Plain {
            self.progress.bytes(stored);
        }
    }

    /// Takes stored bytes that were inflated.
    pub(crate) fn stored(&mut self, bytes: &[u8]) {
        self.progress.bytes(bytes.len() as u64);
        if let Some(check) = &mut self.stored {
            check.hasher.update(bytes);
        }
    }

    /// Takes uncompressed bytes.
    pub(crate) fn content(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), ImageError> {
        if self.layer.compression == Compression::Plain {
            self.stored(bytes);
        }
        let hasher = self.content.as_mut().map(|check| &mut check.hasher);
        let parsed = self.feed.push(bytes, hasher, sink);
        parsed.map_err(|source| self.tar_error(source))
    }

    /// Compares the digests and ends the parse.
    pub(crate) fn finish(self) -> Result<(), ImageError> {
        for check in [self.stored, self.content].into_iter().flatten() {
            self.layer.compare(check.form, check.expected, check.hasher)?;
        }
        let finished = self.feed.finish();
        finished.map_err(|source| ImageError::Tar { what: self.layer.what.clone(), source })
    }

    fn tar_error(&self, source: crate::TarError) -> ImageError {
        ImageError::Tar { what: self.layer.what.clone(), source }
    }
}
