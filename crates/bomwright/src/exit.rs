//! Exit codes, and failures with what to do about them.

use std::io;

/// Nothing to report.
pub(crate) const FINE: u8 = 0;
/// A gate of the diff tripped, or something differs and that was asked for.
pub(crate) const DIFFERENT: u8 = 1;
/// Verifying found something that is worth failing a build for.
pub(crate) const FOUND: u8 = 1;
/// Bad usage, unreadable input, no place to write to. Clap exits with the same code on bad usage.
pub(crate) const TROUBLE: u8 = 2;

/// The two sides were not looked at in the same way, and that was asked for. Three stays free.
pub(crate) const EVIDENCE_GAP: u8 = 4;

/// Why a command can't go on.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is wrong, naming the file, as a lowercase fragment.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    broken_pipe: bool,
}

impl Failure {
    /// A failure without a hint.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, broken_pipe: false }
    }

    /// What a library says, with everything that caused it.
    pub(crate) fn chain(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = error.source();
        }
        Self::new(message)
    }

    /// The same with what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A failure to read or write `what`.
    pub(crate) fn io(what: &str, error: &io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { message: format!("{what}: {error}"), hint: None, broken_pipe }
    }

    /// Whether it is only that nobody reads our output any more.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}
