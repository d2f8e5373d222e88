//! What lies in the first root file system of a Linux kernel.
//!
//! Files: `boot/initrd*` and `boot/initramfs*`: cpio archives one after the other (Linux,
//! `Documentation/driver-api/early-userspace/buffer-format.rst`), of which one may be compressed and is the last then.
//! gzip and zstd are read; of what xz, lz4, bzip2 or lzma compress only the archives before it.
//!
//! Observation `initrd-member`, for each regular file with content: path, SHA-256 in hexadecimal digits, size in bytes,
//! and `elf`, `script` or `other` by its first bytes.
//!
//! No packages, no edges: the files are copies of what packages own.

use std::io::{self, BufRead, BufReader, Read};

use bomwright_model::{Code, Observation};
use sha2::{Digest as _, Sha256};

use crate::format::binary::hex;
use crate::format::cpio::{self, Member};
use crate::{Claim, Ecosystem, FileView, Findings};

const MOST_MEMBERS: usize = 100_000;
/// Uncompressed bytes of one file that are read: many times what a full set of drivers takes.
const MOST_BYTES: u64 = 2 << 30;
const BUFFER: usize = 16 << 10;
/// Log2 of the largest window: 128 MiB, what `zstd --long=27` takes.
const MAX_WINDOW_LOG: u32 = 27;
/// `S_IFMT` and `S_IFREG` of POSIX `<sys/stat.h>`.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// See the module.
pub(crate) struct Initrd;

impl Ecosystem for Initrd {
    fn name(&self) -> &'static str {
        "initrd"
    }

    fn about(&self) -> &'static str {
        "the files of the first root file system of a Linux kernel, with their digests"
    }

    fn claims(&self) -> &'static [Claim] {
        // Nothing else can tell them by name: kernels in the same directory are read in vain.
        const { &[Claim::within("boot", "").up_to(512)] }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if !file.name().starts_with("initrd") && !file.name().starts_with("initramfs") {
            return;
        }
        if let Err(error) = archives(file, out) {
            let code = match error.kind() {
                io::ErrorKind::UnexpectedEof => Code::Truncated,
                io::ErrorKind::Unsupported => Code::Unsupported,
                io::ErrorKind::OutOfMemory => Code::LimitExceeded,
                _ => Code::MalformedFile,
            };
            out.note(file, code, error.to_string());
        }
    }
}

/// Reads the plain archives at the beginning and the compressed one behind them.
fn archives(file: &FileView<'_>, out: &mut Findings) -> io::Result<()> {
    let mut rest = file.bytes;
    while cpio::skip_zeros(&mut rest)? {
        let head = rest.get(..6).unwrap_or(rest);
        if cpio::is_cpio(head) {
            read(file, &mut rest, out)?;
        } else if head.starts_with(&[0x1f, 0x8b]) {
            return unpacked(file, flate2::bufread::MultiGzDecoder::new(rest), out);
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(rest)?;
            decoder.window_log_max(MAX_WINDOW_LOG)?;
            return unpacked(file, decoder, out);
        } else {
            return Err(io::Error::new(io::ErrorKind::Unsupported, compression(head)));
        }
    }
    Ok(())
}

fn compression(head: &[u8]) -> &'static str {
    match head {
        [0xfd, b'7', b'z', ..] => "compressed with xz, which is not read",
        [0x02, 0x21, 0x4c, 0x18, ..] | [0x04, 0x22, 0x4d, 0x18, ..] => {
            "compressed with lz4, which is not read"
        }
        [b'B', b'Z', b'h', ..] => "compressed with bzip2, which is not read",
        [0x5d, 0, 0, ..] => "compressed with lzma, which is not read",
        _ => "neither a cpio archive nor a known compression",
    }
}

fn unpacked(file: &FileView<'_>, decoder: impl Read, out: &mut Findings) -> io::Result<()> {
    let mut reader = BufReader::new(decoder.take(MOST_BYTES));
    while cpio::skip_zeros(&mut reader)? {
        read(file, &mut reader, out)?;
    }
    if reader.into_inner().limit() == 0 {
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, "more bytes than are read of one file"));
    }
    Ok(())
}

fn read<R: BufRead>(file: &FileView<'_>, reader: &mut R, out: &mut Findings) -> io::Result<()> {
    cpio::read_archive(reader, |member, content| {
        if member.mode & TYPE != REGULAR || member.size == 0 {
            return Ok(true);
        }
        if out.observations.len() >= MOST_MEMBERS {
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, "more members than are read of one file"));
        }
        out.observations.push(observe(file, member, content)?);
        Ok(true)
    })
}

fn observe(file: &FileView<'_>, member: &Member, content: &mut impl Read) -> io::Result<Observation> {
    let mut hasher = Sha256::new();
    let mut head = Vec::new();
    content.take(4).read_to_end(&mut head)?;
    hasher.update(&head);
    let mut read = head.len() as u64;
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = content.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hasher.update(buffer.get(..length).unwrap_or_default());
        read += length as u64;
    }
    if read != member.size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let form = match head.as_slice() {
        b"\x7fELF" => "elf",
        [b'#', b'!', ..] => "script",
        _ => "other",
    };
    let values = [member.path.clone(), hex(&hasher.finalize()), member.size.to_string(), form.to_owned()];
    Ok(Observation::new("initrd-member", file.path, values))
}
