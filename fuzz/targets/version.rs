//! Up to three version strings, one a line, in every scheme.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::version::laws(input));
