//! `bomwright diff`: what changed between two images or SBOMs.

use bomwright_diff::{Delta, Input};
use bomwright_report::{Paint, delta_json, delta_markdown, delta_text};

use crate::args::Diff;
use crate::exit::{DIFFERENT, FINE, Failure};
use crate::output::{Output, unknown_format};
use crate::progress::Verbosity;

const FORMATS: &[&str] = &["text", "markdown", "json"];

/// Runs the command.
pub(crate) fn run(arguments: &Diff, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "text")?;
    if let Some(output) = outputs.iter().find(|output| !FORMATS.contains(&output.format.as_str())) {
        return Err(unknown_format(&output.format, FORMATS));
    }
    let mut old = crate::load::inventory(&arguments.old, &arguments.reading, verbosity)?;
    let mut new = crate::load::inventory(&arguments.new, &arguments.reading, verbosity)?;
    // One spelling of licences on both sides, whoever wrote them.
    bomwright_document::normalize_licenses(&mut old);
    bomwright_document::normalize_licenses(&mut new);
    let delta = bomwright_diff::diff(&Input::new(&old), &Input::new(&new));
    for output in &outputs {
        let text = render(&delta, output)?;
        output.write(|out| out.write_all(text.as_bytes()))?;
    }
    Ok(if delta.is_empty() { FINE } else { DIFFERENT })
}

fn render(delta: &Delta, output: &Output) -> Result<String, Failure> {
    match output.format.as_str() {
        "markdown" => Ok(delta_markdown(delta)),
        "json" => delta_json(delta).map_err(|error| Failure::new(format!("the delta as JSON: {error}"))),
        _ => Ok(delta_text(delta, if output.is_stdout() { Paint::Colored } else { Paint::Plain })),
    }
}
