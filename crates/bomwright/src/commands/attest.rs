//! `bomwright attest`: an SBOM as a statement about an image, ready to be signed.

use std::io::Write;

use bomwright_document::{Attested, DocumentError, Format};

use crate::args::Attest;
use crate::exit::{FINE, Failure};
use crate::output::Output;
use crate::progress::Verbosity;

/// The most bytes that GitHub takes as an attestation.
const GITHUB_MOST: usize = 16 << 20;

/// Runs the command.
pub(crate) fn run(arguments: &Attest, verbosity: Verbosity) -> Result<u8, Failure> {
    let target = arguments.document.with_files(arguments.files.into());
    if !matches!(target.format(), Format::CycloneDxJson | Format::SpdxJson) {
        return Err(Failure::new(format!("an attestation holds JSON, which {target} is not"))
            .hint("--as cyclonedx-json or --as spdx-json"));
    }
    let (name, bytes) = crate::load::document(&arguments.source, &arguments.reading, target, verbosity)?;
    let inventory = bomwright_document::read(&name, &bytes).map_err(|error| Failure::chain(&error))?;
    let stated = Attested::of(&inventory);
    if let (Some(wanted), Some(stated)) = (&arguments.subject, &stated)
        && wanted.digest != stated.digest
    {
        note(
            &format!("{name} describes {}, and --subject names {}", stated.digest, wanted.digest),
            verbosity,
        );
    }
    let subject = arguments.subject.clone().or(stated).ok_or_else(|| {
        Failure::new(format!("{name}: the digest of the image's manifest is not in it"))
            .hint("name the image: --subject NAME@sha256:…, with the digest that the registry gave")
    })?;
    let mut statement = Vec::new();
    let predicate_type = arguments.predicate_type.as_deref();
    bomwright_document::statement(&name, &bytes, &subject, predicate_type, &mut statement).map_err(
        |error| {
            let failure = Failure::chain(&error);
            match error {
                DocumentError::Predicate { .. } => failure
                    .hint(format!("bomwright convert {name} -o cyclonedx-json=FILE makes one that fits")),
                _ => failure,
            }
        },
    )?;
    if statement.len() > GITHUB_MOST {
        let size = statement.len() >> 20;
        note(
            &format!("the statement has {size} MiB; GitHub takes at most 16: --files none makes it smaller"),
            verbosity,
        );
    }
    let output = Output { format: String::new(), file: arguments.output.clone() };
    output.write(|out| out.write_all(&statement))?;
    Ok(FINE)
}

fn note(text: &str, verbosity: Verbosity) {
    if verbosity != Verbosity::Quiet {
        // A closed standard error is no reason to fail.
        let _ = writeln!(anstream::stderr().lock(), "note: {}", bomwright_report::clean(text));
    }
}
