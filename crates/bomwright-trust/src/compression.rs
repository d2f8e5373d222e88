//! Streams in whichever of the compressions that distributions use, with an end to how much may come out.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use sha2::{Digest, Sha256};

use crate::ar::invalid;

/// KiB that decoding xz may take. `xz -9`, the highest preset, takes 65 MiB.
const XZ_MEMORY: u32 = 256 << 10;

/// What `compressed` decompresses to; its first bytes tell the compression. Reading fails once more than `most`
/// bytes have come out.
pub(crate) fn decompressed<'a>(compressed: impl Read + 'a, most: u64) -> io::Result<Box<dyn Read + 'a>> {
    let mut reader = BufReader::with_capacity(64 << 10, compressed);
    let mut magic = Vec::new();
    reader.by_ref().take(6).read_to_end(&mut magic)?;
    let whole = io::Cursor::new(magic.clone()).chain(reader);
    let plain: Box<dyn Read> = match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(whole)),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => Box::new(XzReader::new_mem_limit(whole, true, XZ_MEMORY)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::with_buffer(whole)?),
        [b'B', b'Z', b'h', ..] => return Err(invalid("compressed with bzip2, which is not read")),
        [0x5d, 0, 0, ..] => return Err(invalid("compressed with lzma, which is not read")),
        [0x04, 0x22, 0x4d, 0x18, ..] => return Err(invalid("compressed with lz4, which is not read")),
        _ => Box::new(whole),
    };
    Ok(Box::new(Limited { inner: plain, left: most }))
}

/// A reader that fails once more than so many bytes were read from it.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX));
        self.left = left.ok_or_else(|| invalid("holds more than is read"))?;
        Ok(read)
    }
}

/// A reader that takes the SHA-256 of what was read from it.
pub(crate) struct Hashed<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Hashed<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    /// Reads what is left and gives the digest of everything.
    pub(crate) fn finish(mut self) -> io::Result<[u8; 32]> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.digest.finalize().into())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
