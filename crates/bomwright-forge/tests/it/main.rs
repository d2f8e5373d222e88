//! Posting to a forge made by hand, which loses connections, limits rates and has strangers in it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod faults;
mod setting;
mod sticky;
