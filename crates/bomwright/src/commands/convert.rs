//! `bomwright convert`: one document to another format or version, saying what gets lost.

use std::io::Write;

use bomwright_document::{Target, losses};
use bomwright_model::{Inventory, SourceKind};

use crate::args::Convert;
use crate::exit::{FINE, Failure};
use crate::form::Form;
use crate::output::Output;
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Convert, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "json")?;
    // What can't be written is said before anything is read.
    let forms = outputs.iter().map(|output| Form::of(output, arguments.files, &arguments.job));
    let forms = forms.collect::<Result<Vec<_>, _>>()?;
    let source = &arguments.document;
    let kind = crate::load::kind(&crate::load::spec(source, &arguments.reading), &arguments.reading)?;
    if kind != SourceKind::Sbom {
        return Err(Failure::new(format!("{source}: not an SBOM that is read here"))
            .hint("to make one from an image or a directory: bomwright scan SOURCE -o FORMAT=FILE"));
    }
    let inventory = crate::load::inventory(source, &arguments.reading, verbosity)?;
    for (output, form) in outputs.iter().zip(forms) {
        form.write(output, &inventory)?;
        // Other forms are for reading and submitting, and stand for no inventory.
        if let Form::Document(target) = form
            && verbosity != Verbosity::Quiet
        {
            tell(&inventory, output, target);
        }
    }
    // The program ends here: giving back hundreds of thousands of small pieces takes a tenth of the time.
    std::mem::forget(inventory);
    Ok(FINE)
}

/// Says what the document that was written does not hold.
fn tell(inventory: &Inventory, output: &Output, target: Target) {
    let name =
        output.file.as_ref().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    let mut stderr = anstream::stderr().lock();
    for (loss, count) in losses(inventory, target) {
        let instead =
            if loss.instead.is_empty() { String::new() } else { format!("; instead: {}", loss.instead) };
        let line = format!("note[lost]: {name}: {target} does not carry {}: {count}{instead}", loss.what);
        // A closed standard error is no reason to fail.
        let _ = writeln!(stderr, "{}", bomwright_report::clean(&line));
    }
}
