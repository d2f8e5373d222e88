//! The parsing side of a layer's stream: every byte goes through the layer's hash and the tar parser, and the
//! bytes of files that are to be hashed go through both hashes at once.

use bomwright_model::Digest;

use crate::codec::Compression;
use crate::hash::{Hasher, Sha256};
use crate::stream::Stored;
use crate::tar::{Member, Parser, Remark, Sink};
use crate::{ImageError, Limits, Progress};

/// Hashes what comes and gives it to the parser.
pub(crate) struct Consumer<'a> {
    layer: &'a Stored,
    progress: &'a dyn Progress,
    parser: Parser,
    stored: Option<Check<'a>>,
    content: Option<Check<'a>>,
    /// Uncompressed bytes so far.
    offset: u64,
    /// Where in the stream the next data of a member is.
    data_offset: u64,
}

/// A digest that is being verified.
struct Check<'a> {
    hasher: Hasher,
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
        let parser = Parser::new(limits);
        Ok(Self { layer, progress, parser, stored, content, offset: 0, data_offset: 0 })
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
        let mut tap = Tap {
            sink,
            hasher: self.content.as_mut().map(|check| &mut check.hasher),
            buffer: bytes,
            start: self.offset,
            hashed: 0,
            data_offset: self.data_offset,
        };
        let parsed = self.parser.push(bytes, &mut tap);
        self.data_offset = tap.data_offset;
        tap.catch_up(bytes.len());
        self.offset += bytes.len() as u64;
        parsed.map_err(|source| self.tar_error(source))
    }

    /// Compares the digests and ends the parse.
    pub(crate) fn finish(self) -> Result<(), ImageError> {
        for check in [self.stored, self.content].into_iter().flatten() {
            self.layer.compare(check.form, check.expected, check.hasher)?;
        }
        let finished = self.parser.finish();
        finished.map_err(|source| ImageError::Tar { what: self.layer.what.clone(), source })
    }

    fn tar_error(&self, source: crate::TarError) -> ImageError {
        ImageError::Tar { what: self.layer.what.clone(), source }
    }
}

/// Stands between the parser and its sink and hashes a buffer as it is parsed.
struct Tap<'a> {
    sink: &'a mut dyn Sink,
    /// The layer's; it lags behind the parser, and takes what the files in between left out.
    hasher: Option<&'a mut Hasher>,
    buffer: &'a [u8],
    /// Where in the stream the buffer starts.
    start: u64,
    /// Bytes of the buffer that the layer's hash has seen.
    hashed: usize,
    data_offset: u64,
}

impl Tap<'_> {
    /// Brings the layer's hash forward to this position of the buffer; false where that is not possible.
    fn catch_up(&mut self, to: usize) -> bool {
        let Some(bytes) = self.buffer.get(self.hashed..to) else { return false };
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.hashed = to;
        true
    }
}

impl Sink for Tap<'_> {
    fn member(&mut self, member: &Member) {
        self.data_offset = member.data_offset;
        self.sink.member(member);
    }

    fn hash(&mut self, next: &[u8]) -> Option<&mut Sha256> {
        self.sink.hash(next)
    }

    fn data(&mut self, bytes: &[u8]) {
        let position = self.data_offset.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        self.data_offset += bytes.len() as u64;
        let is_wanted = self.sink.hash(bytes).is_some();
        if is_wanted {
            let is_even = position.is_some_and(|position| self.catch_up(position));
            match (self.sink.hash(bytes), &mut self.hasher) {
                (Some(file), Some(layer)) if is_even => {
                    layer.update_both(file, bytes);
                    self.hashed += bytes.len();
                }
                (Some(file), _) => file.update(bytes),
                (None, _) => {}
            }
        }
        self.sink.data(bytes);
    }

    fn end(&mut self) {
        self.sink.end();
    }

    fn remark(&mut self, remark: Remark) {
        self.sink.remark(remark);
    }
}
