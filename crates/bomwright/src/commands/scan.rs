//! `bomwright scan`: what is in an image.

use bomwright_model::Inventory;
use bomwright_report::Paint;

use crate::args::Scan;
use crate::exit::{FINE, Failure};
use crate::load::PolicyFile;
use crate::output::Output;
use crate::progress::Verbosity;

const TABLE: &str = "table";

/// Runs the command.
pub(crate) fn run(arguments: &Scan, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, TABLE)?;
    // A format that does not exist is said before the scan, not after it.
    for output in outputs.iter().filter(|output| output.format != TABLE) {
        output.target(&[TABLE])?;
    }
    if arguments.against.is_given() && !arguments.verify {
        return Err(Failure::new("what is given from outside of the image is only used to verify it")
            .hint("add --verify, or leave out --trusted-key, --anchor, --base, --lifecycle-db and --now"));
    }
    let inventory = if arguments.verify {
        let policy = PolicyFile::read(&arguments.reading)?;
        let outside = crate::outside::outside(&arguments.against, &arguments.reading, &policy)?;
        crate::load::verified(&arguments.source, &arguments.reading, &outside, policy, verbosity)?.inventory
    } else {
        crate::load::inventory(&arguments.source, &arguments.reading, verbosity)?
    };
    for output in &outputs {
        write(output, &inventory)?;
    }
    Ok(FINE)
}

fn write(output: &Output, inventory: &Inventory) -> Result<(), Failure> {
    if output.format == TABLE {
        let width = if output.is_stdout() { super::terminal_width() } else { None };
        let text = bomwright_report::table(inventory, paint(output), width);
        return output.write(|out| out.write_all(text.as_bytes()));
    }
    output.document(inventory, output.target(&[TABLE])?)
}

fn paint(output: &Output) -> Paint {
    // anstream takes colours away again where standard output wants none.
    if output.is_stdout() { Paint::Colored } else { Paint::Plain }
}
