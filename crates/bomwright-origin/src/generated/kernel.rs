//! What is made of a kernel's modules: their index by depmod(8), and the first root file system.

use bomwright_model::{FindingSeverity, Observation, Tier};

use super::rule::{Case, Outcome, few};

/// Files in a first root file system that its maker writes and that are no copies: they are compared with nothing, and
/// are no code.
const MADE: &[&str] = &[
    "conf/",
    "etc/fstab",
    "etc/hostname",
    "etc/ld.so.cache",
    "kernel/x86/microcode/",
    "var/cache/ldconfig/",
];

/// The index lies at the top of the directory of the modules that it is made of.
pub(super) fn modules(case: &Case<'_, '_>) -> Option<Outcome> {
    let (directory, _) = case.entry.path.rsplit_once('/')?;
    let inputs = case.world.below(directory).iter().filter(|it| is_module(&it.path));
    let (mut all, mut intact) = (0_usize, 0_usize);
    for input in inputs {
        all += 1;
        intact += usize::from(case.known.is_verified(case.world, &input.path));
    }
    let tier = if all > 0 && all == intact { Tier::V1d } else { Tier::V0 };
    Some(Outcome::new(
        tier,
        format!("{}; {intact} of the {all} modules that it is made of are intact", case.rule.about),
    ))
}

fn is_module(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    [".ko", ".ko.xz", ".ko.zst", ".ko.gz"].iter().any(|end| name.ends_with(end))
}

/// Each of its files must have the bytes of a file that is intact, but for the index and what is no code.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn initrd(case: &Case<'_, '_>) -> Option<Outcome> {
    let members = case.world.observed_at("initrd-member", &case.entry.path);
    if members.is_empty() {
        return Some(Outcome::new(Tier::V0, format!("{}, whose files were not read", case.rule.about)));
    }
    let others: Vec<&Observation> = members.iter().filter(|it| !is_copy(case, it)).copied().collect();
    let detail = format!(
        "{} of its {} files have the bytes of files that are intact",
        members.len() - others.len(),
        members.len()
    );
    let code = others.iter().filter(|it| matches!(it.value(3), "elf" | "script")).map(|it| it.value(0));
    let code: Vec<&str> = code.collect();
    let is_made = others.iter().all(|it| is_made(it.value(0)));
    let outcome = Outcome::new(if is_made { Tier::V1d } else { Tier::V0 }, detail);
    if code.is_empty() {
        return Some(outcome);
    }
    let message = format!("programs in it that no package has: {}", few(code));
    Some(outcome.but(case.finding("initrd-foreign-member", FindingSeverity::High, message)))
}

fn is_copy(case: &Case<'_, '_>, member: &Observation) -> bool {
    let digits = member.value(1).as_bytes();
    let (pairs, _) = digits.as_chunks::<2>();
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(nibble(*high)? << 4 | nibble(*low)?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.and_then(|it| <[u8; 32]>::try_from(it).ok()).is_some_and(|sha256| case.known.has_bytes(&sha256))
}

fn is_made(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_index = path.contains("lib/modules/") && name.starts_with("modules.");
    // ORDER lists the scripts of a directory in the order in which they run (initramfs-tools(7)).
    let is_order = path.starts_with("scripts/") && name == "ORDER";
    is_index || is_order || MADE.iter().any(|place| path.starts_with(place))
}
