//! A layer's tar that is in memory already: a registry's answer, a test's, a fuzzer's.

use crate::facts::Digester;
use crate::layer::LayerSink;
use crate::tap::Feed;
use crate::tar::Sink;
use crate::{ImageError, LayerTree, Limits, Visitor};

/// Reads an uncompressed layer, cut into `pieces` anywhere, past `visitor`, as
/// [`OpenImage::read_layer`](crate::OpenImage::read_layer) does with one on disk.
///
/// There is no digest to check: the caller answers for the bytes. Names that begin with `.wh.` are whiteouts.
/// With `facts`, every file of the tree has its [`FileFacts`](crate::FileFacts). The pieces are walked twice
/// where the visitor wants to see hard links. The result does not depend on where the pieces were cut.
///
/// # Errors
/// [`ImageError::Tar`] where the tar cannot be read any further.
pub fn read_tar<'a>(
    pieces: impl Iterator<Item = &'a [u8]> + Clone,
    limits: &Limits,
    facts: bool,
    visitor: &mut dyn Visitor,
) -> Result<LayerTree, ImageError> {
    let mut sink = LayerSink::new(visitor, limits, true, facts);
    push(pieces.clone(), limits, &mut sink)?;
    let (tree, links) = sink.finish();
    if !links.is_empty() {
        push(pieces, limits, &mut LayerSink::for_links(visitor, limits, links))?;
    }
    tree.ok_or_else(|| ImageError::Missing { what: "layer", name: "the layer in memory".to_owned() })
}

fn push<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let failed = |source| ImageError::Tar { what: "the layer in memory".to_owned(), source };
    let mut feed = Feed::new(limits);
    let mut digester = Digester::default();
    for piece in pieces {
        feed.push(piece, None, sink).map_err(failed)?;
        digester.run(piece, &sink.pieces());
    }
    sink.digests(digester.finish());
    feed.finish().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Take, merge};

    /// Writes down everything that it is shown, and wants all of it.
    #[derive(Default, PartialEq, Debug)]
    struct Log(Vec<(String, Vec<u8>)>);

    impl Visitor for Log {
        fn regular(&mut self, _: &Entry<'_>, _: &[u8]) -> Take {
            Take::Capture { limit: u64::MAX, sha256: false }
        }

        fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
            self.0.push((entry.path.to_owned(), bytes.to_vec()));
        }

        fn hard_link(&mut self, _: &Entry<'_>, _: &str) -> bool {
            true
        }
    }

    /// Made by the `tar` crate: a file, a link to it, and a whiteout.
    fn layer() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(700);
        header.set_mode(0o644);
        tar.append_data(&mut header, "etc/a", &[b'x'; 700][..]).unwrap();
        header.set_size(0);
        header.set_entry_type(tar::EntryType::Link);
        tar.append_link(&mut header, "etc/b", "etc/a").unwrap();
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, "etc/.wh.c", &[][..]).unwrap();
        tar.into_inner().unwrap()
    }

    #[test]
    fn cuts_do_not_show() {
        let (bytes, limits) = (layer(), Limits::default());
        for size in [1, 511, 512, 700, usize::MAX] {
            let mut log = Log::default();
            let tree = read_tar(bytes.chunks(size), &limits, false, &mut log).unwrap();
            let content = vec![b'x'; 700];
            assert_eq!(log.0, [("etc/a".to_owned(), content.clone()), ("etc/b".to_owned(), content)]);
            assert_eq!(tree.whiteouts(), ["etc/c"]);
            assert_eq!(merge(vec![tree], &limits).len(), 3);
        }
    }

    #[test]
    fn a_cut_tar_is_an_error() {
        let bytes = layer();
        let result = read_tar(bytes.get(..1000).into_iter(), &Limits::default(), false, &mut Log::default());
        assert!(matches!(result, Err(ImageError::Tar { source: crate::TarError::Truncated, .. })));
    }
}
