//! What Debian's tools remember besides the packages that are installed: what was removed and left files behind, and
//! the configuration that ucf(1) handles.
//!
//! | file | observation | values |
//! |---|---|---|
//! | `var/lib/dpkg/status` | `dpkg-removed` | name of a package that is gone but for its configuration (dpkg(1), `config-files`) |
//! | `var/lib/ucf/hashfile` | `ucf-digest` | MD5 of the file as a package brought it, its path |
//! | `var/lib/ucf/registry` | `ucf-owner` | name of the package, path of the file |
//!
//! No packages, no edges: those are the `deb` ecosystem's.

use bomwright_model::Observation;

use crate::format::{self, Skipped};
use crate::{Claim, Ecosystem, FileView, Findings};

const STATUS: &str = "var/lib/dpkg/status";
const DIGESTS: &str = "var/lib/ucf/hashfile";
const OWNERS: &str = "var/lib/ucf/registry";

/// See the module.
pub(crate) struct DpkgState;

impl Ecosystem for DpkgState {
    fn name(&self) -> &'static str {
        "dpkg-state"
    }

    fn about(&self) -> &'static str {
        "packages that were removed and left files behind, and configuration that ucf handles"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::path(STATUS), Claim::path(DIGESTS).up_to(4), Claim::path(OWNERS).up_to(4)] }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = format::text(file, out);
        if file.path == STATUS {
            return removed(&text, file, out);
        }
        let mut skipped = Skipped::default();
        let kind = if file.path == DIGESTS { "ucf-digest" } else { "ucf-owner" };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let words = line.trim().split_once([' ', '\t']).map(|(first, path)| (first, path.trim()));
            match words.filter(|(_, path)| path.starts_with('/')) {
                Some((first, path)) => {
                    let values = [first, path.trim_start_matches('/')];
                    out.observations.push(Observation::new(kind, file.path, values));
                }
                None => skipped.add(file, out, "a line without a path".to_owned()),
            }
            if skipped.is_full() {
                return;
            }
        }
    }
}

/// Stanzas that are broken are the `deb` ecosystem's to tell of.
fn removed(text: &str, file: &FileView<'_>, out: &mut Findings) {
    for stanza in text.split("\n\n") {
        let field = |name: &str| stanza.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (Some(package), Some(status)) = (field("Package:"), field("Status:")) else { continue };
        if status.ends_with(" config-files") {
            out.observations.push(Observation::new("dpkg-removed", file.path, [package]));
        }
    }
}
