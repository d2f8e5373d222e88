//! Reading members of zip archives that may be hostile: jars, and whatever else is a zip in disguise.
//!
//! The `zip` crate does the parsing (APPNOTE.TXT 6.3.10); this module adds what it leaves to its callers: a
//! limit on entries before any is allocated, refusal of archives whose entries overlap (the trick behind
//! most zip bombs), a budget for inflated bytes that nested archives share, and stored members without a copy.

use std::borrow::Cow;
use std::io::Read;

use bomwright_model::Code;
use memchr::memmem;
use zip::{CompressionMethod, ZipArchive};

use super::sparse::{Reader, View};

/// The most entries of one archive; the largest jars in use have about 100 000.
const MAX_ENTRIES: u64 = 200_000;
/// The record that is needed to state more than 65 535 entries (APPNOTE.TXT, section 4.3.14).
const ZIP64_END: &[u8] = b"PK\x06\x06";
/// Where that record states the number of entries.
const ZIP64_END_COUNT: usize = 32;
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// A zip archive in memory, or what is left of one.
pub struct Archive<'a> {
    view: View<'a>,
    inner: ZipArchive<Reader<'a>>,
}

/// The content of a member.
pub enum Content<'a> {
    /// A range of the archive itself.
    Stored(View<'a>),
    /// What was inflated.
    Inflated(Vec<u8>),
}

/// Why an archive or a member can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The diagnostic's code.
    pub code: Code,
    /// What exactly is wrong, as a lowercase fragment.
    pub message: String,
}

/// How many bytes may still be inflated, over an archive and all that are nested in it.
#[derive(Debug, Clone, Copy)]
pub struct Budget(pub u64);

impl<'a> Archive<'a> {
    /// Opens the archive in `view`; data before it (a launcher script, say) is skipped.
    pub fn open(view: View<'a>) -> Result<Self, Unreadable> {
        let has_too_many =
            |bytes: &[u8]| memmem::find_iter(bytes, ZIP64_END).any(|at| zip64_count(bytes, at) > MAX_ENTRIES);
        if view.stretches().any(has_too_many) {
            return Err(Unreadable::limit(format!("an archive of more than {MAX_ENTRIES} entries")));
        }
        let mut inner = ZipArchive::new(view.reader()).map_err(|error| {
            let start = view.stretches().next().unwrap_or_default();
            let is_cut = view.length() == 0 || start.starts_with(LOCAL_HEADER);
            let code = if is_cut { Code::Truncated } else { Code::MalformedFile };
            Unreadable::new(code, format!("not a readable zip archive: {error}"))
        })?;
        if matches!(inner.has_overlapping_entries(), Ok(true)) {
            return Err(Unreadable::new(Code::MalformedFile, "entries of the archive overlap".into()));
        }
        Ok(Self { view, inner })
    }

    /// Position and name of every member that is no directory, in the order of the central directory. Bytes
    /// that are no text are replaced.
    pub fn members(&self) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
        let names = self.inner.file_names_raw().map(String::from_utf8_lossy).enumerate();
        names.filter(|(_, name)| !name.ends_with('/'))
    }

    /// The content of the member at `index`, if it has at most `limit` bytes and `budget` allows. A stored
    /// member is a part of the archive's own bytes and costs nothing.
    pub fn read(
        &mut self,
        index: usize,
        limit: u64,
        budget: &mut Budget,
    ) -> Result<Cow<'a, [u8]>, Unreadable> {
        match self.content(index, limit, budget)? {
            Content::Stored(view) => view.bytes().map(Cow::Borrowed).ok_or_else(Unreadable::misplaced),
            Content::Inflated(bytes) => Ok(Cow::Owned(bytes)),
        }
    }

    /// The same for members that are archives themselves, of which some bytes may have been left out.
    pub fn content(
        &mut self,
        index: usize,
        limit: u64,
        budget: &mut Budget,
    ) -> Result<Content<'a>, Unreadable> {
        let broken = |what: &dyn std::fmt::Display| Unreadable::new(Code::MalformedRecord, what.to_string());
        let entry = self.inner.by_index_data(index).map_err(|error| broken(&error))?;
        if entry.encrypted() {
            return Err(Unreadable::new(Code::Unsupported, "the member is encrypted".into()));
        }
        let (method, size) = (entry.compression(), entry.compressed_size());
        let member = self.inner.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(what) => {
                Unreadable::new(Code::Unsupported, what.to_string())
            }
            other => broken(&other),
        })?;
        let range = member.data_start().and_then(|start| Some(start..start.checked_add(size)?));
        let data = range.and_then(|range| self.view.range(range));
        let data = data.ok_or_else(|| broken(&"the member lies outside the archive"))?;
        if method == CompressionMethod::Stored {
            return if size > limit { Err(Unreadable::member(limit)) } else { Ok(Content::Stored(data)) };
        }
        if data.bytes().is_none() {
            return Err(Unreadable::misplaced());
        }
        let allowed = limit.min(budget.0);
        let mut content = Vec::new();
        let outcome = member.take(allowed.saturating_add(1)).read_to_end(&mut content);
        let length = content.len() as u64;
        budget.0 = budget.0.saturating_sub(length);
        match outcome {
            Err(error) => Err(broken(&error)),
            Ok(_) if length > limit => Err(Unreadable::member(limit)),
            Ok(_) if length > allowed => {
                Err(Unreadable::limit("the budget of inflated bytes is spent".into()))
            }
            Ok(_) => Ok(Content::Inflated(content)),
        }
    }
}

impl Unreadable {
    fn new(code: Code, message: String) -> Self {
        Self { code, message }
    }

    fn limit(message: String) -> Self {
        Self::new(Code::LimitExceeded, message)
    }

    /// The archive was reduced while it was read, by the members' own headers.
    fn misplaced() -> Self {
        let message = "the member lies where the archive's own headers have nothing like it";
        Self::new(Code::MalformedRecord, message.into())
    }

    fn member(limit: u64) -> Self {
        Self::limit(format!("the member has more than {limit} bytes"))
    }
}

fn zip64_count(bytes: &[u8], at: usize) -> u64 {
    let field = bytes.get(at + ZIP64_END_COUNT..).and_then(|rest| rest.first_chunk());
    field.map_or(0, |count| u64::from_le_bytes(*count))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(members: &[(&str, &[u8], CompressionMethod)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content, method) in members {
            writer.start_file(*name, SimpleFileOptions::default().compression_method(*method)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn members_are_read_within_limit_and_budget() {
        let bytes = archive(&[
            ("stored", b"abc", CompressionMethod::Stored),
            ("zeros", &vec![0; 100_000], CompressionMethod::Deflated),
        ]);
        let mut archive = Archive::open(View::Whole(&bytes)).unwrap();
        let mut budget = Budget(150_000);
        assert!(matches!(archive.read(0, 10, &mut budget), Ok(Cow::Borrowed(b"abc"))));
        assert_eq!(budget.0, 150_000);
        assert_eq!(archive.read(1, 99_999, &mut budget).unwrap_err().code, Code::LimitExceeded);
        assert_eq!(archive.read(1, 100_000, &mut Budget(100_000)).unwrap().len(), 100_000);
        assert_eq!(archive.read(1, 100_000, &mut budget).unwrap_err().code, Code::LimitExceeded);
        assert_eq!(budget.0, 0);
    }

    #[test]
    fn overlapping_entries_are_refused() {
        // Two central headers for one local file: the second one is made by giving `b` the offset of `a`.
        let mut bytes =
            archive(&[("a", b"same", CompressionMethod::Stored), ("b", b"same", CompressionMethod::Stored)]);
        let second = memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
        bytes[second + 42..second + 46].fill(0);
        assert_eq!(
            Archive::open(View::Whole(&bytes)).err().unwrap().message,
            "entries of the archive overlap"
        );
    }

    #[test]
    fn what_is_no_archive_says_why() {
        assert_eq!(Archive::open(View::Whole(b"")).err().unwrap().code, Code::Truncated);
        assert_eq!(Archive::open(View::Whole(b"PK\x03\x04rest")).err().unwrap().code, Code::Truncated);
        assert_eq!(Archive::open(View::Whole(b"<html>")).err().unwrap().code, Code::MalformedFile);
        let mut many = b"PK\x06\x06".to_vec();
        many.extend([0; 28]);
        many.extend(u64::MAX.to_le_bytes());
        assert_eq!(Archive::open(View::Whole(&many)).err().unwrap().code, Code::LimitExceeded);
    }
}
