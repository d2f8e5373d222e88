//! What MD5, SHA-1 and SHA-256 have in common: blocks of 64 bytes, the last of them padded.

/// Bytes of a block (FIPS 180-4, 1, figure 1; RFC 1321, 3.4).
pub(super) const BLOCK: usize = 64;

/// Cuts a stream into blocks.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    /// The start of a block that is not complete yet.
    tail: [u8; BLOCK],
    filled: usize,
    /// Bytes so far.
    length: u64,
}

impl Default for Blocks {
    fn default() -> Self {
        Self { tail: [0; BLOCK], filled: 0, length: 0 }
    }
}

impl Blocks {
    /// Hands all blocks that `bytes` complete to `compress` and keeps the rest.
    pub(super) fn push(&mut self, bytes: &[u8], mut compress: impl FnMut(&[[u8; BLOCK]])) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        if self.filled > 0 {
            let (taken, after) = rest.split_at(rest.len().min(BLOCK - self.filled));
            self.keep(taken);
            if self.filled < BLOCK {
                return;
            }
            compress(std::slice::from_ref(&self.tail));
            self.filled = 0;
            rest = after;
        }
        let (blocks, rest) = rest.as_chunks::<BLOCK>();
        if !blocks.is_empty() {
            compress(blocks);
        }
        self.keep(rest);
    }

    /// Whether the stream so far is a number of whole blocks.
    pub(super) fn is_even(&self) -> bool {
        self.filled == 0
    }

    /// Counts blocks that were compressed elsewhere; only where the stream [is even](Self::is_even).
    pub(super) fn passed(&mut self, blocks: usize) {
        self.length = self.length.wrapping_add((blocks * BLOCK) as u64);
    }

    /// Ends the stream: a one bit, zeros, and the length in bits, as `encode` writes it, fill the last block
    /// (FIPS 180-4, 5.1.1; RFC 1321, 3.1 and 3.2).
    pub(super) fn finish(mut self, encode: fn(u64) -> [u8; 8], mut compress: impl FnMut(&[[u8; BLOCK]])) {
        let bits = encode(self.length.wrapping_mul(8));
        let mut padding = [0; 2 * BLOCK];
        padding[0] = 0x80;
        let zeros = (2 * BLOCK - bits.len() - self.filled) % BLOCK;
        let end = if zeros == 0 { BLOCK } else { zeros };
        self.push(padding.get(..end).unwrap_or_default(), &mut compress);
        self.push(&bits, &mut compress);
    }

    /// Appends less than a block to the tail.
    fn keep(&mut self, bytes: &[u8]) {
        if let Some(target) = self.tail.get_mut(self.filled..self.filled + bytes.len()) {
            target.copy_from_slice(bytes);
            self.filled += bytes.len();
        }
    }
}
