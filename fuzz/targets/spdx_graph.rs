//! SPDX 3, read, written in every format, and read again.

#![no_main]

use bomwright_fuzz::document::{Kind, read_as};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| read_as(Kind::Graph, input));
