//! `bomwright version-compare`: two versions, or a stream of pairs, in a scheme's own order.

use std::cmp::Ordering;
use std::io::{self, BufRead, Write};

use bomwright_version::Scheme;

use crate::args::VersionCompare;
use crate::exit::{FINE, Failure, TROUBLE};
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(arguments: &VersionCompare) -> Result<u8, Failure> {
    let scheme = Scheme::from_name(&arguments.scheme).ok_or_else(|| {
        let names: Vec<_> = Scheme::ALL.iter().map(|scheme| scheme.name()).collect();
        Failure::new(format!("unknown version scheme '{}'", arguments.scheme))
            .hint(format!("one of {}", names.join(", ")))
    })?;
    let mut understood = true;
    let mut answer = |out: &mut dyn Write, a: &str, b: &str| {
        let word = match scheme.compare(a, b) {
            Some(Ordering::Less) => "-1",
            Some(Ordering::Equal) => "0",
            Some(Ordering::Greater) => "1",
            None => {
                understood = false;
                "?"
            }
        };
        writeln!(out, "{word}")
    };
    Output { format: String::new(), file: None }.write(|out| {
        if let (Some(a), Some(b)) = (&arguments.a, &arguments.b) {
            return answer(out, a, b);
        }
        for (number, line) in io::stdin().lock().lines().enumerate() {
            let line = line?;
            let (a, b) = line.split_once('\t').ok_or_else(|| {
                io::Error::other(format!(
                    "line {} of standard input has no tab between two versions",
                    number + 1
                ))
            })?;
            answer(out, a, b)?;
        }
        Ok(())
    })?;
    Ok(if understood { FINE } else { TROUBLE })
}
