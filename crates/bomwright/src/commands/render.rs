//! `bomwright render`: a delta that was made earlier, for people. So an untrusted build makes data, and a trusted job
//! turns it into a comment.

use std::io::Read;

use bomwright_diff::Delta;
use bomwright_report::{Paint, delta_json, delta_markdown, delta_text, read_delta};

use crate::args::Render;
use crate::exit::{FINE, Failure};
use crate::output::{Output, unknown_format};

/// A delta of more bytes is none that this program made.
const LARGEST: u64 = 512 << 20;

/// Runs the command.
pub(crate) fn run(arguments: &Render) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "text")?;
    if let Some(output) = outputs.iter().find(|output| !formats().contains(&output.format.as_str())) {
        return Err(unknown_format(&output.format, &formats()));
    }
    let delta = load(&arguments.delta)?;
    for output in &outputs {
        write(&delta, output)?;
    }
    Ok(FINE)
}

/// Reads the delta in the file `name`, or on standard input where it is `-`.
pub(crate) fn load(name: &str) -> Result<Delta, Failure> {
    let mut text = String::new();
    let source: Result<Box<dyn Read>, _> = if name == "-" {
        Ok(Box::new(std::io::stdin().lock()))
    } else {
        std::fs::File::open(name).map(|file| Box::new(file) as Box<dyn Read>)
    };
    let read = source.and_then(|source| source.take(LARGEST).read_to_string(&mut text));
    read.map_err(|error| Failure::io(name, &error))?;
    read_delta(&text).map_err(|error| {
        Failure::new(format!("{name}: {error}")).hint("make one with `bomwright diff OLD NEW -o json=FILE`")
    })
}

/// The names of the formats of a delta.
pub(crate) fn formats() -> Vec<&'static str> {
    vec!["text", "markdown", "json"]
}

/// Writes `delta` in the form that `output` asks for.
pub(crate) fn write(delta: &Delta, output: &Output) -> Result<(), Failure> {
    let paint = if output.is_stdout() { Paint::Colored } else { Paint::Plain };
    let text = match output.format.as_str() {
        "markdown" => delta_markdown(delta),
        "json" => delta_json(delta).map_err(|error| Failure::new(format!("the delta as JSON: {error}")))?,
        _ => delta_text(delta, paint),
    };
    output.write(|out| out.write_all(text.as_bytes()))
}
