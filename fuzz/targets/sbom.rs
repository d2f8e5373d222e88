//! A document of any format, read, written in every format, and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::document::read_and_write(input));
