//! Places of a file system that mean something wherever they are (Filesystem Hierarchy Standard 3.0).

/// Directories that only a distribution's package manager writes code to (FHS 3 and 4).
const SYSTEM: &[&str] = &[
    "bin",
    "boot",
    "etc",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "sbin",
    "usr/bin",
    "usr/lib",
    "usr/lib32",
    "usr/lib64",
    "usr/libexec",
    "usr/libx32",
    "usr/sbin",
];

/// Directories for what does not outlive a start or a task (FHS 3.15, 3.18, 5.15).
const TEMPORARY: &[&str] = &["dev/shm", "run", "tmp", "var/run", "var/tmp"];

/// Whether `path` lies below a directory of the system.
pub(super) fn is_system(path: &str) -> bool {
    SYSTEM.iter().any(|directory| is_below(path, directory))
}

/// Whether `path` lies below a directory for temporary files.
pub(super) fn is_temporary(path: &str) -> bool {
    TEMPORARY.iter().any(|directory| is_below(path, directory))
}

/// Whether `path` lies below `directory`, by whole components.
pub(super) fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether listings leave out the name.
pub(super) fn is_hidden(path: &str) -> bool {
    name(path).starts_with('.')
}

/// The last component.
pub(super) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// What follows the last dot of the name, `""` where there is none.
pub(super) fn ending(path: &str) -> &str {
    name(path).rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The directory that `path` lies in, `""` at the top.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether `path` is `pattern`, in which one component may be `*`: the directory of a machine.
pub(super) fn is_at(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let all =
        pattern.split('/').all(|wanted| parts.next().is_some_and(|part| wanted == "*" || wanted == part));
    all && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_components_count() {
        assert!(is_system("usr/bin/ls") && is_system("etc/init.d/x"));
        assert!(!is_system("usr/local/bin/ls") && !is_system("etcfoo/x") && !is_system("opt/usr/bin/x"));
        assert!(is_temporary("tmp/x") && is_temporary("var/tmp/a/b") && !is_temporary("tmpfoo/x"));
        assert!(is_hidden("a/.b") && !is_hidden(".a/b"));
    }

    #[test]
    fn one_component_may_be_any() {
        assert!(is_at("lib/*/x", "lib/x86_64-linux-gnu/x"));
        assert!(
            !is_at("lib/*/x", "lib/a/b/x") && !is_at("lib/*/x", "lib/a/x/y") && !is_at("lib/*/x", "lib/a")
        );
    }
}
