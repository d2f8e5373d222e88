//! SPDX 2 as tag-value, read, written in every format, and read again.

#![no_main]

use bomwright_document::Format;
use bomwright_fuzz::document::{Kind, read_as};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| read_as(Kind::Format(Format::SpdxTagValue), input));
