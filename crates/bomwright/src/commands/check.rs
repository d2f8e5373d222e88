//! `bomwright check`: what is wrong with an SBOM, and how it stands to the profiles that others publish.

use bomwright_document::Format;
use bomwright_profile::Profile;
use bomwright_report::{Checked, CheckedFormat, Paint};

use crate::args::Check;
use crate::exit::{FINE, FOUND, Failure};
use crate::load::PolicyFile;
use crate::output::{Output, unknown_format};
use crate::progress::Verbosity;

/// Runs the command.
pub(crate) fn run(arguments: &Check, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, CheckedFormat::Text.as_str())?;
    for output in &outputs {
        format(&output.format)?;
    }
    let declared = PolicyFile::read(&arguments.reading)?.policy.declared;
    let target = Format::from(arguments.document).into();
    let (name, bytes) = crate::load::document(&arguments.source, &arguments.reading, target, verbosity)?;
    let look =
        if arguments.reading.strict { bomwright_document::check_strict } else { bomwright_document::check };
    let faults = look(&name, &bytes).map_err(|error| Failure::chain(&error))?;
    let faults: Vec<_> = faults.into_iter().map(|fault| (fault.place, fault.reason)).collect();
    let facts = bomwright_document::facts(&name, &bytes).map_err(|error| Failure::chain(&error))?;
    let mut profiles = arguments.profiles.clone();
    profiles.sort();
    profiles.dedup();
    let scores: Vec<_> =
        profiles.into_iter().map(|profile| bomwright_profile::check(&facts, profile, &declared)).collect();
    let checked = Checked { facts: &facts, faults: &faults, scores: &scores };
    for output in &outputs {
        let paint = if output.is_stdout() { Paint::Colored } else { Paint::Plain };
        let text = checked.render(format(&output.format)?, paint);
        output.write(|out| out.write_all(text.as_bytes()))?;
    }
    Ok(if checked.passed() { FINE } else { FOUND })
}

fn format(name: &str) -> Result<CheckedFormat, Failure> {
    CheckedFormat::from_name(name).ok_or_else(|| {
        let known: Vec<_> = CheckedFormat::ALL.iter().map(|format| format.as_str()).collect();
        unknown_format(name, &known)
    })
}

/// The profile named `text`.
pub(crate) fn profile(text: &str) -> Result<Profile, String> {
    Profile::from_name(text).ok_or_else(|| {
        let known: Vec<_> = Profile::ALL.iter().map(|profile| profile.as_str()).collect();
        format!("no such profile; there are {}", known.join(", "))
    })
}

impl From<crate::args::Written> for Format {
    fn from(written: crate::args::Written) -> Self {
        match written {
            crate::args::Written::CyclonedxJson => Self::CycloneDxJson,
            crate::args::Written::SpdxJson => Self::SpdxJson,
        }
    }
}
