//! A layer's tar, read in two ways of cutting it, and merged with itself.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::image::layer(input));
