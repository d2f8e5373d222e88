//! A delta, read and rendered in every form.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::delta::read_and_render(input));
