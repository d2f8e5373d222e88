//! `bomwright init`, and the policy file that it writes.

use std::fs;

use bomwright_tests::{Image, layer};

use crate::command::{bomwright, scan};

