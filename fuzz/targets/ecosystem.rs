//! One file for every reader that claims it: `path\nbytes`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::ecosystem::every(input));
