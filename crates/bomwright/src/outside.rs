//! What the user gives from outside an image: keys, archives, base images, lifecycles, the day.

use std::fs;

use bomwright_extractor::Outside;
use bomwright_origin::base::Candidate;
use bomwright_origin::lifecycle::{Date, Table, parse_table};
use bomwright_trust::{Anchors, KeySource, Keyring};
use time::format_description::well_known::Iso8601;

use crate::args::{Against, Reading};
use crate::exit::Failure;
use crate::load::PolicyFile;

/// Reads everything that `arguments` name, and the keys that the policy trusts.
pub(crate) fn outside(
    arguments: &Against,
    reading: &Reading,
    policy: &PolicyFile,
) -> Result<Outside, Failure> {
    let mut keyring = Keyring::new();
    let named = policy.trusted_keys();
    for path in arguments.trusted_keys.iter().chain(&named) {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| Failure::io(&name, &error))?;
        keyring.add(&bytes, &KeySource::User(name)).map_err(|error| Failure::chain(&error))?;
    }
    let anchors = Anchors::load(&arguments.anchors, &keyring).map_err(|error| Failure::chain(&error))?;
    let bases = arguments.bases.iter().map(|base| candidate(reading, base)).collect::<Result<_, _>>()?;
    Ok(Outside { keyring, anchors, bases, lifecycle: lifecycle(arguments)?, today: today(arguments)? })
}

fn candidate(reading: &Reading, source: &str) -> Result<Candidate, Failure> {
    let image = crate::load::open(source, reading)?;
    let config = image.image();
    Ok(Candidate {
        name: source.to_owned(),
        digest: config.and_then(|config| config.digest.clone()),
        layers: image.layers().to_vec(),
        labels: config.map(|config| config.labels.clone()).unwrap_or_default(),
    })
}

fn lifecycle(arguments: &Against) -> Result<Table, Failure> {
    let built_in = Table::embedded().clone();
    let Some(path) = &arguments.lifecycle_db else { return Ok(built_in) };
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Failure::io(&name, &error))?;
    let own = parse_table(&name, &text).map_err(|error| Failure::chain(&error))?;
    Ok(built_in.overridden_by(own))
}

fn today(arguments: &Against) -> Result<Date, Failure> {
    let Some(text) = &arguments.now else { return Ok(time::OffsetDateTime::now_utc().date()) };
    Date::parse(text, &Iso8601::DATE)
        .map_err(|_| Failure::new(format!("--now: '{text}' is no day")).hint("write it as 2026-11-25"))
}
