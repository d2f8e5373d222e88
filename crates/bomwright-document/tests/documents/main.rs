//! Documents as others see them: what is written reads back, validators accept it, and what other tools write
//! is understood.

mod foreign;
mod law;
mod sample;
mod speed;
mod validators;
