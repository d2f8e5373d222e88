//! What `bomwright diff` takes.

use bomwright_model::GateRule;
use clap::Args;

use super::{Against, Reading, Rendering};

const DIFF_HELP: &str = "\
Each side is anything that `bomwright scan` takes. Of images every file is compared, of documents what they list.
What only the scanners explain, because two tools made the sides, is told apart and trips no gate.

Gates: any, authorized-keys, base-change, capabilities, certificate, cron, downgrade, eol, licence-change,
licence-denied, licence-unknown, lookalike, new-finding, new-in-house, new-upstream, new-vendor, package-database,
package-denied, patch-adds-dependency, repository-change, same-version-content, setuid, shell, sudoers,
supplier-change, systemd-unit, unknown-origin, unowned-executable, user-root, vendor-modified, world-writable.
The policy file may set them too, with thresholds, lists and waivers: see `bomwright init -o -`.

Examples:
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar --fail-on new-upstream,downgrade,setuid
  bomwright diff released.cdx.json shop.tar -o markdown > comment.md
  bomwright diff git:origin/main git:HEAD -o markdown > comment.md     the lock files of a pull request
  bomwright diff old.tar new.tar -o json | jq '.packages[] | select(.origin == \"unknown\")'

Exit codes: 0 no gate tripped, 1 one did (or, with --exit-code, something differs), 2 trouble, 4 the sides can't be
compared in full and --strict-evidence was given.";

/// `bomwright diff`
#[derive(Debug, Args)]
#[command(after_help = DIFF_HELP)]
pub(crate) struct Diff {
    /// The older side
    pub(crate) old: String,
    /// The newer side
    pub(crate) new: String,

    #[command(flatten)]
    pub(crate) rendering: Rendering,

    /// Rules that make the exit code 1, besides those of the policy file
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = gate_rule)]
    pub(crate) fail_on: Vec<GateRule>,

    /// Exit with 1 when anything differs
    #[arg(long)]
    pub(crate) exit_code: bool,

    /// Exit with 4 when the two sides were not looked at in the same way
    #[arg(long)]
    pub(crate) strict_evidence: bool,

    /// Compare packages only: images are scanned, with the cache, and not verified file by file
    #[arg(long)]
    pub(crate) packages_only: bool,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

fn gate_rule(text: &str) -> Result<GateRule, String> {
    GateRule::from_name(text).ok_or_else(|| {
        let known: Vec<_> = GateRule::ALL.iter().map(|rule| rule.as_str()).collect();
        format!("no such rule; there are {}", known.join(", "))
    })
}
