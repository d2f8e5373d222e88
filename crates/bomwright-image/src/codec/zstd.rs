//! Zstandard frames (RFC 8878) by libzstd, which checks their checksums.

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::Step;

/// Log2 of the largest window: 128 MiB, what `zstd --long=27` and all registries stay within.
const MAX_WINDOW_LOG: u32 = 27;

/// A decoder of a sequence of frames.
pub(crate) struct Zstd {
    decoder: Decoder<'static>,
    /// The last byte that came in ended a frame.
    is_at_end: bool,
}

impl Zstd {
    pub(super) fn new() -> Result<Self, String> {
        let broken = |error: std::io::Error| format!("no zstd decoder: {error}");
        let mut decoder = Decoder::new().map_err(broken)?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG)).map_err(broken)?;
        Ok(Self { decoder, is_at_end: false })
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if self.is_at_end && input.is_empty() {
            return Ok(Step::default());
        }
        let status = self.decoder.run_on_buffers(input, output);
        let status = status.map_err(|error| format!("invalid zstd data: {error}"))?;
        if status.bytes_read > 0 || status.bytes_written > 0 {
            self.is_at_end = status.remaining == 0;
        }
        Ok(Step { consumed: status.bytes_read, produced: status.bytes_written })
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }
}
