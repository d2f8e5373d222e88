//! A file of any kind: recognised, opened, and its layers read and merged.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::image::source(input));
