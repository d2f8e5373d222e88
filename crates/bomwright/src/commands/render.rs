//! `bomwright render`: a delta that was made earlier, for people. So an untrusted build makes data, and a trusted job
//! turns it into a comment.

use std::io::{IsTerminal, Read};

use bomwright_diff::Delta;
use bomwright_model::GateRule;
use bomwright_report::{DELTA_FORMATS, Paint, RenderOptions, read_delta, render};

use crate::args::{Render, Rendering};
use crate::exit::{FINE, Failure};
use crate::output::{Output, unknown_format};

/// A delta of more bytes is none that this program made.
const LARGEST: u64 = 512 << 20;
/// How a finding is let pass.
const WAIVE: &str = "bomwright waive delta.json {id} --reason WHY --until YYYY-MM-DD";

/// Runs the command.
pub(crate) fn run(arguments: &Render) -> Result<u8, Failure> {
    let outputs = outputs(&arguments.rendering)?;
    let delta = load(&arguments.delta)?;
    for output in &outputs {
        write(&delta, output, &arguments.rendering)?;
    }
    Ok(FINE)
}

/// What is to be written, every format known.
pub(crate) fn outputs(rendering: &Rendering) -> Result<Vec<Output>, Failure> {
    let outputs = Output::resolve(&rendering.outputs, "text")?;
    let known: Vec<_> = DELTA_FORMATS.iter().map(|format| format.name).collect();
    match outputs.iter().find(|output| !known.contains(&output.format.as_str())) {
        Some(output) => Err(unknown_format(&output.format, &known)),
        None => Ok(outputs),
    }
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

/// Writes `delta` in the form that `output` asks for.
pub(crate) fn write(delta: &Delta, output: &Output, rendering: &Rendering) -> Result<(), Failure> {
    let terminal = output.is_stdout() && std::io::stdout().is_terminal();
    let options = RenderOptions {
        paint: if output.is_stdout() { Paint::Colored } else { Paint::Plain },
        width: terminal.then(|| usize::from(console::Term::stdout().size().1)),
        report_url: rendering.report_url.clone(),
        command: WAIVE.to_owned(),
        rules: GateRule::ALL.iter().map(|it| (it.as_str().to_owned(), it.about().to_owned())).collect(),
        ..RenderOptions::default()
    };
    let text = render(delta, &output.format, &options).map_err(|error| Failure::chain(&error))?;
    output.write(|out| out.write_all(text.as_bytes()))
}
