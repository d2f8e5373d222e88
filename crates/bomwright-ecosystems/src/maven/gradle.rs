//! Lock files of Gradle (docs.gradle.org, "Locking Versions"): `gradle.lockfile`, that of a build script, and
//! the older ones for each configuration.
//!
//! A line is `group:artifact:version=configuration,…`. Which package needs which it does not say.

use bomwright_model::{Code, Package, Scope};

use super::NAME;
use crate::lock::{Lock, mark};
use crate::{FileView, Findings};

/// Reads any of them.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let text = crate::format::text(file, out);
    let mut lock = Lock::new(file, NAME);
    let mut odd = 0_usize;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (coordinates, configurations) = line.split_once('=').unwrap_or((line, ""));
        if coordinates == "empty" {
            continue;
        }
        let [group, artifact, version] = coordinates.split(':').collect::<Vec<_>>()[..] else {
            odd += 1;
            continue;
        };
        let mut package = Package::new(NAME, artifact, version);
        package.namespace = Some(group.to_owned());
        mark(&mut package, scope(file.name(), configurations));
        if !lock.add(lock.found(package, coordinates), out) {
            return;
        }
    }
    if odd > 0 {
        out.note(file, Code::MalformedRecord, format!("{odd} lines are none of a lock file"));
    }
}

/// Configurations are named after what they are for; those of tests begin or end so by the Java plugin's habit.
fn scope(name: &str, configurations: &str) -> Scope {
    let all: Vec<&str> = configurations.split(',').filter(|it| !it.is_empty()).collect();
    let are = |of: fn(&str) -> bool| !all.is_empty() && all.iter().all(|it| of(it));
    if name.starts_with("buildscript") || are(|it| it.to_ascii_lowercase().ends_with("annotationprocessor")) {
        Scope::Build
    } else if are(|it| it.starts_with("test") || it.contains("Test")) {
        Scope::Development
    } else {
        Scope::Runtime
    }
}
