//! One binary for all end-to-end tests, so that they are linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod account;
mod cli;
mod command;
mod comment;
mod conformance;
mod diff_real;
mod git;
mod html;
mod images;
mod init;
mod licence_texts;
mod locks;
mod merge;
mod outputs;
mod pairs;
mod profiles;
mod readme;
mod recipes;
mod references;
mod sboms;
mod validators;
mod verify;
mod verify_hidden;
mod verify_host;
mod verify_layers;
mod verify_origins;
mod workspace;
mod yaml;
