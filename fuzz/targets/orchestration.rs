//! Files of a deployment, apart by lines that begin with `=== `.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| bomwright_fuzz::orchestration::references(input));
