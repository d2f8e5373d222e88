//! `bomwright comment`: one comment on a pull request, kept up to date.

use std::fs::File;
use std::io::{self, Read, Write};
use std::time::Duration;

use bomwright_forge::{
    Client, ForgeError, Options, Outcome, Subject, Surroundings, SystemClock, Target, Token,
};

use crate::args::Comment;
use crate::commands::render::{LARGEST, comment, read};
use crate::exit::{FINE, Failure};
use crate::progress::Verbosity;

/// The most bytes of Markdown: the longest comment of any forge, in characters of four bytes.
const MOST_TEXT: u64 = 4_000_000;
/// The most bytes of the file that describes an event; GitHub's are at most 25 MB.
const MOST_EVENT: u64 = 32 << 20;

/// Runs the command.
pub(crate) fn run(arguments: &Comment, verbosity: Verbosity) -> Result<u8, Failure> {
    let text = text(arguments)?;
    let target = Target::resolve(&arguments.place.given(), &Process).map_err(|error| failure(&error))?;
    let token = Token::from_environment(target.kind, &Process).map_err(|error| failure(&error))?;
    let options = Options {
        timeout: Duration::from_secs(arguments.timeout),
        dry_run: arguments.dry_run,
        clock: Box::new(SystemClock::default()),
    };
    let place = place(&target);
    let outcome = Client::new(target, token, options)
        .and_then(|it| it.upsert(&arguments.id, text.as_deref(), arguments.when_empty.into()))
        .map_err(|error| failure(&error))?;
    if outcome == Outcome::Outdated {
        if verbosity != Verbosity::Quiet {
            // A closed standard error is no reason to fail.
            let _ = writeln!(
                anstream::stderr(),
                "warning: nothing is posted: {place} is the head of no open request; it was closed, or has got a \
                 newer commit"
            );
        }
        return Ok(FINE);
    }
    let line = sentence(&outcome, &place, arguments.dry_run);
    writeln!(anstream::stdout(), "{line}").map_err(|error| Failure::io("standard output", &error))?;
    Ok(FINE)
}

/// The text to post; `None` for nothing to say. A delta in JSON is rendered; one in which nothing differs, and no gate
/// trips, has nothing to say.
fn text(arguments: &Comment) -> Result<Option<String>, Failure> {
    let Some(file) = arguments.file.as_deref().filter(|_| !arguments.empty) else { return Ok(None) };
    let name = if file == "-" { "standard input" } else { file };
    let bytes = if file == "-" {
        limited(io::stdin().lock(), LARGEST)
    } else {
        File::open(file).and_then(|it| limited(it, LARGEST))
    };
    let bytes = bytes.map_err(|error| Failure::io(name, &error))?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        let text = comment(&read(name, &String::from_utf8_lossy(&bytes))?)?;
        return Ok(Some(text).filter(|it| !it.is_empty()));
    }
    if bytes.len() as u64 > MOST_TEXT {
        return Err(Failure::new(format!("{name}: {} bytes are no comment", bytes.len()))
            .hint("write it with `bomwright diff … -o markdown=FILE`, which keeps it short"));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("{name}: it is no text in UTF-8"))
            .hint("write it with `bomwright diff … -o markdown=FILE`")
    })?;
    Ok(Some(text).filter(|it| !it.trim().is_empty()))
}

fn limited(reader: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {most} bytes")));
    }
    Ok(bytes)
}

/// The process's own environment.
struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &str) -> Option<String> {
        let bytes = File::open(path).and_then(|it| limited(it, MOST_EVENT)).ok()?;
        String::from_utf8(bytes).ok()
    }
}

fn failure(error: &ForgeError) -> Failure {
    let failure = Failure::new(bomwright_report::clean(&error.to_string()));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Where, in words: `acme/shop#7`.
fn place(target: &Target) -> String {
    match &target.subject {
        Subject::Number(number) => format!("{}#{number}", target.repository),
        Subject::Head { sha, .. } => format!("{}@{sha}", target.repository),
    }
}

fn sentence(outcome: &Outcome, place: &str, dry_run: bool) -> String {
    let (done, would, url) = match outcome {
        Outcome::Created(url) => ("created", "would create", url.as_deref()),
        Outcome::Updated(url) => ("updated", "would update", url.as_deref()),
        Outcome::Minimised(url) => ("shortened", "would shorten", url.as_deref()),
        Outcome::Unchanged(url) => ("unchanged", "would leave unchanged", url.as_deref()),
        Outcome::Kept(url) => ("kept", "would keep", url.as_deref()),
        Outcome::Deleted => ("deleted", "would delete", None),
        Outcome::Nothing | Outcome::Outdated => return format!("{place}: nothing to say, and no comment"),
    };
    let verb = if dry_run { would } else { done };
    match url {
        Some(url) => format!("{place}: {verb} {url}"),
        None => format!("{place}: {verb} the comment"),
    }
}
