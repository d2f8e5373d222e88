//! One file for the `pypi` reader: `path\nbytes`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::ecosystem::one("pypi", input));
