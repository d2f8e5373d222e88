//! The cache of the dynamic loader: which file it maps for each library name.
//!
//! File: `etc/ld.so.cache`, as glibc's ldconfig(8) writes it: the format `glibc-ld.so.cache1.1` (glibc,
//! `sysdeps/generic/dl-cache.h`), alone or behind the older `ld.so-1.7.0`, whose entries it repeats.
//!
//! Observation `ld-cache-entry`: the name, and the path without its leading slash. A name has several entries where
//! there are variants for several processors.
//!
//! No packages, no edges.

use bomwright_model::Observation;

use crate::format::binary::{Fault, Order, part};
use crate::{Claim, Ecosystem, FileView, Findings};

const OLD: &[u8] = b"ld.so-1.7.0";
const NEW: &[u8] = b"glibc-ld.so.cache1.1";
/// Bytes of the old format's header and of each of its entries.
const OLD_SIZES: (usize, usize) = (16, 12);
/// Bytes of the new format's header and of each of its entries.
const NEW_SIZES: (usize, usize) = (48, 24);
/// Where the new format states how many entries it has, and its byte order.
const COUNT: usize = 20;
const FLAGS: usize = 28;
/// `cache_file_new_flags_endian_big`.
const BIG_ENDIAN: u8 = 3;
const MOST_ENTRIES: usize = 100_000;
/// `PATH_MAX` of Linux.
const LONGEST: usize = 4096;

/// See the module.
pub(crate) struct LdCache;

impl Ecosystem for LdCache {
    fn name(&self) -> &'static str {
        "ld-cache"
    }

    fn about(&self) -> &'static str {
        "which file the dynamic loader maps for each library name, from its cache"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::path("etc/ld.so.cache").up_to(16)] }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.bytes.is_empty() {
            return;
        }
        match new_format(file.bytes) {
            Ok(cache) => entries(cache, file, out),
            Err(fault) => out.note(file, fault.code(), fault.to_string()),
        }
    }
}

/// The part of the file that has the new format.
fn new_format(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.starts_with(NEW) {
        return Ok(bytes);
    }
    if !bytes.starts_with(OLD) {
        return Err(Fault::File("neither of the formats of glibc's cache"));
    }
    let count = Order::Little.size(bytes, 12).ok_or(Fault::Truncated("the header is cut"))?;
    let end = count.checked_mul(OLD_SIZES.1).and_then(|size| size.checked_add(OLD_SIZES.0));
    let end = end.filter(|&end| end <= bytes.len()).ok_or(Fault::Truncated("the entries are cut"))?;
    // Aligned as an entry of the new format is: to 8 bytes, on some processors to 4.
    [8, 4]
        .into_iter()
        .filter_map(|align| bytes.get(end.next_multiple_of(align)..))
        .find(|rest| rest.starts_with(NEW))
        .ok_or(Fault::Unsupported("the old format alone, without the new one behind it"))
}

fn entries(cache: &[u8], file: &FileView<'_>, out: &mut Findings) {
    let order = if cache.get(FLAGS) == Some(&BIG_ENDIAN) { Order::Big } else { Order::Little };
    let fault = |fault: Fault, out: &mut Findings| out.note(file, fault.code(), fault.to_string());
    let Some(count) = order.size(cache, COUNT) else {
        return fault(Fault::Truncated("the header is cut"), out);
    };
    // Names are often the ends of paths, so that bytes are shared, but not by many.
    let mut budget = cache.len().saturating_mul(8);
    for number in 0..count {
        if number == MOST_ENTRIES {
            return fault(Fault::Limit("more entries than any cache has"), out);
        }
        let at = number.saturating_mul(NEW_SIZES.1).saturating_add(NEW_SIZES.0);
        let Some(entry) = part(cache, at, NEW_SIZES.1) else {
            return fault(Fault::Truncated("the entries are cut"), out);
        };
        let text = |field| order.size(entry, field).and_then(|at| text_at(cache, at));
        let (Some(name), Some(path)) = (text(4), text(8)) else {
            return fault(Fault::File("an entry points outside of the cache"), out);
        };
        let Some(left) = budget.checked_sub(name.len() + path.len()) else {
            return fault(Fault::Limit("entries claim more bytes than the file has"), out);
        };
        budget = left;
        let values = [name.as_str(), path.trim_start_matches('/')];
        out.observations.push(Observation::new("ld-cache-entry", file.path, values));
    }
}

/// The text at `at` that ends with a zero byte.
fn text_at(cache: &[u8], at: usize) -> Option<String> {
    let rest = cache.get(at..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let end = memchr::memchr(0, rest)?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}
