//! The archive `cpio` in its form `newc` (Linux, `Documentation/driver-api/early-userspace/buffer-format.rst`), read
//! from a stream.
//!
//! Several archives may follow one another, with zero bytes in between.

use std::io::{self, BufRead, Read};

const MAGICS: [&[u8]; 2] = [b"070701", b"070702"];
const HEADER: usize = 110;
/// `PATH_MAX` of Linux.
const LONGEST_NAME: u64 = 4096;
const TRAILER: &[u8] = b"TRAILER!!!";

/// A member's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Without a leading slash or `./`.
    pub(crate) path: String,
    /// Type and permission bits, as POSIX `<sys/stat.h>` has them.
    pub(crate) mode: u32,
    /// Bytes of its content.
    pub(crate) size: u64,
}

/// Whether an archive begins with `bytes`.
pub(crate) fn is_cpio(bytes: &[u8]) -> bool {
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

/// Skips the zero bytes between archives; whether anything is left.
pub(crate) fn skip_zeros(reader: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let zeros = buffer.iter().position(|&byte| byte != 0);
        let length = zeros.unwrap_or(buffer.len());
        reader.consume(length);
        if zeros.is_some() {
            return Ok(true);
        }
    }
}

/// Reads one archive up to the end of its trailer, and shows each member with its content to `visit`, which need not
/// read it and answers whether to go on.
pub(crate) fn read_archive<R: BufRead>(
    reader: &mut R,
    mut visit: impl FnMut(&Member, &mut io::Take<&mut R>) -> io::Result<bool>,
) -> io::Result<()> {
    loop {
        let mut header = [0; HEADER];
        reader.read_exact(&mut header)?;
        if !is_cpio(&header) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no header of a member"));
        }
        let (size, name_size) = (field(&header, 6)?, field(&header, 11)?);
        if name_size > LONGEST_NAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a name longer than any path"));
        }
        let mut name = Vec::new();
        reader.take(name_size).read_to_end(&mut name)?;
        skip(reader, padding(HEADER as u64 + name_size))?;
        let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
        if name == TRAILER {
            return Ok(());
        }
        let path = String::from_utf8_lossy(name);
        let path = path.trim_start_matches("./").trim_start_matches('/').to_owned();
        let member = Member { path, mode: u32::try_from(field(&header, 1)?).unwrap_or_default(), size };
        let mut content = reader.take(size);
        if !visit(&member, &mut content)? {
            return Ok(());
        }
        let left = content.limit();
        skip(reader, left + padding(size))?;
    }
}

/// The field `number` of the header: eight hexadecimal digits each, behind the magic number.
fn field(header: &[u8; HEADER], number: usize) -> io::Result<u64> {
    let digits = header.get(6 + number * 8..).and_then(|rest| rest.get(..8)).unwrap_or_default();
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|c| c.is_ascii_hexdigit()));
    text.and_then(|text| u64::from_str_radix(text, 16).ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a header without digits"))
}

/// Names and contents end at a multiple of four bytes.
fn padding(length: u64) -> u64 {
    length.next_multiple_of(4) - length
}

fn skip(reader: &mut impl Read, length: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(length), &mut io::sink())?;
    if skipped == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
