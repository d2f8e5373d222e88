//! `bomwright ecosystems`: what is read.

use bomwright_ecosystems::{Place, registry};

use crate::args::Ecosystems;
use crate::exit::{FINE, Failure};
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(arguments: &Ecosystems) -> Result<u8, Failure> {
    Output { format: String::new(), file: None }.write(|out| {
        if arguments.markdown {
            writeln!(out, "| ecosystem | what it reads, and which edges it gives | files |\n|---|---|---|")?;
        }
        for ecosystem in registry() {
            let mut places: Vec<String> = ecosystem.claims().iter().map(|claim| words(claim.place)).collect();
            places.dedup();
            if arguments.markdown {
                let places: Vec<_> = places.iter().map(|place| format!("`{place}`")).collect();
                writeln!(out, "| {} | {} | {} |", ecosystem.name(), ecosystem.about(), places.join(", "))?;
            } else {
                let bold = anstyle::Style::new().bold();
                writeln!(
                    out,
                    "{bold}{}{bold:#}\n  {}\n  {}",
                    ecosystem.name(),
                    ecosystem.about(),
                    places.join(", ")
                )?;
            }
        }
        Ok(())
    })?;
    Ok(FINE)
}

fn words(place: Place) -> String {
    match place {
        Place::Path(path) => format!("/{path}"),
        Place::Name(name) => name.to_owned(),
        Place::Suffix(suffix) => format!("*{suffix}"),
        Place::In(directory, suffix) => format!("/{directory}/*{suffix}"),
        Place::Beginning(directory, prefix) => format!("/{directory}/{prefix}*"),
        Place::Inside(name, parent) => format!("*{parent}/{name}"),
        Place::SuffixInside(suffix, parent) => format!("*{parent}/*{suffix}"),
        Place::NamedLike(prefix) => format!("{}*", prefix.to_ascii_uppercase()),
        Place::Magic(magic) => format!("begins with {}", magic.escape_ascii()),
    }
}
