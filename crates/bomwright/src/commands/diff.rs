//! `bomwright diff`: what changed between two images or SBOMs.

use bomwright_diff::{Delta, Outcome};
use bomwright_model::Gates;

use crate::args::Diff;
use crate::commands::render::{formats, write};
use crate::compared::Compared;
use crate::exit::{DIFFERENT, EVIDENCE_GAP, FINE, Failure};
use crate::output::{Output, unknown_format};
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Diff, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "text")?;
    if let Some(output) = outputs.iter().find(|output| !formats().contains(&output.format.as_str())) {
        return Err(unknown_format(&output.format, &formats()));
    }
    let reading = &arguments.reading;
    let outside = crate::outside::outside(&arguments.against, reading)?;
    let gates = gates(arguments)?;
    let read = |text: &str| Compared::read(text, arguments.packages_only, &outside, reading, verbosity);
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    let mut delta = bomwright_diff::diff(&old.input(), &new.input());
    bomwright_diff::judge(&mut delta, &gates, &outside.today.to_string());
    for output in &outputs {
        write(&delta, output)?;
    }
    Ok(code(&delta, arguments))
}

/// The policy's gates and those of the command line.
fn gates(arguments: &Diff) -> Result<Gates, Failure> {
    let mut gates = crate::load::policy(&arguments.reading, None)?.gates;
    gates.fail_on.extend(&arguments.fail_on);
    gates.fail_on.sort();
    gates.fail_on.dedup();
    Ok(gates)
}

fn code(delta: &Delta, arguments: &Diff) -> u8 {
    if delta.verdict.outcome == Outcome::Fail || (arguments.exit_code && !delta.is_empty()) {
        DIFFERENT
    } else if arguments.strict_evidence && !delta.comparability.is_full() {
        EVIDENCE_GAP
    } else {
        FINE
    }
}
