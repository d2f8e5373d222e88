//! What the fuzz targets do, so that each target is one line and each reader meets the same checks.
//!
//! A target finds panics, hangs and memory without bound by running at all; the checks here add what a
//! crash does not show, such as a result that changes from run to run.

#![forbid(unsafe_code)]

pub mod delta;
pub mod document;
pub mod ecosystem;
pub mod image;
pub mod orchestration;
pub mod trust;
pub mod version;
