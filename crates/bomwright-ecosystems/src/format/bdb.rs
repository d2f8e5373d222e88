//! The values of a Berkeley DB hash database (`Packages` of rpm up to 4.16), from the bytes of the file alone.
//!
//! Format: the structures of Berkeley DB's own `db_page.h` (`DBMETA`, `HMETA`, `PAGE`, `HKEYDATA`,
//! `HOFFPAGE`), versions 8 to 10 of the hash method, in either byte order. Buckets are not followed: every
//! pair lies on some hash page, and pages that were freed have another type, so one walk over all pages
//! meets every pair once.

use std::borrow::Cow;

use super::binary::{Budget, Fault, Order, part};

/// Where the magic number of a meta page lies.
pub const MAGIC_AT: usize = 12;

const HASH_MAGIC: u32 = 0x0006_1561;
const BTREE_MAGIC: u32 = 0x0005_3162;

/// Bytes of a page before its item offsets, or before the data of an overflow page.
const PAGE_HEADER: usize = 26;
const SMALLEST_PAGE: usize = 512;
const TYPE_AT: usize = 25;
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH_META: u8 = 8;
const HASH: u8 = 13;

const ITEM_HERE: u8 = 1;
const ITEM_OFF_PAGE: u8 = 3;

/// The longest value that is read.
const LONGEST_VALUE: usize = 64 << 20;

/// Whether `file` begins like a Berkeley DB database of the hash or b-tree method.
pub fn is_bdb(file: &[u8]) -> bool {
    [Order::Little, Order::Big]
        .iter()
        .any(|order| matches!(order.u32(file, MAGIC_AT), Some(HASH_MAGIC | BTREE_MAGIC)))
}

/// The pairs of `file`, a whole hash database, page by page. A pair that breaks the format is a fault in its
/// place and does not end the iteration.
///
/// # Errors
/// When `file` is no Berkeley DB hash database that can be read.
pub fn pairs(file: &[u8]) -> Result<impl Iterator<Item = Result<Pair<'_>, Fault>>, Fault> {
    let database = Database::open(file)?;
    let missing = (database.pages > file.len() / database.page_size)
        .then_some(Err(Fault::Truncated("the database ends before its last page")));
    let mut budget = Budget::of(file);
    let pairs = file
        .chunks_exact(database.page_size)
        .take(database.pages)
        .skip(1)
        .filter(|page| matches!(page.get(TYPE_AT), Some(&(HASH | HASH_UNSORTED))))
        .flat_map(move |page| (0..database.items(page) / 2).map(move |index| (page, index * 2)))
        .map(move |(page, index)| {
            let key = database.item(page, index, &mut budget)?;
            let value = database.item(page, index + 1, &mut budget)?;
            Ok(Pair { key, value })
        });
    Ok(pairs.chain(missing))
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The key.
    pub key: Cow<'a, [u8]>,
    /// The value.
    pub value: Cow<'a, [u8]>,
}

#[derive(Debug, Clone, Copy)]
struct Database<'a> {
    file: &'a [u8],
    order: Order,
    page_size: usize,
    /// How many pages the database says that it has.
    pages: usize,
}

impl<'a> Database<'a> {
    fn open(file: &'a [u8]) -> Result<Self, Fault> {
        let order = [Order::Little, Order::Big]
            .into_iter()
            .find(|order| matches!(order.u32(file, MAGIC_AT), Some(HASH_MAGIC | BTREE_MAGIC)))
            .ok_or(Fault::File("this is no Berkeley DB database"))?;
        let cut = Fault::Truncated("the database ends within its first page");
        file.get(..SMALLEST_PAGE).ok_or(cut)?;
        if order.u32(file, MAGIC_AT) == Some(BTREE_MAGIC) || file.get(TYPE_AT) != Some(&HASH_META) {
            return Err(Fault::Unsupported("the database is of another access method than hash"));
        }
        if !(8..=10).contains(&order.u32(file, 16).ok_or(cut)?) {
            return Err(Fault::Unsupported("the database is of an unknown version of the hash method"));
        }
        let page_size = order.size(file, 20).ok_or(cut)?;
        if !page_size.is_power_of_two() || !(SMALLEST_PAGE..=65_536).contains(&page_size) {
            return Err(Fault::File("the page size is no power of two between 512 and 65536"));
        }
        // Checksums and encryption both move the items of each page.
        if file.get(24) != Some(&0) || file.get(26).is_none_or(|flags| flags & 1 != 0) {
            return Err(Fault::Unsupported("the database has checksums or is encrypted"));
        }
        let pages = order.size(file, 32).ok_or(cut)?.saturating_add(1);
        Ok(Self { file, order, page_size, pages })
    }

    /// How many items a page holds: keys and values in turn.
    fn items(&self, page: &[u8]) -> usize {
        // More offsets than fit on the page would only give faults.
        let room = page.len().saturating_sub(PAGE_HEADER) / 2;
        self.order.u16(page, 20).map_or(0, usize::from).min(room)
    }

    /// Item `index` of `page`. Items are packed from the end of the page downwards: each ends where the one
    /// before it begins.
    fn item(&self, page: &'a [u8], index: usize, budget: &mut Budget) -> Result<Cow<'a, [u8]>, Fault> {
        let broken = Fault::Record("an item of a page is damaged");
        let offset = |index: usize| self.order.u16(page, PAGE_HEADER + index * 2).map(usize::from);
        let start = offset(index).ok_or(broken)?;
        let end = index.checked_sub(1).map_or(Some(page.len()), offset).ok_or(broken)?;
        let item = page.get(start..end).ok_or(broken)?;
        match item.split_first() {
            Some((&ITEM_HERE, bytes)) => {
                budget.take(bytes.len())?;
                Ok(Cow::Borrowed(bytes))
            }
            Some((&ITEM_OFF_PAGE, _)) => {
                let first = self.order.u32(item, 4).ok_or(broken)?;
                let len = self.order.size(item, 8).ok_or(broken)?;
                if len > LONGEST_VALUE {
                    return Err(Fault::Limit("a value is longer than 64 MiB"));
                }
                budget.take(len)?;
                self.chain(first, len).map(Cow::Owned)
            }
            _ => Err(Fault::Record("an item is of an unknown type")),
        }
    }

    /// The `len` bytes of the chain of overflow pages that begins at page `next`.
    fn chain(&self, mut next: u32, len: usize) -> Result<Vec<u8>, Fault> {
        let mut whole = Vec::new();
        while whole.len() < len {
            let start = usize::try_from(next).ok().and_then(|page| page.checked_mul(self.page_size));
            let page = start
                .and_then(|start| part(self.file, start, self.page_size))
                .ok_or(Fault::Truncated("a page lies behind the end of the database"))?;
            let used = self.order.u16(page, 22).map_or(0, usize::from);
            let bytes = part(page, PAGE_HEADER, used).filter(|bytes| !bytes.is_empty());
            let (Some(&OVERFLOW), Some(bytes)) = (page.get(TYPE_AT), bytes) else {
                return Err(Fault::Record("a value leads to a page that is no overflow page"));
            };
            let wanted = bytes.len().min(len - whole.len());
            whole.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
            next = self.order.u32(page, 16).unwrap_or_default();
        }
        Ok(whole)
    }
}
