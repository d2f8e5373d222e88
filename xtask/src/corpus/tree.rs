//! `tree.tsv`: every entry of the unpacked image, for tests of layer merging.
//!
//! One line per entry, sorted by path (as bytes), tab-separated, no header:
//! path (absolute), type (`f d l c b p s`), mode (octal, without the type), size in bytes (0 unless a file),
//! target (of a symbolic link; of a device `major,minor`; else empty),
//! and the first path of the same inode when a file has several names and this is a later one (else empty).
//! In names, a backslash is `\\`; control characters and bytes that aren't UTF-8 are `\xNN`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, FileType, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// Writes the tree below `root`, which itself is left out, to `file`.
pub(super) fn record(root: &Path, file: &Path) -> Result<()> {
    let mut entries = Vec::new();
    for entry in WalkDir::new(root).min_depth(1) {
        let entry = entry.context("walking the unpacked image")?;
        let path = entry.path().strip_prefix(root).context("an entry outside of the root")?;
        entries.push((path.as_os_str().as_bytes().to_vec(), entry));
    }
    entries.sort_by(|left, right| left.0.cmp(&right.0));

    let mut first_names = BTreeMap::new();
    let mut lines = String::new();
    for (path, entry) in entries {
        let metadata = entry.metadata().with_context(|| format!("looking at {}", entry.path().display()))?;
        let name = format!("/{}", escape(&path));
        let other_name = if metadata.is_file() && metadata.nlink() > 1 {
            match first_names.entry(metadata.ino()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(name.clone());
                    String::new()
                }
                Entry::Occupied(first) => first.get().clone(),
            }
        } else {
            String::new()
        };
        let size = if metadata.is_file() { metadata.size() } else { 0 };
        writeln!(
            lines,
            "{name}\t{}\t{:04o}\t{size}\t{}\t{other_name}",
            letter(metadata.file_type()),
            metadata.mode() & 0o7777,
            target(entry.path(), &metadata)?,
        )?;
    }
    fs::write(file, lines).with_context(|| format!("writing {}", file.display()))
}

fn letter(kind: FileType) -> char {
    if kind.is_dir() {
        'd'
    } else if kind.is_symlink() {
        'l'
    } else if kind.is_char_device() {
        'c'
    } else if kind.is_block_device() {
        'b'
    } else if kind.is_fifo() {
        'p'
    } else if kind.is_socket() {
        's'
    } else {
        'f'
    }
}

fn target(path: &Path, metadata: &Metadata) -> Result<String> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        let target = fs::read_link(path).with_context(|| format!("reading {}", path.display()))?;
        return Ok(escape(OsStr::as_bytes(target.as_os_str())));
    }
    if kind.is_char_device() || kind.is_block_device() {
        // How Linux packs device numbers of the size that images hold; see makedev(3).
        let device = metadata.rdev();
        return Ok(format!("{},{}", (device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00)));
    }
    Ok(String::new())
}

fn escape(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                control if control.is_control() => {
                    for byte in control.to_string().bytes() {
                        push_byte(&mut text, byte);
                    }
                }
                plain => text.push(plain),
            }
        }
        for &byte in chunk.invalid() {
            push_byte(&mut text, byte);
        }
    }
    text
}

fn push_byte(text: &mut String, byte: u8) {
    text.push_str("\\x");
    for digit in [byte >> 4, byte & 15] {
        text.extend(char::from_digit(u32::from(digit), 16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line() {
        assert_eq!(escape(b"a\\b\tc\n"), "a\\\\b\\x09c\\x0a");
        assert_eq!(escape(b"caf\xe9"), "caf\\xe9");
        assert_eq!(escape("café".as_bytes()), "café");
    }
}
