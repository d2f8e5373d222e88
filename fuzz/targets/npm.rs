//! One file for the `npm` reader: `path\nbytes`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::ecosystem::one("npm", input));
