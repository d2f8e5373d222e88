//! The package headers of a database of rpm, in whichever of its three formats it is.

use std::borrow::Cow;

use super::binary::Fault;
use super::{bdb, ndb, sqlite};

/// The headers in `file`, a whole database whose format its first bytes tell, for
/// [`Header::parse`](super::rpm_header::Header::parse). What breaks the format is a fault in its place.
///
/// # Errors
/// When `file` is of none of the three formats, or of a variant that is not read.
pub fn headers(file: &[u8]) -> Result<Headers<'_>, Fault> {
    if file.starts_with(ndb::MAGIC) {
        return Ok(Box::new(ndb::blobs(file)?.map(|blob| blob.map(Cow::Borrowed))));
    }
    if bdb::is_bdb(file) {
        // The pair whose key is 0 holds the highest key in use.
        let packages = bdb::pairs(file)?.filter(|pair| !pair.as_ref().is_ok_and(|pair| *pair.key == [0; 4]));
        return Ok(Box::new(packages.map(|pair| pair.map(|pair| pair.value))));
    }
    // Table Packages(hnum, blob).
    Ok(Box::new(sqlite::blobs(file, "Packages", 1)?))
}

/// Iterator over the headers of a database; see [`headers`].
pub type Headers<'a> = Box<dyn Iterator<Item = Result<Cow<'a, [u8]>, Fault>> + 'a>;
