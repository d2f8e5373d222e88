//! `bomwright diff`: what changed between two images or SBOMs.

use bomwright_diff::{Delta, Outcome};
use bomwright_model::{Gates, Origin};
use bomwright_origin::{Facts, Judge, Policy};

use crate::args::Diff;
use crate::commands::render::{outputs, write};
use crate::compared::Compared;
use crate::exit::{DIFFERENT, EVIDENCE_GAP, FINE, Failure};
use crate::load::{PolicyFile, STDIN};
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Diff, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = outputs(&arguments.rendering)?;
    if arguments.old == STDIN && arguments.new == STDIN {
        return Err(Failure::new("standard input can be only one of the two sides")
            .hint("save the other SBOM to a file and name that"));
    }
    let reading = &arguments.reading;
    let file = PolicyFile::read(reading)?;
    let outside = crate::outside::outside(&arguments.against, reading, &file)?;
    let policy = file.policy;
    let read =
        |text: &str| Compared::read(text, arguments.packages_only, &outside, &policy, reading, verbosity);
    let (mut old, mut new) = (read(&arguments.old)?, read(&arguments.new)?);
    Compared::align(&mut old, &mut new);
    let system = bomwright_extractor::system_ecosystems();
    let facts = Facts::new();
    let [was, is] = [&old, &new].map(|side| Judge::new(side.inventory(), &policy, &system, &facts));
    let origin = |judge: &Judge<'_>, id| judge.verdict(id).map_or(Origin::Unknown, |verdict| verdict.origin);
    let (was, is) = (|id| origin(&was, id), |id| origin(&is, id));
    let mut delta = bomwright_diff::diff(
        &old.input(old.is_unjudged().then_some(&was)),
        &new.input(new.is_unjudged().then_some(&is)),
    );
    bomwright_diff::judge(&mut delta, &gates(arguments, &policy), &outside.today.to_string());
    for output in &outputs {
        write(&delta, output, &arguments.rendering)?;
    }
    let code = code(&delta, arguments);
    // The program ends here: giving back a hundred thousand small pieces one by one would take longer than the
    // comparison itself.
    std::mem::forget((old, new, delta));
    Ok(code)
}

/// The policy's gates and those of the command line.
fn gates(arguments: &Diff, policy: &Policy) -> Gates {
    let mut gates = policy.gates.clone();
    gates.fail_on.extend(&arguments.fail_on);
    gates.fail_on.sort();
    gates.fail_on.dedup();
    gates
}

fn code(delta: &Delta, arguments: &Diff) -> u8 {
    if delta.verdict.outcome == Outcome::Fail || (arguments.exit_code && !delta.is_empty()) {
        DIFFERENT
    } else if arguments.strict_evidence && !delta.comparability.is_full() {
        EVIDENCE_GAP
    } else {
        FINE
    }
}
