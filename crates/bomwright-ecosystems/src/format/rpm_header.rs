//! The header of an RPM package, as the databases of rpm keep it.
//!
//! Format: rpm's `docs/manual/format_header.md`; tag numbers from `include/rpm/rpmtag.h`. In a database the
//! header comes without its magic: two big-endian lengths (how many index entries, how many bytes of data),
//! the entries of 16 bytes (tag, type, offset, count), the data. The first entry may be a region that
//! encloses what was signed; entries that rpm added when it installed the package come after it and, where
//! they repeat a tag, replace it.
//!
//! [`Header::listed`] gives what verifying files needs; [`super::rpm_signature`] what verifying the header does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bomwright_model::{Account, Checksum, FileFlags, Listed};

use super::binary::{Fault, Order::Big, part};

/// The most index entries that rpm itself accepts (`hdrchkTags`).
const MOST_ENTRIES: usize = 0xffff;
/// The most bytes of data that are read.
const MOST_DATA: usize = 64 << 20;
const ENTRY: usize = 16;

/// The number of a tag (`rpmTag`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

macro_rules! tags {
    ($($name:ident = $number:literal,)+) => {
        /// The tags that bomwright reads, under rpm's own names.
        #[allow(missing_docs, reason = "rpm's manual describes its tags")]
        impl Tag {
            $(pub const $name: Self = Self($number);)+
        }
    };
}

tags! {
    SIGPGP = 259,
    SIGMD5 = 261,
    SIGGPG = 262,
    PUBKEYS = 266,
    DSAHEADER = 267,
    RSAHEADER = 268,
    SHA1HEADER = 269,
    SHA256HEADER = 273,
    OPENPGP = 278,
    NAME = 1000,
    VERSION = 1001,
    RELEASE = 1002,
    EPOCH = 1003,
    SUMMARY = 1004,
    DESCRIPTION = 1005,
    BUILDTIME = 1006,
    BUILDHOST = 1007,
    INSTALLTIME = 1008,
    SIZE = 1009,
    DISTRIBUTION = 1010,
    VENDOR = 1011,
    LICENSE = 1014,
    PACKAGER = 1015,
    GROUP = 1016,
    URL = 1020,
    ARCH = 1022,
    OLDFILENAMES = 1027,
    FILESIZES = 1028,
    FILESTATES = 1029,
    FILEMODES = 1030,
    FILEMTIMES = 1034,
    FILEDIGESTS = 1035,
    FILELINKTOS = 1036,
    FILEFLAGS = 1037,
    FILEUSERNAME = 1039,
    FILEGROUPNAME = 1040,
    SOURCERPM = 1044,
    FILEVERIFYFLAGS = 1045,
    PROVIDENAME = 1047,
    REQUIREFLAGS = 1048,
    REQUIRENAME = 1049,
    REQUIREVERSION = 1050,
    PROVIDEFLAGS = 1112,
    PROVIDEVERSION = 1113,
    DIRINDEXES = 1116,
    BASENAMES = 1117,
    DIRNAMES = 1118,
    LONGFILESIZES = 5008,
    LONGSIZE = 5009,
    FILECAPS = 5010,
    FILEDIGESTALGO = 5011,
    RECOMMENDNAME = 5046,
    RECOMMENDVERSION = 5047,
    RECOMMENDFLAGS = 5048,
    SUGGESTNAME = 5049,
    SUGGESTVERSION = 5050,
    SUGGESTFLAGS = 5051,
    MODULARITYLABEL = 5096,
}

/// A parsed header: its tags and their values.
#[derive(Debug, Clone)]
pub struct Header<'a> {
    values: BTreeMap<Tag, Value<'a>>,
    damaged: bool,
    len: usize,
}

impl<'a> Header<'a> {
    /// Reads `blob`, a header without magic. Entries whose values do not fit the data are left out and make
    /// the header [`damaged`](Self::is_damaged). No two entries may share data, so that reading every value
    /// takes no longer than reading the blob.
    ///
    /// # Errors
    /// When the blob ends before its lengths say so, or they exceed what rpm or this reader accepts.
    pub fn parse(blob: &'a [u8]) -> Result<Self, Fault> {
        let cut = Fault::Record("a package header ends too early");
        let entries = Big.size(blob, 0).ok_or(cut)?;
        let len = Big.size(blob, 4).ok_or(cut)?;
        if entries > MOST_ENTRIES || len > MOST_DATA {
            return Err(Fault::Limit("a package header has more entries or data than is read"));
        }
        let index = part(blob, 8, entries * ENTRY).ok_or(cut)?;
        let data = part(blob, 8 + entries * ENTRY, len).ok_or(cut)?;
        let mut header = Self { values: BTreeMap::new(), damaged: false, len: blob.len() };
        let mut left = data.len();
        for entry in index.chunks_exact(ENTRY) {
            let value = Value::read(entry, data).filter(|value| value.bytes.len() <= left);
            match (Big.u32(entry, 0), value) {
                (Some(tag), Some(value)) => {
                    left -= value.bytes.len();
                    header.values.insert(Tag(tag), value);
                }
                _ => header.damaged = true,
            }
        }
        Ok(header)
    }

    /// Whether values were left out because they break the format.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The first or only string of `tag`, in the C locale where there are several.
    pub fn text(&self, tag: Tag) -> Option<Cow<'a, str>> {
        self.texts(tag).next()
    }

    /// The strings of `tag`; none when it is absent or no string. What is not UTF-8 is replaced.
    pub fn texts(&self, tag: Tag) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        self.raw_texts(tag).map(String::from_utf8_lossy)
    }

    /// The strings of `tag` as they are.
    pub fn raw_texts(&self, tag: Tag) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let value = self.values.get(&tag).filter(|value| matches!(value.kind, STRING | ARRAY | I18N));
        // Every string ends with a NUL, which leaves one empty piece behind the last.
        let text = value.and_then(|value| value.bytes.strip_suffix(&[0]));
        text.into_iter().flat_map(|text| text.split(|&byte| byte == 0))
    }

    /// The first or only integer of `tag`.
    pub fn number(&self, tag: Tag) -> Option<u64> {
        self.numbers(tag).next()
    }

    /// The integers of `tag`, of whatever width; none when it is absent or no integer.
    pub fn numbers(&self, tag: Tag) -> impl Iterator<Item = u64> + use<'a> {
        let value = self.values.get(&tag).filter(|value| (CHAR..=INT64).contains(&value.kind));
        let (bytes, width) = value.map_or((&[][..], 1), |value| (value.bytes, width(value.kind)));
        bytes
            .chunks_exact(width)
            .map(|digits| digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit)))
    }

    /// The files of the package, in the header's order. A file that names no directory is a fault in its
    /// place; so are all that are left once the paths are far longer than the header that spells them.
    pub fn files(&self) -> impl Iterator<Item = Result<InstalledFile, Fault>> + use<'a> {
        let directories: Vec<_> = self.texts(Tag::DIRNAMES).collect();
        // Names share the names of their directories: a crafted header could spell out far more than it has.
        let mut left = self.len.saturating_mul(4).saturating_add(1 << 16);
        let mut indexes = self.numbers(Tag::DIRINDEXES);
        let path = move |name: Cow<'a, str>| {
            let index = indexes.next().and_then(|index| usize::try_from(index).ok());
            let directory = index.and_then(|index| directories.get(index));
            let directory = directory.ok_or(Fault::Record("a file of a package is in no directory"))?;
            left = left
                .checked_sub(directory.len() + name.len())
                .ok_or(Fault::Limit("the files of a package have longer paths than are read"))?;
            Ok(format!("{directory}{name}"))
        };
        let paths = self.texts(Tag::BASENAMES).map(path);
        // Before rpm 4 the paths were whole.
        let whole = self.texts(Tag::OLDFILENAMES).map(|path| Ok(path.into_owned()));
        let mut states = self.numbers(Tag::FILESTATES);
        paths.chain(whole).map(move |path| {
            let state = states.next();
            Ok(InstalledFile { path: path?.trim_start_matches('/').to_owned(), state })
        })
    }

    /// What the header states about each file, in the order and with the faults of [`Self::files`].
    pub fn listed(&self) -> impl Iterator<Item = Result<Listed, Fault>> + use<'a> {
        // Without the tag the digests are MD5 (number 1 of RFC 9580, section 9.5).
        let algorithm = self.number(Tag::FILEDIGESTALGO).unwrap_or(1);
        let (mut digests, mut links) = (self.texts(Tag::FILEDIGESTS), self.texts(Tag::FILELINKTOS));
        let (mut owners, mut groups) = (self.texts(Tag::FILEUSERNAME), self.texts(Tag::FILEGROUPNAME));
        let (mut modes, mut mtimes) = (self.numbers(Tag::FILEMODES), self.numbers(Tag::FILEMTIMES));
        let (mut flags, mut verify) = (self.numbers(Tag::FILEFLAGS), self.numbers(Tag::FILEVERIFYFLAGS));
        let mut sizes = self.numbers(Tag::FILESIZES).chain(self.numbers(Tag::LONGFILESIZES));
        let stated = |text: Option<Cow<'a, str>>| text.filter(|text| !text.is_empty()).map(Cow::into_owned);
        self.files().map(move |file| {
            // Every column moves on, whether or not this file has a path.
            let digest = stated(digests.next()).map(|digits| checksum(algorithm, digits));
            let (link, mode) = (stated(links.next()), modes.next().and_then(|mode| u32::try_from(mode).ok()));
            let (owner, group) =
                (stated(owners.next()).map(Account::Name), stated(groups.next()).map(Account::Name));
            let (size, mtime) = (sizes.next(), mtimes.next().and_then(|time| i64::try_from(time).ok()));
            let role = role(flags.next().unwrap_or_default(), verify.next());
            let InstalledFile { path, state } = file?;
            let flags = role.with(fate(state));
            Ok(Listed { path, digest, mode, owner, group, size, mtime, link, flags })
        })
    }

    /// The bytes of `tag`; `None` when it is absent or not binary.
    pub fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        self.values.get(&tag).filter(|value| value.kind == BINARY).map(|value| value.bytes)
    }
}

/// A file of an installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledFile {
    /// Its path, without a leading slash.
    pub path: String,
    /// What rpm did with it (`rpmfileState`), where the database says.
    pub state: Option<u64>,
}

impl InstalledFile {
    /// Whether rpm installed the file and no other package has replaced it since.
    pub fn is_installed(&self) -> bool {
        /// `RPMFILE_STATE_NORMAL` and `RPMFILE_STATE_NETSHARED`.
        const INSTALLED: [u64; 2] = [0, 3];
        self.state.is_none_or(|state| INSTALLED.contains(&state))
    }
}

/// A digest of the algorithm with this number (RFC 9580, section 9.5).
fn checksum(algorithm: u64, digits: String) -> Checksum {
    let length = match algorithm {
        1 => 32,
        2 => 40,
        8 => 64,
        10 => 128,
        _ => 0,
    };
    let known = Checksum::from_hex(&digits).filter(|_| digits.len() == length);
    known.unwrap_or_else(|| {
        let names = [(1, "md5"), (2, "sha1"), (8, "sha256"), (9, "sha384"), (10, "sha512"), (11, "sha224")];
        let name = names.iter().find(|(number, _)| *number == algorithm);
        Checksum::Other(name.map_or_else(|| algorithm.to_string(), |(_, name)| (*name).to_owned()), digits)
    })
}

/// What `rpmfileAttrs` and, where they are stated, `rpmVerifyAttrs` say.
fn role(attributes: u64, verify: Option<u64>) -> FileFlags {
    const BITS: &[(u64, FileFlags)] = &[
        (1, FileFlags::CONFIG),
        (1 << 1, FileFlags::DOC),
        (1 << 3, FileFlags::MISSINGOK),
        (1 << 4, FileFlags::NOREPLACE),
        (1 << 6, FileFlags::GHOST),
        (1 << 7, FileFlags::LICENSE),
        // README files are documentation too.
        (1 << 8, FileFlags::DOC),
    ];
    /// Digest, size, link, owner, group, time, mode and device number.
    const ALL: u64 = 0xff;
    let set = BITS.iter().filter(|(bit, _)| attributes & bit != 0);
    let flags = set.fold(FileFlags::NONE, |all, (_, flag)| all.with(*flag));
    let partly = verify.is_some_and(|verify| verify & ALL != ALL);
    if partly { flags.with(FileFlags::NOT_ALL_VERIFIED) } else { flags }
}

/// What `rpmfileState` says.
fn fate(state: Option<u64>) -> FileFlags {
    match state {
        Some(1) => FileFlags::REPLACED,
        Some(3) => FileFlags::NETSHARED,
        // Not installed, of a colour that was not wanted, or (as 8-bit -1) not known.
        Some(2 | 4..) => FileFlags::NOT_INSTALLED,
        Some(0) | None => FileFlags::NONE,
    }
}

const CHAR: u32 = 1;
const INT16: u32 = 3;
const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const BINARY: u32 = 7;
const ARRAY: u32 = 8;
const I18N: u32 = 9;

/// Bytes of one item of a type that is no string.
fn width(kind: u32) -> usize {
    match kind {
        INT16 => 2,
        INT32 => 4,
        INT64 => 8,
        _ => 1,
    }
}

/// The value of one entry: its type and exactly its bytes.
#[derive(Debug, Clone, Copy)]
struct Value<'a> {
    kind: u32,
    bytes: &'a [u8],
}

impl<'a> Value<'a> {
    fn read(entry: &[u8], data: &'a [u8]) -> Option<Self> {
        let kind = Big.u32(entry, 4)?;
        let data = data.get(Big.size(entry, 8)?..)?;
        let count = Big.size(entry, 12)?;
        let len = match kind {
            STRING | ARRAY | I18N => strings_len(data, if kind == STRING { 1 } else { count })?,
            0..=BINARY => count.checked_mul(width(kind))?,
            _ => return None,
        };
        Some(Self { kind, bytes: data.get(..len)? })
    }
}

/// Bytes that the first `count` NUL-terminated strings of `data` take.
fn strings_len(data: &[u8], count: usize) -> Option<usize> {
    if count == 0 {
        return Some(0);
    }
    memchr::memchr_iter(0, data).nth(count - 1).map(|last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of the given (tag, type, offset, count) over `data`.
    fn blob(entries: &[[u32; 4]], data: &[u8]) -> Vec<u8> {
        let lengths = [u32::try_from(entries.len()).unwrap(), u32::try_from(data.len()).unwrap()];
        let words = lengths.iter().chain(entries.iter().flatten());
        words.flat_map(|word| word.to_be_bytes()).chain(data.iter().copied()).collect()
    }

    #[test]
    fn later_entries_replace_those_of_the_region() {
        let blob = blob(&[[1000, 6, 0, 1], [1000, 6, 2, 1], [1003, 4, 4, 1]], b"a\0b\0\0\0\0\x07");
        let header = Header::parse(&blob).unwrap();
        assert_eq!(header.text(Tag::NAME).as_deref(), Some("b"));
        assert_eq!(header.number(Tag::EPOCH), Some(7));
        assert!(!header.is_damaged());
    }

    #[test]
    fn empty_strings_of_an_array_count() {
        let blob = blob(&[[1050, 8, 0, 3]], b"\0x\0\0");
        let header = Header::parse(&blob).unwrap();
        assert_eq!(header.texts(Tag::REQUIREVERSION).collect::<Vec<_>>(), ["", "x", ""]);
    }

    #[test]
    fn entries_that_share_or_overrun_data_are_left_out() {
        let shared = blob(&[[1000, 6, 0, 1], [1001, 6, 0, 1]], b"a\0");
        let header = Header::parse(&shared).unwrap();
        assert!(header.is_damaged());
        assert_eq!(header.text(Tag::VERSION), None);
        let overrun = blob(&[[1049, 8, 0, u32::MAX], [1003, 5, 0, u32::MAX]], b"a\0");
        assert!(Header::parse(&overrun).unwrap().is_damaged());
        assert!(Header::parse(&overrun[..20]).is_err());
    }
}
