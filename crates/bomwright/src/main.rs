//! The command line: arguments to stages to exit code.
fn main() {}
