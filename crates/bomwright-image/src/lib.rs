//! Image sources as verified layers, and the merged tree.
