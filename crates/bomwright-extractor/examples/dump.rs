//! x
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used)]
use bomwright_model::*;
use std::collections::BTreeMap;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let spec = bomwright_image::SourceSpec::parse(&a[1]);
    let image = bomwright_image::open(&spec, &Default::default()).unwrap();
    let t = std::time::Instant::now();
    let o = bomwright_extractor::Options {
        threads: 2,
        cache: None,
        policy: Default::default(),
        limits: Default::default(),
        timestamp: None,
    };
    let inv = bomwright_extractor::extract(&image, &o, &()).unwrap();
    eprintln!("{:?}", t.elapsed());
    let mut c: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for (id, p) in inv.packages() {
        let e = c.entry(&p.ecosystem).or_default();
        e.0 += 1;
        if p.shipped_by.is_some() {
            e.1 += 1;
        }
        let n = Node::Package(id);
        let edges = inv.graph.dependencies(&n).len()
            + inv.graph.dependents(&n).iter().filter(|(n, _)| **n != Node::Root).count();
        if edges == 0 {
            e.2 += 1;
            if a.len() > 2 {
                println!("orphan {} {} {} {:?}", p.ecosystem, p.full_name(), p.version, p.location);
            }
        }
    }
    for (k, (n, s, o)) in c {
        println!("{k}: {n} packages, {s} shipped, {o} orphans");
    }
    println!(
        "edges {} nodes {} files {} unowned {}",
        inv.graph.edges().len(),
        inv.graph.nodes().len(),
        inv.files.len(),
        inv.files.iter().filter(|f| f.owner.is_none()).count()
    );
    println!("unresolved {}", inv.graph.nodes().iter().filter(|n| matches!(n, Node::Unresolved(..))).count());
    let mut d: BTreeMap<&str, usize> = BTreeMap::new();
    for x in &inv.diagnostics {
        *d.entry(x.code.as_str()).or_default() += 1;
    }
    println!("{d:?}");
    if a.len() > 2 {
        for x in &inv.diagnostics {
            println!("{x:?}");
        }
        for n in inv.graph.nodes() {
            if let Node::Unresolved(a, b) = n {
                println!("unresolved {a} {b}");
            }
        }
        for f in inv.files.iter().filter(|f| f.owner.is_none()) {
            println!("unowned {} {:?}", f.path, f.kind);
        }
    }
}
