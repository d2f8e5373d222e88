//! `bomwright completions` and `bomwright man`: made by clap from the arguments themselves.

use clap::CommandFactory;

use crate::args::{Arguments, Completions};
use crate::exit::{FINE, Failure};
use crate::output::Output;

/// Runs `bomwright completions`.
pub(crate) fn completions(arguments: &Completions) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "bomwright", &mut script);
    print(&script)
}

/// Runs `bomwright man`.
pub(crate) fn man() -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(|error| Failure::io("the manual page", &error))?;
    print(&page)
}

fn print(bytes: &[u8]) -> Result<u8, Failure> {
    Output { format: String::new(), file: None }.write(|out| out.write_all(bytes))?;
    Ok(FINE)
}
