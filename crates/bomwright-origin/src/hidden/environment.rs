//! Variables of the environment that make programs load or run something that nobody named.
//!
//! Only values that are paths are told: options may hold passwords.

use std::collections::BTreeSet;

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity, Subject};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("environment-hook", "the image sets a variable that makes programs load or run something else"),
        (
            "startup-environment-hook",
            "a start-up file that was added or changed sets a variable that makes programs load or run something else",
        ),
    ],
    find,
};

/// What a variable's value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Libraries or scripts that are run at every start of a program.
    Code,
    /// Directories in which code is looked for.
    Directories,
    /// Options, which may name code, with the beginnings of those that do.
    Options(&'static [&'static str]),
}

/// The variables, from ld.so(8), and the manuals of bash, Python, Node.js, the JDK, Perl and Ruby.
const VARIABLES: &[(&str, Value)] = &[
    ("BASH_ENV", Value::Code),
    ("GCONV_PATH", Value::Directories),
    ("JAVA_TOOL_OPTIONS", Value::Options(&["-javaagent:", "-agentpath:", "-agentlib:", "-Xbootclasspath"])),
    ("JDK_JAVA_OPTIONS", Value::Options(&["-javaagent:", "-agentpath:", "-agentlib:", "-Xbootclasspath"])),
    ("LD_AUDIT", Value::Code),
    ("LD_LIBRARY_PATH", Value::Directories),
    ("LD_PRELOAD", Value::Code),
    ("NODE_OPTIONS", Value::Options(&["--require", "-r", "--import", "--loader", "--experimental-loader"])),
    ("NODE_PATH", Value::Directories),
    ("PERL5LIB", Value::Directories),
    ("PERL5OPT", Value::Options(&["-M", "-m", "-I"])),
    ("PYTHONHOME", Value::Directories),
    ("PYTHONPATH", Value::Directories),
    ("PYTHONSTARTUP", Value::Code),
    ("RUBYLIB", Value::Directories),
    ("RUBYOPT", Value::Options(&["-r", "-I"])),
    ("_JAVA_OPTIONS", Value::Options(&["-javaagent:", "-agentpath:", "-agentlib:", "-Xbootclasspath"])),
];

/// Paths of a value that are looked at and told.
const MOST: usize = 16;

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let environment = world.facts.inventory.image.iter().flat_map(|image| &image.environment);
    let variables = environment.filter_map(|variable| variable.split_once('='));
    let of_image = variables.filter_map(|(name, value)| {
        let (severity, message) = judge(world, name, Some(value))?;
        Some(Finding::new("environment-hook", severity, Subject::Image, message))
    });
    let of_files = world.observations("hook-variable").iter().filter_map(|it| {
        let account = seen::account_of(accounts, &it.path).filter(|account| seen::is_foreign(account))?;
        let (severity, message) = judge(world, it.value(0), it.values.get(1).map(String::as_str))?;
        Some(seen::about(account, "startup-environment-hook", severity.max(FindingSeverity::Medium), message))
    });
    of_image.chain(of_files).collect()
}

/// `value` is `None` where it was not recorded.
fn judge(world: &World<'_>, name: &str, value: Option<&str>) -> Option<(FindingSeverity, String)> {
    let (_, kind) = VARIABLES.iter().find(|(known, _)| *known == name)?;
    if value.is_some_and(str::is_empty) {
        return None;
    }
    let value = value.unwrap_or_default();
    let parts: Vec<&str> = value.split([':', ' ']).filter(|part| !part.is_empty()).take(MOST).collect();
    match kind {
        Value::Code => {
            let is_known = !parts.is_empty() && parts.iter().all(|part| is_of_system(world, part));
            let severity = if is_known { FindingSeverity::Medium } else { FindingSeverity::High };
            Some((severity, format!("{name} makes programs load {}", parts.join(", "))))
        }
        Value::Directories => {
            let is_odd = |part: &&str| {
                !part.starts_with('/') || place::is_temporary(&format!("{}/", part.trim_matches('/')))
            };
            let severity =
                if parts.iter().any(is_odd) { FindingSeverity::Medium } else { FindingSeverity::Low };
            Some((severity, format!("{name} makes programs look for code in {}", parts.join(", "))))
        }
        Value::Options(hooks) => {
            let mut words = value.split_ascii_whitespace();
            let hook = words.find_map(|word| hooks.iter().find(|hook| word.starts_with(**hook)));
            Some(match hook {
                Some(hook) => (
                    FindingSeverity::Medium,
                    format!("{name} loads code with {}", hook.trim_end_matches(':')),
                ),
                None => (FindingSeverity::Info, format!("{name} gives options to every program of its kind")),
            })
        }
    }
}

/// Whether a distribution's package lists the library or script; a name without a slash is looked for everywhere.
fn is_of_system(world: &World<'_>, name: &str) -> bool {
    if name.contains('/') {
        let file = world.followed(name.trim_start_matches('/'));
        return file.is_some_and(|file| seen::is_of_system(world, &file.path));
    }
    let entries = world.facts.entries.iter().filter(|it| it.kind != EntryKind::Directory);
    let found: BTreeSet<&str> = entries
        .filter(|entry| place::name(&entry.path) == name)
        .map(|entry| entry.leads_to.as_deref().unwrap_or(&entry.path))
        .collect();
    !found.is_empty() && found.iter().all(|path| seen::is_of_system(world, path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, elf, link, text};

    #[test]
    fn of_the_image() {
        let messages = |variable: &str| -> Vec<String> {
            let mut scene = Scene::new();
            let package = scene.package("deb", "libjemalloc2");
            scene.own(package, elf("usr/lib/libjemalloc.so.2"));
            scene.add(link("usr/lib/libjemalloc.so", "usr/lib/libjemalloc.so.2"));
            scene.add(elf("opt/hook.so"));
            scene.environment(&["PATH=/bin", variable]);
            let findings = scene.findings(&DETECTOR);
            findings.iter().map(|it| format!("{} {}", it.severity.as_str(), it.message)).collect()
        };
        assert_eq!(messages("LD_PRELOAD=/opt/hook.so"), ["high LD_PRELOAD makes programs load /opt/hook.so"]);
        assert_eq!(
            messages("LD_PRELOAD=libjemalloc.so"),
            ["medium LD_PRELOAD makes programs load libjemalloc.so"]
        );
        assert_eq!(messages("LD_PRELOAD="), [""; 0]);
        assert_eq!(messages("LD_LIBRARY_PATH=/opt/lib")[0].split(' ').next(), Some("low"));
        assert_eq!(messages("PYTHONPATH=/tmp:/app")[0].split(' ').next(), Some("medium"));
        let agent = messages("JAVA_TOOL_OPTIONS=-Dpassword=secret -javaagent:/x.jar=token");
        assert_eq!(agent, ["medium JAVA_TOOL_OPTIONS loads code with -javaagent"]);
        assert_eq!(messages("JAVA_TOOL_OPTIONS=-Xmx1g")[0].split(' ').next(), Some("info"));
        assert_eq!(messages("HOME=/root"), [""; 0]);
    }

    #[test]
    fn of_start_up_files() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "x");
        scene.own(package, text("etc/profile.d/own.sh"));
        scene.add(text("etc/profile.d/x.sh"));
        scene.observe("hook-variable", "etc/profile.d/own.sh", &["LD_PRELOAD", "/x.so"]);
        scene.observe("hook-variable", "etc/profile.d/x.sh", &["LD_PRELOAD", "/x.so"]);
        assert_eq!(scene.find(&DETECTOR), ["startup-environment-hook:/etc/profile.d/x.sh high"]);
    }
}
