//! How long large documents take; run by hand with `--release -- --ignored --nocapture`.

use std::time::Instant;

use bomwright_document::{Format, read, write};

use crate::sample;

#[test]
#[ignore = "a measurement, meaningful only in release builds"]
fn fifty_thousand_packages() {
    for count in [5_000, 50_000] {
        let inventory = sample::inventory(1, count, 4);
        for &format in Format::ALL {
            let mut document = Vec::new();
            let start = Instant::now();
            write(&inventory, format, &mut document).unwrap();
            let written = start.elapsed();
            let start = Instant::now();
            let back = read("sample", &document).unwrap();
            let read = start.elapsed();
            println!(
                "{count} packages, {} edges, {}: {} MB, write {written:.2?}, read {read:.2?}",
                back.graph.petgraph().edge_count(),
                format.name(),
                document.len() / 1_000_000
            );
        }
    }
}
