//! How long large documents take; run by hand with `--release -- --ignored --nocapture`.

use bomwright_document::{Format, read, write};

use crate::sample;

/// Processor time of this process so far, in seconds (proc(5), `/proc/self/stat`, fields 14 and 15, in hundredths).
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[test]
#[ignore = "a measurement, meaningful only in release builds"]
fn fifty_thousand_packages() {
    for count in [5_000, 50_000] {
        let inventory = sample::inventory(1, count, 4);
        for &format in Format::ALL {
            let mut document = Vec::new();
            let start = processor_time();
            write(&inventory, format, &mut document).unwrap();
            let written = processor_time() - start;
            let start = processor_time();
            let back = read("sample", &document).unwrap();
            let read = processor_time() - start;
            println!(
                "{count} packages, {} edges, {}: {} MB, write {written:.2} s, read {read:.2} s",
                back.graph.petgraph().edge_count(),
                format.name(),
                document.len() / 1_000_000
            );
        }
    }
}
