//! `bomwright waive`: lets a finding of a delta pass, with a reason and until a day, in the policy file.

use std::fs;
use std::path::{Path, PathBuf};

use bomwright_diff::{Delta, DeltaFinding};
use bomwright_ecosystems::registry;
use bomwright_origin::Policy;
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::args::Waive;
use crate::exit::{FINE, Failure};

/// Runs the command.
pub(crate) fn run(arguments: &Waive) -> Result<u8, Failure> {
    let expires = Date::parse(&arguments.until, &Iso8601::DATE).map_err(|_| {
        Failure::new(format!("--until: '{}' is no day", arguments.until)).hint("write it as 2027-01-31")
    })?;
    if arguments.reason.trim().is_empty() {
        return Err(Failure::new("--reason says nothing").hint("say why the finding may pass"));
    }
    let delta = crate::commands::render::load(&arguments.delta)?;
    let path = arguments.policy.clone().unwrap_or_else(|| PathBuf::from(crate::load::POLICY_FILE));
    let name = path.display().to_string();
    let before = read(&path)?;
    let mut text = before.clone();
    for id in &arguments.ids {
        let finding = find(&delta, id, &arguments.delta)?;
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&entry(finding, arguments.reason.trim(), &expires.to_string()));
    }
    // What is written must be what is read: nothing is changed where it is not.
    let ecosystems: Vec<_> = registry().iter().map(|ecosystem| ecosystem.name()).collect();
    Policy::parse(&name, &text, &ecosystems).map_err(|error| {
        Failure::new(error.to_string()).hint("nothing was written; mend the policy file first")
    })?;
    fs::write(&path, text).map_err(|error| Failure::io(&name, &error))?;
    Ok(FINE)
}

fn read(path: &Path) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure::io(&path.display().to_string(), &error)),
    }
}

fn find<'d>(delta: &'d Delta, id: &str, name: &str) -> Result<&'d DeltaFinding, Failure> {
    delta.findings.iter().find(|finding| finding.id == id).ok_or_else(|| {
        let known: Vec<_> =
            delta.findings.iter().map(|it| format!("{} {}", it.id, it.rule)).take(20).collect();
        let hint =
            if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        Failure::new(format!("{name}: no finding '{id}'")).hint(hint)
    })
}

/// One `[[waiver]]`. Debug strings of Rust are not TOML's, so the library writes the values.
fn entry(finding: &DeltaFinding, reason: &str, expires: &str) -> String {
    let quote =
        |text: &str| toml::Value::String(text.chars().filter(|c| !c.is_control()).collect()).to_string();
    let about = format!("{} {}", finding.rule, finding.subject.name());
    format!(
        "[[waiver]]\nid = {}\nabout = {}\nreason = {}\nexpires = {expires}\n",
        quote(&finding.id),
        quote(&about),
        quote(reason)
    )
}
