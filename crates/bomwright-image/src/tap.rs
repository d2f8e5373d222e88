//! Between the parser and its sink: the bytes of files that are to be hashed go through the layer's hash and
//! the file's at once, without a copy.

use crate::hash::{Hasher, Sha256};
use crate::tar::{Member, Parser, Remark, Sink};
use crate::{Limits, TarError};

/// A parser that is fed buffer by buffer.
pub(crate) struct Feed {
    parser: Parser,
    /// Bytes so far.
    offset: u64,
    /// Where in the stream the next data of a member is.
    data_offset: u64,
}

impl Feed {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { parser: Parser::new(limits), offset: 0, data_offset: 0 }
    }

    /// Parses the next bytes of the stream and hashes them, for the layer with `hasher` and for the files as
    /// the sink wants.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        hasher: Option<&mut Hasher>,
        sink: &mut dyn Sink,
    ) -> Result<(), TarError> {
        let data_offset = self.data_offset;
        let mut tap = Tap { sink, hasher, buffer: bytes, start: self.offset, hashed: 0, data_offset };
        let parsed = self.parser.push(bytes, &mut tap);
        self.data_offset = tap.data_offset;
        tap.catch_up(bytes.len());
        self.offset += bytes.len() as u64;
        parsed
    }

    /// The stream is over: an error if that is in the middle of something.
    pub(crate) fn finish(&self) -> Result<(), TarError> {
        self.parser.finish()
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
        if let Some(position) = position {
            self.sink.locate(position);
        }
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
