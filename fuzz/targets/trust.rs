//! A key, an archive, an index or a release: what a user may be talked into trusting.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::trust::anchors(input));
