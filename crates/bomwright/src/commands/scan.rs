//! `bomwright scan`: what is in an image.

use crate::args::Scan;
use crate::exit::{FINE, Failure};
use crate::form::{self, Form};
use crate::load::PolicyFile;
use crate::output::Output;
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Scan, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, form::DEFAULT)?;
    // What can't be written is said before the scan, not after it.
    let forms = outputs.iter().map(|output| Form::of(output, arguments.files, &arguments.job));
    let forms = forms.collect::<Result<Vec<_>, _>>()?;
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
    for (output, form) in outputs.iter().zip(forms) {
        form.write(output, &inventory)?;
    }
    Ok(FINE)
}
