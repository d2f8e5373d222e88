//! `bomwright tree` and `bomwright why`: the graph for a person.

use bomwright_report::{Paint, UnknownPackage};

use crate::args::{Tree, Why};
use crate::exit::{FINE, Failure};
use crate::output::Output;
use crate::progress::Verbosity;

/// Runs `bomwright tree`.
pub(crate) fn tree(arguments: &Tree, verbosity: Verbosity) -> Result<u8, Failure> {
    let inventory = crate::load::inventory(&arguments.source, &arguments.reading, verbosity)?;
    print(&bomwright_report::tree(&inventory, arguments.depth, Paint::Colored))
}

/// Runs `bomwright why`.
pub(crate) fn why(arguments: &Why, verbosity: Verbosity) -> Result<u8, Failure> {
    let inventory = crate::load::inventory(&arguments.source, &arguments.reading, verbosity)?;
    let text = bomwright_report::why(&inventory, &arguments.package, arguments.most, Paint::Colored)
        .map_err(|UnknownPackage { name, near }| {
            let failure = Failure::new(format!("{}: no package is called '{name}'", inventory.source.name));
            if near.is_empty() { failure } else { failure.hint(format!("did you mean {}?", near.join(", "))) }
        })?;
    print(&text)
}

fn print(text: &str) -> Result<u8, Failure> {
    Output { format: String::new(), file: None }.write(|out| out.write_all(text.as_bytes()))?;
    Ok(FINE)
}
