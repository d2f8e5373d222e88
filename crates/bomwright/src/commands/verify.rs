//! `bomwright verify`: where every file of an image came from, and what nothing explains.

use bomwright_extractor::Verified;
use bomwright_model::{Finding, FindingSeverity};
use bomwright_origin::Host;
use bomwright_origin::base::Base;
use bomwright_origin::lifecycle::Support;
use bomwright_report::{Paint, Verification, account_json, account_text};

use crate::args::Verify;
use crate::exit::{FINE, FOUND, Failure};
use crate::load::PolicyFile;
use crate::output::{Output, unknown_format};
use crate::progress::Verbosity;

const FORMATS: &[&str] = &["text", "json"];

/// Runs the command.
pub(crate) fn run(arguments: &Verify, verbosity: Verbosity) -> Result<u8, Failure> {
    let outputs = Output::resolve(&arguments.outputs, "text")?;
    if let Some(output) = outputs.iter().find(|output| !FORMATS.contains(&output.format.as_str())) {
        return Err(unknown_format(&output.format, FORMATS));
    }
    let policy = PolicyFile::read(&arguments.reading)?;
    let outside = crate::outside::outside(&arguments.against, &arguments.reading, &policy)?;
    let verified = crate::load::verified(&arguments.source, &arguments.reading, &outside, policy, verbosity)?;
    let context = context(&verified);
    let verification = Verification {
        inventory: &verified.inventory,
        accounts: &verified.accounts,
        findings: &verified.findings,
        context: &context,
        all_files: arguments.all,
    };
    for output in &outputs {
        output.write(|out| {
            if output.format == "json" {
                return account_json(&verification, out);
            }
            let paint = if output.is_stdout() { Paint::Colored } else { Paint::Plain };
            out.write_all(account_text(&verification, paint).as_bytes())
        })?;
    }
    Ok(if fails(&verified.findings, arguments.fail_on.into()) { FOUND } else { FINE })
}

fn fails(findings: &[Finding], least: FindingSeverity) -> bool {
    findings.iter().any(|finding| finding.severity >= least)
}

/// What there is to say about the image as a whole.
fn context(verified: &Verified) -> Vec<(String, String)> {
    let inventory = &verified.inventory;
    let mut lines = vec![("source".to_owned(), inventory.source.name.clone())];
    if let Some(distribution) = &inventory.distribution {
        let name = distribution.pretty_name.clone().unwrap_or_else(|| distribution.id.clone());
        lines.push(("distribution".to_owned(), name));
    }
    lines.push(("support".to_owned(), support(&verified.support)));
    for base in &verified.bases {
        lines.push(("base".to_owned(), describe(base)));
    }
    lines.extend(machine(&verified.host));
    lines
}

/// What an image of a machine says of its kernel and of what that enforces.
fn machine(host: &Host) -> Vec<(String, String)> {
    let mut lines: Vec<_> =
        host.kernels.iter().map(|kernel| ("kernel".to_owned(), kernel.version.clone())).collect();
    if let Some(configured) = &host.selinux.configured {
        let effective = host.selinux.effective.as_str();
        lines.push(("selinux".to_owned(), format!("{configured} configured, effectively {effective}")));
    }
    if host.apparmor.profiles > 0 {
        let text = format!(
            "{} profiles, {} of them only complain, effectively {}",
            host.apparmor.profiles,
            host.apparmor.complaining,
            host.apparmor.effective.as_str()
        );
        lines.push(("apparmor".to_owned(), text));
    }
    if host.fips.configured || host.fips.effective == Some(true) {
        let effective = match host.fips.effective {
            Some(true) => "on",
            Some(false) => "off",
            None => "left to the host",
        };
        lines.push(("fips".to_owned(), format!("configured, effectively {effective}")));
    }
    lines
}

fn support(support: &Support) -> String {
    let until = support.until.map(|day| format!("until {day}"));
    let words = [support.status.as_str().to_owned()].into_iter().chain(until);
    let reasons = support.reasons.iter().map(|reason| reason.detail.clone());
    [words.collect::<Vec<_>>().join(" ")].into_iter().chain(reasons).collect::<Vec<_>>().join("; ")
}

fn describe(base: &Base) -> String {
    let name = base.name.as_deref().unwrap_or("without a name");
    let layers = base.layers.map_or(String::new(), |layers| format!(", the first {layers} layers"));
    let why = base.reasons.first().map_or("", |reason| reason.detail.as_str());
    format!("{name}{layers} ({}, {} confidence: {why})", base.method.as_str(), base.confidence.as_str())
}
