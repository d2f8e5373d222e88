//! The documents of an image, put into an archive under their right digests.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::image::documents(input));
