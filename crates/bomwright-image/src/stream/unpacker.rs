//! The reading side: stored bytes in, uncompressed bytes out.

use super::Stored;
use crate::codec::{Decoder, Step};
use crate::layout::BlobReader;
use crate::{ImageError, Limits};

/// Bytes of a buffer: a multiple of the tar block, so that a block is never split between two.
const BUFFER: usize = 256 << 10;
/// Bytes of a window of stored bytes.
const WINDOW: usize = 128 << 10;
/// Output before which a compression ratio means nothing.
const RATIO_GRACE: u64 = 256 << 20;

/// Bytes and how many of them count.
pub(super) struct Buffer {
    pub(super) bytes: Vec<u8>,
    pub(super) length: usize,
}

impl Buffer {
    /// For uncompressed bytes.
    pub(super) fn new() -> Self {
        Self::with_room(BUFFER)
    }

    /// For stored bytes.
    pub(super) fn window() -> Self {
        Self::with_room(WINDOW)
    }

    fn with_room(room: usize) -> Self {
        Self { bytes: vec![0; room], length: 0 }
    }

    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Fills buffers with uncompressed bytes.
pub(super) struct Unpacker<'a> {
    layer: &'a Stored,
    limits: &'a Limits,
    reader: BlobReader<'a>,
    decoder: Option<Decoder>,
    window: Buffer,
    taken: usize,
    stored: u64,
    produced: u64,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(layer: &'a Stored, limits: &'a Limits) -> Result<Self, ImageError> {
        let decoder = layer.compression.decoder().map_err(|reason| layer.corrupt(reason))?;
        let window = Buffer::with_room(if decoder.is_some() { WINDOW } else { 0 });
        let reader = layer.blob.open()?;
        Ok(Self { layer, limits, reader, decoder, window, taken: 0, stored: 0, produced: 0 })
    }

    /// Fills `out`; false at the end. `spent` is handed every window of stored bytes once it was inflated and may
    /// exchange it for another.
    pub(super) fn fill(
        &mut self,
        out: &mut Buffer,
        spent: &mut dyn FnMut(&mut Buffer),
    ) -> Result<bool, ImageError> {
        out.length = 0;
        if self.decoder.is_none() {
            while out.length < out.bytes.len() {
                let count = self.reader.read(out.bytes.get_mut(out.length..).unwrap_or_default())?;
                if count == 0 {
                    break;
                }
                out.length += count;
            }
            self.stored += out.length as u64;
        } else {
            while out.length < out.bytes.len() && self.inflate(out, spent)? {}
        }
        self.produced += out.length as u64;
        self.check_limits()?;
        Ok(out.length > 0)
    }

    /// Stored bytes read so far.
    pub(super) fn stored(&self) -> u64 {
        self.stored
    }

    /// One step of the decoder; false at the end of the stream.
    fn inflate(&mut self, out: &mut Buffer, spent: &mut dyn FnMut(&mut Buffer)) -> Result<bool, ImageError> {
        if self.taken == self.window.length {
            if self.window.length > 0 {
                spent(&mut self.window);
            }
            self.window.length = self.reader.read(&mut self.window.bytes)?;
            self.taken = 0;
            self.stored += self.window.length as u64;
        }
        let Some(decoder) = &mut self.decoder else { return Ok(false) };
        let input = self.window.filled().get(self.taken..).unwrap_or_default();
        let room = out.bytes.get_mut(out.length..).unwrap_or_default();
        let step = decoder.step(input, room).map_err(|reason| self.layer.corrupt(reason))?;
        self.taken += step.consumed;
        out.length += step.produced;
        if step != Step::default() {
            return Ok(true);
        }
        if !input.is_empty() {
            return Err(self.layer.corrupt("the decoder makes no progress"));
        }
        if decoder.is_at_end() {
            Ok(false)
        } else {
            Err(self.layer.corrupt("the compressed data ends early"))
        }
    }

    fn check_limits(&self) -> Result<(), ImageError> {
        let limit = |what: &str, limit| {
            Err(ImageError::Limit { what: format!("{what} of {}", self.layer.what), limit })
        };
        if self.stored > self.limits.blob_bytes {
            return limit("the stored size", self.limits.blob_bytes);
        }
        if self.produced > self.limits.layer_bytes {
            return limit("the uncompressed size", self.limits.layer_bytes);
        }
        let ratio = self.limits.compression_ratio;
        if self.produced > RATIO_GRACE && self.produced / ratio.max(1) > self.stored {
            return limit("the compression ratio", ratio);
        }
        Ok(())
    }
}
