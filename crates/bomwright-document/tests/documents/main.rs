//! Documents as others see them: what is written reads back, validators accept it, and what other tools write
//! is understood.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a panic here is a failed test, and the numbers are small"
)]

mod foreign;
mod hostile;
mod law;
mod licenses;
mod sample;
mod speed;
mod statement;
mod suites;
mod validators;
