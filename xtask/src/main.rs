//! Automation for the workspace: `cargo xtask <command>`.
//!
//! Each command is one module with a `run(arguments)`; this file only chooses among them.

mod bench;
mod corpus;
mod lifecycle;
mod samples;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command> [options]

commands:
  bench     measure ours, a peer and the floors over the corpus
  corpus    build the real test images and record what the reference tools say is in them
  demo      show the main job on the two images of samples/
  lifecycle hold the lifecycle table against the installed distro-info-data
  samples   make the images of samples/ and what is derived from them";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next().as_deref() {
        Some("bench") => bench::run(arguments),
        Some("demo") => samples::demo(),
        Some("lifecycle") => lifecycle::run(arguments),
        Some("samples") => samples::run(arguments),
        Some("inflate") => bench::inflate_to_nowhere(arguments),
        Some("through") => bench::through(arguments),
        Some("corpus") => corpus::run(arguments),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => {
            if let Some(name) = other {
                eprintln!("error: there is no command `{name}`\n");
            }
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
