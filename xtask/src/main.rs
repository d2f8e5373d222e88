//! Automation for the workspace: `cargo xtask <command>`.
fn main() {}
