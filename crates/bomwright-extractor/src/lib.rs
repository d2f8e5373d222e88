//! One pass over an image: layers times ecosystems, linked into one graph.
