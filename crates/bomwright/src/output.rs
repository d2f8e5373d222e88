//! `-o FORMAT[@VERSION][=FILE]`: what to write, and where to.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::str::FromStr;

use bomwright_document::{DocumentError, Format, Target};
use bomwright_model::Inventory;

use crate::exit::Failure;

/// One `-o`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// The format's name, not checked yet: commands know different ones.
    pub(crate) format: String,
    /// The file; standard output without one.
    pub(crate) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the file name after '=' is empty".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self { format: format.to_owned(), file })
    }
}

impl Output {
    /// The format and version of a document that is asked for; `others` are names of further formats that the
    /// command knows.
    pub(crate) fn target(&self, others: &[&str]) -> Result<Target, Failure> {
        self.format.parse().map_err(|error| match error {
            DocumentError::UnknownVersion { format, .. } if format.versions().is_empty() => {
                Failure::chain(&error).hint(format!("leave out the version: -o {}", format.name()))
            }
            DocumentError::UnknownVersion { format, .. } => {
                Failure::chain(&error).hint(format!("one of {}", format.versions().join(", ")))
            }
            _ => {
                let mut known = others.to_vec();
                known.extend(Format::ALL.iter().map(|it| it.name()).filter(|name| !others.contains(name)));
                unknown_format(&self.format, &known)
            }
        })
    }

    /// Writes `inventory` as a document of `target`.
    pub(crate) fn document(&self, inventory: &Inventory, target: Target) -> Result<(), Failure> {
        self.write(|out| {
            bomwright_document::write(inventory, target, out).map_err(|error| match error {
                DocumentError::Write(error) => error,
                other => io::Error::other(other),
            })
        })
    }

    /// The help of `bomwright diff -o`.
    pub(crate) fn delta_help() -> String {
        let names: Vec<_> = bomwright_report::DELTA_FORMATS.iter().map(|format| format.name).collect();
        format!(
            "What to write, several times if need be: {}; without FILE to standard output",
            names.join(", ")
        )
    }

    /// `outputs`, or standard output in `default` where none was asked for. At most one may go there.
    pub(crate) fn resolve(outputs: &[Self], default: &str) -> Result<Vec<Self>, Failure> {
        if outputs.is_empty() {
            return Ok(vec![Self { format: default.to_owned(), file: None }]);
        }
        if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
            return Err(Failure::new("two outputs can't both go to standard output")
                .hint("give all but one a file: -o FORMAT=FILE"));
        }
        Ok(outputs.to_vec())
    }

    /// Whether it goes to standard output.
    pub(crate) fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    /// Whether a program is to read it, rather than a person.
    fn is_data(&self) -> bool {
        let name = self.format.split('@').next().unwrap_or_default();
        matches!(name, "json" | "csv" | "sarif" | "html" | "purls" | "github-snapshot")
            || name.starts_with("cyclonedx-")
            || name.starts_with("spdx-")
    }

    /// Writes what `write` produces.
    pub(crate) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let whole = |out: &mut dyn Write| {
            let mut out = BufWriter::with_capacity(1 << 16, out);
            write(&mut out)?;
            out.flush()
        };
        match &self.file {
            None => {
                // Data have no colours to be taken out.
                let written = if self.is_data() {
                    whole(&mut io::stdout().lock())
                } else {
                    whole(&mut anstream::stdout().lock())
                };
                written.map_err(|error| Failure::io("standard output", &error))
            }
            Some(path) => File::create(path)
                .and_then(|mut file| whole(&mut file))
                .map_err(|error| Failure::io(&path.display().to_string(), &error)),
        }
    }
}

/// A format that a command does not know.
pub(crate) fn unknown_format(name: &str, known: &[&str]) -> Failure {
    Failure::new(format!("unknown output format '{name}'")).hint(format!("one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_files() {
        let parse = |text: &str| text.parse::<Output>();
        assert_eq!(parse("table").unwrap(), Output { format: "table".into(), file: None });
        assert_eq!(parse("json=a=b").unwrap(), Output { format: "json".into(), file: Some("a=b".into()) });
        assert!(parse("json=").is_err());
        let twice = [parse("json").unwrap(), parse("table").unwrap()];
        assert!(Output::resolve(&twice, "table").is_err());
    }
}
