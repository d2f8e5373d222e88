//! `bomwright files`: the merged tree.

use bomwright_image::{Entry, NodeKind, Reading, Take, Visitor, merge};
use bomwright_model::LayerId;

use crate::args::Files;
use crate::exit::{FINE, Failure};
use crate::output::Output;
use crate::progress::{Bar, Verbosity};

/// Wants no content.
struct NamesOnly;

impl Visitor for NamesOnly {
    fn regular(&mut self, _: &Entry<'_>, _: &[u8]) -> Take {
        Take::Skip
    }

    fn content(&mut self, _: &Entry<'_>, _: &[u8]) {}
}

/// Runs the command.
pub(crate) fn run(arguments: &Files, verbosity: Verbosity) -> Result<u8, Failure> {
    let image = crate::load::open(&arguments.source, &arguments.reading)?;
    let total = image.layers().iter().map(|layer| layer.size).sum();
    let bar = Bar::new(&image.source().name, image.layers().len(), total, verbosity);
    let reading = Reading { pipelined: arguments.reading.threads > 1, facts: false };
    let mut trees = Vec::new();
    for (id, _) in (0..).map(LayerId).zip(image.layers()) {
        let tree = image
            .read_layer(id, reading, &bar, &mut NamesOnly)
            .map_err(|error| Failure::new(format!("{}: {error}", image.source().name)))?;
        trees.push(tree);
    }
    bar.finish();
    let tree = merge(trees, &arguments.reading.limits.limits());
    Output { format: String::new(), file: None }.write(|out| {
        for (path, node) in tree.iter() {
            write!(
                out,
                "{} {:04o} {}:{} {}\t/{path}",
                letter(node.kind),
                node.mode,
                node.uid,
                node.gid,
                node.size
            )?;
            if let Some(target) = node.link_target {
                write!(out, " -> {target}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    })?;
    Ok(FINE)
}

/// The letter that `ls -l` puts in front.
const fn letter(kind: NodeKind) -> char {
    match kind {
        NodeKind::File => '-',
        NodeKind::Directory => 'd',
        NodeKind::Symlink => 'l',
        NodeKind::CharacterDevice => 'c',
        NodeKind::BlockDevice => 'b',
        NodeKind::Fifo => 'p',
        NodeKind::Socket => 's',
    }
}
