//! Lists the merged tree of a source: `cargo run -p bomwright-image --example tree -- SOURCE [OPTION]...`
//!
//! One line a path: kind, mode, owner, group, size, layer, path, target, and with `--facts` SHA-256, MD5, SHA-1
//! and what the first bytes say. Options: `--platform os/arch`,
//! `--alone` to read on one thread, `--facts` to hash every file, `--quiet` for the times only.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::Instant;

use bomwright_image::{
    Entry, ImageError, MergedTree, Node, NodeKind, Options, Reading, SourceSpec, Take, Visitor, merge, open,
};
use bomwright_model::{Digest, LayerId};

/// Captures what an SBOM scan would: ELF files and small text.
#[derive(Default)]
struct Count {
    files: usize,
    captured: u64,
}

impl Visitor for Count {
    fn regular(&mut self, entry: &Entry<'_>, head: &[u8]) -> Take {
        self.files += 1;
        let wanted = head.starts_with(b"\x7fELF") || entry.path.starts_with("var/lib/dpkg/");
        if wanted { Take::Capture { limit: 64 << 20, sha256: false } } else { Take::Skip }
    }

    fn content(&mut self, _: &Entry<'_>, bytes: &[u8]) {
        self.captured += bytes.len() as u64;
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                message = format!("{message}: {inner}");
                cause = inner.source();
            }
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), ImageError> {
    let mut reading = Reading { pipelined: true, facts: false };
    let (mut options, mut quiet, mut source) = (Options::default(), false, String::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--platform" => options.platform = arguments.next().and_then(|text| text.parse().ok()),
            "--alone" => reading.pipelined = false,
            "--facts" => reading.facts = true,
            "--quiet" => quiet = true,
            _ => source = argument,
        }
    }
    let start = Instant::now();
    let image = open(&SourceSpec::parse(&source), &options)?;
    let opened = start.elapsed();
    let mut count = Count::default();
    let mut layers = Vec::new();
    for (index, _) in (0..).zip(image.layers()) {
        layers.push(image.read_layer(LayerId(index), reading, &(), &mut count)?);
    }
    let read = start.elapsed();
    let tree = merge(layers, &options.limits);
    let merged = start.elapsed();
    if !quiet {
        list(&tree);
    }
    for diagnostic in image.diagnostics().iter().chain(tree.diagnostics()) {
        let path = diagnostic.path.as_deref().unwrap_or_default();
        eprintln!("{} {:?} {path}: {}", diagnostic.code.as_str(), diagnostic.layer, diagnostic.message);
    }
    eprintln!(
        "{} files, {} bytes captured, {} paths in {} KiB; open {opened:?}, read {:?}, merge {:?}, list {:?}",
        count.files,
        count.captured,
        tree.len(),
        tree.heap_bytes() / 1024,
        read.saturating_sub(opened),
        merged.saturating_sub(read),
        start.elapsed().saturating_sub(merged),
    );
    Ok(())
}

fn list(tree: &MergedTree) {
    let mut text = String::new();
    for (path, node) in tree.iter() {
        let kind = match node.kind {
            NodeKind::Directory => 'd',
            NodeKind::Symlink => 'l',
            NodeKind::CharacterDevice => 'c',
            NodeKind::BlockDevice => 'b',
            NodeKind::Fifo => 'p',
            NodeKind::Socket => 's',
            NodeKind::File => 'f',
        };
        // Writing to a String cannot fail.
        let Node { mode, uid, gid, size, layer, .. } = node;
        let target = node.link_target.unwrap_or_default();
        let _ = write!(text, "{kind}\t{mode:04o}\t{uid}\t{gid}\t{size}\t{}\t/{path}\t{target}", layer.0);
        if let Some(facts) = node.facts {
            let hex = |bytes: &[u8]| Digest::from_bytes("x", bytes).hex().to_owned();
            let (md5, sha1) = (facts.md5.map(|it| hex(&it)), facts.sha1.map(|it| hex(&it)));
            let [md5, sha1] = [md5, sha1].map(|digest| digest.unwrap_or_else(|| "-".to_owned()));
            let _ = write!(text, "\t{}\t{md5}\t{sha1}\t{:?}", hex(&facts.sha256), facts.head);
        }
        text.push('\n');
    }
    print!("{text}");
}
