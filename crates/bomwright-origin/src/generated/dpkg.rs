//! Files of dpkg's database, and configuration that ucf(1) handles.

use bomwright_model::{Checksum, FindingSeverity, Tier};

use super::is_maintainer_script;
use super::rule::{Case, Outcome};

/// What dpkg keeps for a package besides maintainer scripts (deb-*(5), dpkg(1)).
const RECORDS: &[&str] = &["conffiles", "list", "md5sums", "shlibs", "symbols", "templates", "triggers"];

/// `info/NAME.KIND` or `info/NAME:ARCHITECTURE.KIND`: of a package that is installed, or that left it behind.
pub(super) fn info(case: &Case<'_, '_>) -> Option<Outcome> {
    let (_, file) = case.entry.path.rsplit_once('/')?;
    let (stem, kind) = file.rsplit_once('.')?;
    let name = stem.split(':').next().unwrap_or(stem);
    let is_script = is_maintainer_script(&case.entry.path);
    if !is_script && !RECORDS.contains(&kind) {
        return None;
    }
    if let Some(id) = case.world.package_named("deb", name) {
        // A script's bytes are compared with nothing inside the image, unlike the lists that files are compared with.
        let tier = if is_script { Tier::V0 } else { Tier::V1d };
        let outcome = Outcome::new(tier, format!("{} of {name}, which is installed", what(kind, is_script)));
        return Some(outcome.of(Some(id), case.world.origin_of(id)));
    }
    let was_removed = case.world.stated("dpkg-removed", name).is_some();
    if was_removed {
        return Some(Outcome::new(
            Tier::V0,
            format!("{} of {name}, which was removed", what(kind, is_script)),
        ));
    }
    if case.entry.is_executable() {
        return None;
    }
    let message = format!("the database holds a file of {name}, which it does not know");
    Some(case.claimed().but(case.finding("record-without-package", FindingSeverity::Medium, message)))
}

fn what(kind: &str, is_script: bool) -> String {
    if is_script { format!("the maintainer script {kind}") } else { format!("dpkg's record '{kind}'") }
}

/// Configuration that a package's script wrote through ucf(1), which keeps its digest.
pub(super) fn ucf(case: &Case<'_, '_>) -> Option<Outcome> {
    let path = case.entry.path.as_str();
    let stated = case.world.stated("ucf-digest", path)?;
    let owner = case.world.stated("ucf-owner", path)?.value(0);
    let id = case.world.package_named("deb", owner)?;
    let actual = case.entry.content.as_ref()?.md5;
    let digits = actual.map(|md5| Checksum::Md5(md5).hex());
    let outcome = match digits {
        Some(digits) if digits.eq_ignore_ascii_case(stated.value(0)) => {
            Outcome::new(Tier::V1, format!("configuration of {owner} with the MD5 that ucf keeps"))
        }
        Some(_) => {
            Outcome::new(Tier::V0, format!("configuration of {owner} that was changed since ucf wrote it"))
        }
        None => Outcome::new(Tier::V0, format!("configuration of {owner} that ucf handles")),
    };
    Some(outcome.of(Some(id), case.world.origin_of(id)))
}
