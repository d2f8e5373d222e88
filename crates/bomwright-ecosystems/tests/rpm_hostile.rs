//! Databases of rpm with bytes changed at will: reading them neither panics nor yields more than they hold.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::Path;

use bomwright_ecosystems::{Ecosystem, FileView, Findings, rpm::Rpm};
use proptest::prelude::*;

const DATABASES: [&str; 4] = [
    "good/root/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "good-ndb/root/usr/lib/sysimage/rpm/Packages.db",
    "good-bdb/root/var/lib/rpm/Packages",
    "good-bdb-big-endian/root/var/lib/rpm/Packages",
];

/// A byte to put somewhere, mostly one that lengths and offsets are hurt by.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0), Just(1), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()]
}

proptest! {
    #[test]
    fn changed_databases_are_read_within_bounds(
        which in 0..DATABASES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), byte()), 1..40),
        kept in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let path = DATABASES.get(which).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rpm");
        let mut bytes = fs::read(folder.join(path)).unwrap();
        for (place, byte) in changes {
            *place.get_mut(bytes.as_mut_slice()) = byte;
        }
        if cut {
            bytes.truncate(kept.index(bytes.len()));
        }
        let mut findings = Findings::default();
        Rpm.read(&FileView::new("var/lib/rpm/Packages", &bytes).with_manifests(), &mut findings);
        let owned: usize = findings.packages.iter().flat_map(|found| &found.owns).map(String::len).sum();
        prop_assert!(owned <= 4 * bytes.len() + findings.packages.len() * (1 << 16));
        let listed: usize = findings.packages.iter().flat_map(|it| &it.manifest).map(|it| it.path.len()).sum();
        prop_assert!(listed <= 4 * bytes.len() + findings.packages.len() * (1 << 16));
        let signatures = findings.packages.iter().filter_map(|it| it.signature.as_ref());
        let packets = signatures.flat_map(|it| &it.signatures).map(|it| it.packet.len());
        prop_assert!(packets.sum::<usize>() <= bytes.len());
        prop_assert!(findings.diagnostics.len() < 40);
    }
}
