#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used
)]
use bomwright_ecosystems::*;
#[test]
fn scratch() {
    let Ok(list) = std::env::var("SCRATCH_LIST") else { return };
    let eco = find(&std::env::var("SCRATCH_ECO").unwrap()).unwrap();
    let mut spent = std::time::Duration::ZERO;
    let mut bytes_total = 0usize;
    for path in std::fs::read_to_string(list).unwrap().lines() {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let mut out = Findings::default();
        let start = std::time::Instant::now();
        eco.read(&FileView::new(path.trim_start_matches('/'), &bytes), &mut out);
        spent += start.elapsed();
        bytes_total += bytes.len();
        println!("FILE\t{path}");
        for f in &out.packages {
            let p = &f.package;
            println!(
                "PKG\t{}\t{}\t{}\t{}\t{:?}\t{}",
                p.namespace.as_deref().unwrap_or(""),
                p.name,
                p.version,
                p.location.as_deref().unwrap_or(""),
                p.kind,
                eco.purl(p, None).map(|x| x.to_string()).unwrap_or_default()
            );
            if std::env::var("SCRATCH_FULL").is_ok() {
                println!("{f:#?}");
            }
        }
        for d in &out.diagnostics {
            println!("DIAG\t{d:?}");
        }
    }
    println!("TIME\t{spent:?}\t{bytes_total}");
}
