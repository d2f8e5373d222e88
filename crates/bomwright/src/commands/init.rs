//! `bomwright init`: a policy file to begin with.

use std::fs;
use std::io::Write;
use std::path::Path;

use bomwright_origin::{Proposals, template};

use crate::args::Init;
use crate::exit::{FINE, Failure};
use crate::output::Output;
use crate::progress::Verbosity;

/// What stands for standard output.
const STDOUT: &str = "-";

/// Runs the command.
pub(crate) fn run(mut arguments: Init, verbosity: Verbosity) -> Result<u8, Failure> {
    let source = arguments.source.as_deref().filter(|source| *source != STDOUT);
    let target = match arguments.source.as_deref() {
        Some(STDOUT) => Path::new(STDOUT),
        _ => arguments.output.as_path(),
    };
    let is_stdout = target == Path::new(STDOUT);
    // That there is a file already is said before the scan, not after it.
    if !is_stdout && !arguments.force && fs::symlink_metadata(target).is_ok() {
        return Err(exists(target));
    }
    // What is there may be the very file that is to be replaced.
    arguments.reading.ignore_policy = true;
    let proposals = match source {
        Some(source) => Proposals::of(&crate::load::inventory(source, &arguments.reading, verbosity)?),
        None => Proposals::default(),
    };
    let text = template(&proposals);
    if is_stdout {
        Output { format: String::new(), file: None }.write(|out| out.write_all(text.as_bytes()))?;
        return Ok(FINE);
    }
    write(target, &text, arguments.force)?;
    if verbosity != Verbosity::Quiet {
        // A closed standard error is no reason to fail.
        let _ = writeln!(anstream::stderr(), "wrote {}", target.display());
    }
    Ok(FINE)
}

fn exists(target: &Path) -> Failure {
    Failure::new(format!("{}: is there already", target.display()))
        .hint("overwrite it with --force, or print to standard output with `-o -`")
}

fn write(target: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let mut options = fs::File::options();
    options.write(true);
    // Without --force nothing that came to be in the meantime is overwritten.
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(target).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(target),
        _ => Failure::io(&target.display().to_string(), &error),
    })
}
