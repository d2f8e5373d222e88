//! The command line: arguments to stages to exit code. Nothing else depends on this crate.

mod args;
mod commands;
mod compared;
mod exit;
mod form;
mod limits;
mod load;
mod output;
mod outside;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use exit::{Failure, TROUBLE};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.color.write_global();
    let verbosity = arguments.verbosity();
    let outcome = match arguments.command {
        Command::Scan(it) => commands::scan::run(&it, verbosity),
        Command::Convert(it) => commands::convert::run(&it, verbosity),
        Command::Diff(it) => commands::diff::run(&it, verbosity),
        Command::Render(it) => commands::render::run(&it),
        Command::Waive(it) => commands::waive::run(&it),
        Command::Verify(it) => commands::verify::run(&it, verbosity),
        Command::Check(it) => commands::check::run(&it, verbosity),
        Command::Attest(it) => commands::attest::run(&it, verbosity),
        Command::Tree(it) => commands::graph::tree(&it, verbosity),
        Command::Why(it) => commands::graph::why(&it, verbosity),
        Command::Files(it) => commands::files::run(&it, verbosity),
        Command::Init(it) => commands::init::run(it, verbosity),
        Command::Images(it) => commands::images::run(&it, verbosity),
        Command::Comment(it) => commands::comment::run(&it, verbosity),
        Command::Rules(it) => commands::rules::run(&it),
        Command::Ecosystems(it) => commands::ecosystems::run(&it),
        Command::VersionCompare(it) => commands::versions::run(&it),
        Command::Cache(it) => commands::cache::run(&it),
        Command::Completions(it) => commands::shell::completions(&it),
        Command::Man => commands::shell::man(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        // Whoever reads our output has seen enough: `bomwright … | head`.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure);
            ExitCode::from(TROUBLE)
        }
    }
}

fn report(failure: &Failure) {
    use std::io::Write;
    let mut stderr = anstream::stderr().lock();
    let red = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
    // When standard error is closed there is nobody left to tell.
    let _ = writeln!(stderr, "{red}error{red:#}: {}", failure.message);
    if let Some(hint) = &failure.hint {
        let _ = writeln!(stderr, "hint: {hint}");
    }
}
