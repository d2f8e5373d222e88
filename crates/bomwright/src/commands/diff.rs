//! `bomwright diff`: what changed between two images or SBOMs.

use bomwright_diff::{Delta, Input};
use bomwright_report::{DELTA_FORMATS, Paint, RenderOptions, render};

use crate::args::Diff;
use crate::exit::{DIFFERENT, FINE, Failure};
use crate::output::{Output, unknown_format};
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Diff, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "text")?;
    let formats: Vec<_> = DELTA_FORMATS.iter().map(|format| format.name).collect();
    if let Some(output) = outputs.iter().find(|output| !formats.contains(&output.format.as_str())) {
        return Err(unknown_format(&output.format, &formats));
    }
    let mut old = crate::load::inventory(&arguments.old, &arguments.reading, verbosity)?;
    let mut new = crate::load::inventory(&arguments.new, &arguments.reading, verbosity)?;
    // One spelling of licences on both sides, whoever wrote them.
    bomwright_document::normalize_licenses(&mut old);
    bomwright_document::normalize_licenses(&mut new);
    let delta = bomwright_diff::diff(&Input::new(&old), &Input::new(&new));
    for output in &outputs {
        let text = written(&delta, output)?;
        output.write(|out| out.write_all(text.as_bytes()))?;
    }
    Ok(if delta.is_empty() { FINE } else { DIFFERENT })
}

fn written(delta: &Delta, output: &Output) -> Result<String, Failure> {
    let paint = if output.is_stdout() { Paint::Colored } else { Paint::Plain };
    let options = RenderOptions { paint, ..RenderOptions::default() };
    render(delta, &output.format, &options).map_err(|error| Failure::new(error.to_string()))
}
