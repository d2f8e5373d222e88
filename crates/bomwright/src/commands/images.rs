//! `bomwright images`: which images manifests name.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use bomwright_model::Confidence;
use bomwright_orchestration::{Found, Input, MOST_BYTES, Pin, Problem, is_wanted};
use bomwright_report::{images_json, images_table};

use crate::args::{Images, Sureness};
use crate::commands::deployment;
use crate::exit::{DIFFERENT, FINE, Failure};
use crate::output::Output;
use crate::progress::Verbosity;

const FORMATS: &[&str] = &["table", "json"];
/// Files that are read.
const MOST_FILES: usize = 100_000;
/// Bytes of all files together.
const MOST_TOTAL: usize = 1 << 30;
/// Directories inside directories.
const DEEPEST: usize = 256;
/// The name of what comes from standard input.
const STDIN: &str = "<stdin>";

/// Runs the command.
pub(crate) fn run(arguments: &Images, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "table")?;
    // A format that does not exist is said before anything is read.
    let documents: Vec<_> = outputs.iter().filter(|it| !FORMATS.contains(&it.format.as_str())).collect();
    for output in &documents {
        output.target(FORMATS)?;
    }
    if documents.is_empty() && !arguments.image_map.is_empty() {
        return Err(Failure::new("--image-map is for documents of all images")
            .hint("add one, for example -o cyclonedx-json"));
    }
    let files = Files::read(&arguments.paths)?;
    let inputs: Vec<_> = files.texts.iter().map(|(path, text)| Input { path, text }).collect();
    let mut found = bomwright_orchestration::find(&inputs);
    let least = match arguments.min_confidence {
        Sureness::Low => Confidence::Low,
        Sureness::Medium => Confidence::Medium,
        Sureness::High => Confidence::High,
    };
    found.references.retain(|reference| reference.confidence >= least);
    tell(&found.problems, &files.skipped, verbosity);
    for output in outputs.iter().filter(|it| FORMATS.contains(&it.format.as_str())) {
        let text = render(&found, output)?;
        output.write(|out| out.write_all(text.as_bytes()))?;
    }
    if !documents.is_empty() {
        let inventory = deployment::inventory(&found.references, arguments, verbosity)?;
        for output in documents {
            output.document(&inventory, output.target(FORMATS)?)?;
        }
    }
    let open = found.references.iter().any(|it| !it.superseded && it.pin != Pin::Digest);
    Ok(if arguments.fail_on_mutable && open { DIFFERENT } else { FINE })
}

fn render(found: &Found, output: &Output) -> Result<String, Failure> {
    if output.format == "json" {
        return images_json(found).map_err(|error| Failure::new(format!("the references as JSON: {error}")));
    }
    let width = if output.is_stdout() { super::terminal_width() } else { None };
    Ok(images_table(found, width))
}

/// Prints what could not be read: warnings unless quiet, notes when verbose.
fn tell(problems: &[Problem], skipped: &[String], verbosity: Verbosity) {
    if verbosity == Verbosity::Quiet {
        return;
    }
    let mut stderr = anstream::stderr().lock();
    let mut line = |text: &str| {
        // A closed standard error is no reason to fail.
        let _ = writeln!(stderr, "{}", bomwright_report::clean(text));
    };
    for text in skipped {
        line(&format!("warning[unreadable]: {text}"));
    }
    for it in problems.iter().filter(|it| it.code.is_warning() || verbosity == Verbosity::Verbose) {
        let word = if it.code.is_warning() { "warning" } else { "note" };
        let place = format!("{}:{}:{}", it.file, it.line, it.column);
        line(&format!("{word}[{}]: {place}: {}", it.code.as_str(), it.message));
    }
}

/// What was read from the disk.
#[derive(Default)]
struct Files {
    texts: Vec<(String, String)>,
    /// Files in directories that could not be read, with the reason.
    skipped: Vec<String>,
    known: BTreeSet<String>,
    total: usize,
}

impl Files {
    /// Reads what was named. What was named itself must be readable; what lies in a directory need not be.
    fn read(paths: &[String]) -> Result<Self, Failure> {
        let mut files = Self::default();
        for path in paths {
            if path == "-" {
                let text = text(io::stdin().lock()).map_err(|error| Failure::io("standard input", &error))?;
                files.add(STDIN, text)?;
            } else if Path::new(path).is_dir() {
                files.walk(path)?;
            } else {
                let text = File::open(path).and_then(text).map_err(|error| Failure::io(path, &error))?;
                files.add(path, text)?;
            }
        }
        Ok(files)
    }

    fn walk(&mut self, directory: &str) -> Result<(), Failure> {
        let walk = walkdir::WalkDir::new(directory).max_depth(DEEPEST).sort_by_file_name();
        let hidden = |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name() == ".git";
        for entry in walk.into_iter().filter_entry(|entry| !hidden(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.skipped.push(error.to_string());
                    continue;
                }
            };
            let path = entry.path().to_string_lossy();
            if !entry.file_type().is_file() || !is_wanted(&path) {
                continue;
            }
            match File::open(entry.path()).and_then(text) {
                Ok(text) => self.add(&path, text)?,
                Err(error) => self.skipped.push(format!("{path}: {error}")),
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, text: String) -> Result<(), Failure> {
        if !self.known.insert(path.to_owned()) {
            return Ok(());
        }
        self.total += text.len();
        if self.texts.len() >= MOST_FILES || self.total > MOST_TOTAL {
            let message = format!("{path}: more than {MOST_FILES} files or {} MiB", MOST_TOTAL >> 20);
            return Err(Failure::new(message).hint("name the directories that hold manifests"));
        }
        self.texts.push((path.to_owned(), text));
        Ok(())
    }
}

/// The text of a file, up to one byte more than is looked at. Odd bytes are replaced: no reference holds any.
fn text(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
