//! One file for each command.

pub(crate) mod attest;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod comment;
pub(crate) mod convert;
pub(crate) mod deployment;
pub(crate) mod diff;
pub(crate) mod ecosystems;
pub(crate) mod files;
pub(crate) mod graph;
pub(crate) mod images;
pub(crate) mod init;
pub(crate) mod render;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod shell;
pub(crate) mod verify;
pub(crate) mod versions;
pub(crate) mod waive;

/// The width of the terminal on standard output, in columns; `None` where there is none.
pub(crate) fn terminal_width() -> Option<u16> {
    use std::io::IsTerminal;
    if !std::io::stdout().is_terminal() {
        return None;
    }
    console_width()
}

fn console_width() -> Option<u16> {
    console::Term::stdout().size_checked().map(|(_, columns)| columns)
}
