//! gzip members around raw deflate (RFC 1952), with their checksums checked.

use flate2::{Decompress, FlushDecompress, Status};

use super::Step;

/// Bits of the flags byte (RFC 1952, 2.3.1).
const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// A decoder of a sequence of members.
pub(crate) struct Gzip {
    state: State,
    flags: u8,
    inflate: Decompress,
    crc: crc32fast::Hasher,
    /// Bytes of the member so far; its trailer has them modulo 2^32.
    length: u64,
    is_first: bool,
}

/// What comes next. Numbers count the bytes of the part that are done.
enum State {
    Fixed(u8),
    ExtraLength {
        done: u8,
        length: u16,
    },
    Extra(u16),
    Name,
    Comment,
    HeaderCrc(u8),
    Body,
    Trailer {
        done: u8,
        value: u64,
    },
    /// Zeros behind the last member, which some writers use to fill a block.
    Padding,
}

impl Default for Gzip {
    fn default() -> Self {
        Self {
            state: State::Fixed(0),
            flags: 0,
            inflate: Decompress::new(false),
            crc: crc32fast::Hasher::new(),
            length: 0,
            is_first: true,
        }
    }
}

impl Gzip {
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let mut done = Step::default();
        loop {
            let left = input.get(done.consumed..).unwrap_or_default();
            if matches!(self.state, State::Body) {
                let room = output.get_mut(done.produced..).unwrap_or_default();
                let step = self.body(left, room)?;
                done.consumed += step.consumed;
                done.produced += step.produced;
                if matches!(self.state, State::Body) {
                    return Ok(done);
                }
            } else {
                let Some(&byte) = left.first() else { return Ok(done) };
                self.frame(byte)?;
                done.consumed += 1;
            }
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.state, State::Padding) || (!self.is_first && matches!(self.state, State::Fixed(0)))
    }

    /// One call of the inflater; leaves the state `Body` at the end of the deflate stream.
    fn body(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, output, FlushDecompress::None);
        let status = status.map_err(|error| format!("invalid deflate data: {error}"))?;
        let count = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
        let consumed = count(self.inflate.total_in(), before_in);
        let produced = count(self.inflate.total_out(), before_out);
        self.crc.update(output.get(..produced).unwrap_or_default());
        self.length += produced as u64;
        if status == Status::StreamEnd {
            self.state = State::Trailer { done: 0, value: 0 };
        }
        Ok(Step { consumed, produced })
    }

    /// Takes one byte of a header or trailer.
    fn frame(&mut self, byte: u8) -> Result<(), String> {
        self.state = match self.state {
            State::Fixed(0) if byte == 0 && !self.is_first => State::Padding,
            State::Padding if byte == 0 => State::Padding,
            State::Fixed(done) => return self.fixed(done, byte),
            State::ExtraLength { done: 0, .. } => State::ExtraLength { done: 1, length: byte.into() },
            State::ExtraLength { length, .. } => self.after_extra(length | (u16::from(byte) << 8)),
            State::Extra(left) => self.after_extra(left - 1),
            State::Name if byte == 0 => self.after_name(),
            State::Name => State::Name,
            State::Comment if byte == 0 => self.after_comment(),
            State::Comment => State::Comment,
            State::HeaderCrc(0) => State::HeaderCrc(1),
            State::HeaderCrc(_) => State::Body,
            State::Trailer { done, value } => {
                return self.trailer(done, value | (u64::from(byte) << (8 * done)));
            }
            State::Padding | State::Body => return Err("bytes after the last gzip member".to_owned()),
        };
        Ok(())
    }

    fn fixed(&mut self, done: u8, byte: u8) -> Result<(), String> {
        let is_right = match done {
            0 => byte == 0x1f,
            1 => byte == 0x8b,
            2 => byte == 8,
            3 => byte & RESERVED == 0,
            _ => true,
        };
        if !is_right {
            let what = if self.is_first { "no gzip header" } else { "bytes after the last gzip member" };
            return Err(what.to_owned());
        }
        if done == 3 {
            self.flags = byte;
        }
        self.state = match done {
            0..9 => State::Fixed(done + 1),
            _ if self.flags & EXTRA != 0 => State::ExtraLength { done: 0, length: 0 },
            _ => self.after_extra(0),
        };
        Ok(())
    }

    fn after_extra(&self, left: u16) -> State {
        match left {
            0 if self.flags & NAME != 0 => State::Name,
            0 => self.after_name(),
            _ => State::Extra(left),
        }
    }

    fn after_name(&self) -> State {
        if self.flags & COMMENT == 0 { self.after_comment() } else { State::Comment }
    }

    fn after_comment(&self) -> State {
        if self.flags & HEADER_CRC == 0 { State::Body } else { State::HeaderCrc(0) }
    }

    fn trailer(&mut self, done: u8, value: u64) -> Result<(), String> {
        if done < 7 {
            self.state = State::Trailer { done: done + 1, value };
            return Ok(());
        }
        let crc = std::mem::take(&mut self.crc).finalize();
        if value & 0xffff_ffff != u64::from(crc) {
            return Err("a gzip member has a wrong CRC-32".to_owned());
        }
        if value >> 32 != self.length & 0xffff_ffff {
            return Err("a gzip member has a wrong length".to_owned());
        }
        self.inflate.reset(false);
        self.length = 0;
        self.is_first = false;
        self.state = State::Fixed(0);
        Ok(())
    }
}
