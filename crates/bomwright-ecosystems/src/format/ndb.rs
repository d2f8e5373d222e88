//! The blobs of an NDB database, rpm's own package store (`Packages.db`), which SUSE uses.
//!
//! Its only description is rpm's source, `lib/backend/ndb/rpmpkg.c`. All integers are little-endian. A
//! header of 32 bytes is followed by slots of 16 bytes that fill the first `slot pages` of 4096 bytes. A
//! slot gives the number of a package and where its blob lies, in blocks of 16 bytes. A blob is framed by a
//! header of 16 bytes and a tail of 12 bytes at the end of its last block, whose Adler-32 is not checked.

use super::binary::{Budget, Fault, Order::Little, part};

/// The first bytes of every NDB package store.
pub const MAGIC: &[u8; 4] = b"RpmP";

const SLOT_MAGIC: &[u8; 4] = b"Slot";
const BLOB_MAGIC: &[u8; 4] = b"BlbS";
const SLOT: usize = 16;
const BLOCK: usize = 16;
const PAGE: usize = 4096;
/// The header takes the place of the first two slots.
const HEADER: usize = 32;

/// The blobs of `file`, a whole `Packages.db`, in the order of their slots. A blob that breaks the format is
/// a fault in its place and does not end the iteration.
///
/// # Errors
/// When `file` is no NDB database that can be read.
pub fn blobs(file: &[u8]) -> Result<impl Iterator<Item = Result<&[u8], Fault>>, Fault> {
    let cut = Fault::Truncated("the database ends within its header");
    if !file.starts_with(MAGIC) {
        return Err(Fault::File("this is no NDB database"));
    }
    if Little.u32(file, 4).ok_or(cut)? != 0 {
        return Err(Fault::Unsupported("the database is of a newer version"));
    }
    let end = Little.size(file, 12).and_then(|pages| pages.checked_mul(PAGE)).ok_or(cut)?;
    let slots = file.get(HEADER..end.min(file.len())).ok_or(cut)?;
    let missing = (end > file.len()).then_some(Err(Fault::Truncated("the database ends within its slots")));
    let mut budget = Budget::of(file);
    let blobs = slots
        .chunks_exact(SLOT)
        .filter(|slot| Little.u32(slot, 4) != Some(0))
        .map(move |slot| blob(file, slot, &mut budget));
    Ok(blobs.chain(missing))
}

fn blob<'a>(file: &'a [u8], slot: &[u8], budget: &mut Budget) -> Result<&'a [u8], Fault> {
    let broken = Fault::Record("a slot is damaged");
    if !slot.starts_with(SLOT_MAGIC) {
        return Err(broken);
    }
    let start = Little.size(slot, 8).and_then(|blocks| blocks.checked_mul(BLOCK)).ok_or(broken)?;
    let room = Little.size(slot, 12).and_then(|blocks| blocks.checked_mul(BLOCK)).ok_or(broken)?;
    let frame = part(file, start, room).ok_or(Fault::Truncated("a blob runs past the end of the file"))?;
    if !frame.starts_with(BLOB_MAGIC) || frame.get(4..8) != slot.get(4..8) {
        return Err(Fault::Record("a slot leads to no blob of its own"));
    }
    let len = Little.size(frame, 12).ok_or(broken)?;
    budget.take(len)?;
    part(frame, 16, len).ok_or(Fault::Record("a blob is longer than its blocks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_that_share_their_bytes_do_not_multiply() {
        // 254 slots all name one blob that is nearly the whole file: only one of them may be paid out.
        let mut file = MAGIC.to_vec();
        file.extend([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        file.resize(HEADER, 0);
        let blocks = 4096_u32;
        for _ in 0..254 {
            file.extend(SLOT_MAGIC);
            for word in [7, 256, blocks] {
                file.extend(u32::to_le_bytes(word));
            }
        }
        file.extend(BLOB_MAGIC);
        for word in [7, 1, blocks * 16 - 28] {
            file.extend(u32::to_le_bytes(word));
        }
        file.resize(PAGE + 4096 * BLOCK, 0);
        let (read, refused): (Vec<_>, Vec<_>) = blobs(&file).unwrap().partition(Result::is_ok);
        assert_eq!((read.len(), refused.len()), (1, 253));
    }
}
