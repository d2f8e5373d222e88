//! What a caller sees of a layer while it streams by.

/// Hears how much of a layer's stored bytes has been read.
pub trait Progress: Sync {
    /// `stored` more bytes were consumed since the last call.
    fn bytes(&self, stored: u64);
}

impl Progress for () {
    fn bytes(&self, _stored: u64) {}
}

/// What to do with a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Nothing.
    Skip,
    /// Hand the whole content to [`Visitor::content`], unless the file has more than `limit` bytes: then there
    /// is a diagnostic with the code `limit-exceeded` instead.
    Capture {
        /// Bytes.
        limit: u64,
        /// Hash it on the way, if that is cheap: then [`Entry::sha256`] is set.
        sha256: bool,
    },
}

/// A file of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where the layer puts it: no leading slash, no `.` or `..`, symbolic links not followed. Bytes that are
    /// no UTF-8 appear as replacement characters.
    pub path: &'a str,
    /// Bytes of its content, holes included.
    pub size: u64,
    /// Permission bits (07777).
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Seconds since 1970.
    pub mtime: i64,
    /// The SHA-256 of the content; set for [`Visitor::content`] where it was asked for and came for little, as
    /// the bytes had to be hashed for the layer anyway.
    pub sha256: Option<[u8; 32]>,
}

/// Sees every regular file of a layer once, in the order of the tar.
///
/// A layer may hold a path twice; what is said about it later replaces what was said before.
pub trait Visitor {
    /// Called for every regular file with the first up to 512 bytes of its content.
    fn regular(&mut self, entry: &Entry<'_>, head: &[u8]) -> Take;

    /// Called with the complete content of a file that [`Visitor::regular`] wanted, right after it and before
    /// the next file. The holes of sparse files are filled with zeros.
    fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]);

    /// Called with the content of a file that [`Visitor::regular`] wanted, piece by piece as it comes, where it
    /// does not come at once. A visitor that takes the pieces says so with `true`, from the first one on; they
    /// are not kept then, and [`Visitor::content`] is called at the end without any bytes.
    fn piece(&mut self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }

    /// Called for every hard link to a file of the same layer, where `entry` has the target's size and owner
    /// and `target` is its path, which [`Visitor::regular`] has seen already.
    ///
    /// With `true` the layer is read a second time and the target is shown again under the link's path,
    /// through [`Visitor::regular`] and [`Visitor::content`]. That is for links whose own name makes them
    /// interesting while the target's name did not.
    fn hard_link(&mut self, entry: &Entry<'_>, target: &str) -> bool {
        let _ = (entry, target);
        false
    }
}
