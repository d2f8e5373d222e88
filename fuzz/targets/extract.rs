//! A root file system's tar, through the whole of a scan.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::image::extract(input));
