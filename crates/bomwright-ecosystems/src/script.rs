//! Scripts: executable files that begin with `#!`.
//!
//! Files: all that begin with `#!` and have an execute bit (execve(2), "Interpreter scripts").
//!
//! Edges: from a script that no package owns to the owner of its interpreter, or to the interpreter itself
//! where nothing owns that; `/usr/bin/env NAME` is looked up in the usual directories of `PATH`.
//!
//! It can't see scripts that are run by naming them to an interpreter, and does not read what they call.

use bomwright_model::{EdgeKind, Evidence, FileKind, Node};

use crate::elf::listed;
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Installed};

const NAME: &str = "script";

/// Longest first line that the kernel reads (`BINPRM_BUF_SIZE` of Linux 5.1 and later).
const LONGEST_LINE: usize = 256;

/// Where `env` looks in images that set no `PATH` of their own.
const PATH: &[&str] = &["usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin"];

/// See the module.
pub(crate) struct Script;

impl Ecosystem for Script {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "executable scripts, with the interpreters that run those of no package"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::magic(b"#!").up_to(16).hashed()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.mode & 0o111 == 0 {
            return;
        }
        if let Some(interpreter) = interpreter(file.bytes) {
            let mut script = listed(file, FileKind::Script);
            script.interpreter = Some(interpreter);
            out.files.push(script);
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        for (id, file) in installed.files().filter(|(_, file)| file.kind == FileKind::Script) {
            let Some(line) = &file.interpreter else { continue };
            if installed.owner(&file.path).is_some() {
                continue;
            }
            let to = match program(line, installed) {
                Some(path) => match (installed.owner(&path), installed.file_at(&path)) {
                    (Some(owner), _) => Node::Package(owner),
                    (None, Some((interpreter, _))) => Node::File(interpreter),
                    (None, None) => continue,
                },
                None => Node::Unresolved(NAME.to_owned(), line.clone()),
            };
            let evidence = Evidence { layer: file.layer, ..Evidence::new(file.path.as_str(), NAME) };
            out.relate(Node::File(id), to, EdgeKind::Links, line, Some(evidence));
        }
    }
}

/// What follows `#!` on the first line; `None` when that names no absolute path.
fn interpreter(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..LONGEST_LINE).unwrap_or(bytes);
    let line = head.strip_prefix(b"#!")?.split(|byte| matches!(byte, b'\n' | b'\0')).next()?;
    let line = String::from_utf8_lossy(line).trim().to_owned();
    line.starts_with('/').then_some(line)
}

/// The file that runs a script whose first line is `line`.
fn program(line: &str, installed: &Installed<'_>) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let path = words.next()?.trim_start_matches('/');
    if path.rsplit('/').next() != Some("env") {
        return installed.resolve(path);
    }
    // Options of env and the variables that it sets come before the program's name.
    let name = words.find(|word| !word.starts_with('-') && !word.contains('='));
    match name {
        None => installed.resolve(path),
        Some(name) if name.starts_with('/') => installed.resolve(name.trim_start_matches('/')),
        Some(name) => PATH.iter().find_map(|directory| installed.resolve(&format!("{directory}/{name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        // execve(2), section "Interpreter scripts".
        let of = |text: &str| interpreter(text.as_bytes());
        assert_eq!(of("#!/bin/sh -e\nx").as_deref(), Some("/bin/sh -e"));
        assert_eq!(of("#! \t/usr/bin/env python3\r\n").as_deref(), Some("/usr/bin/env python3"));
        assert_eq!(of("#!/bin/sh").as_deref(), Some("/bin/sh"));
        for other in ["#!", "#!\n/bin/sh", "#!python\n", "#![allow(unused)]\n", "# !/bin/sh\n"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
