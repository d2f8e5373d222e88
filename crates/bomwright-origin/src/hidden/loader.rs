//! What the dynamic loader is told to load before, or in place of, what a program asks for (ld.so(8), ldconfig(8)).

use bomwright_model::{FileAccount, Finding, FindingSeverity, TreeEntry};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("loader-preload", "/etc/ld.so.preload loads a library into every program"),
        (
            "loader-directory-added",
            "a file that no package lists names directories in which the loader looks for libraries",
        ),
    ],
    find,
};

const PRELOAD: &str = "etc/ld.so.preload";
const CONFIGURATION: &str = "etc/ld.so.conf";
const CONFIGURATIONS: &str = "etc/ld.so.conf.d";

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let preload = world.followed(PRELOAD).filter(|entry| entry.size > 0).map(|entry| preload(world, entry));
    let configurations = accounts.iter().filter(|account| is_configuration(&account.path));
    let directories = configurations.filter(|account| seen::is_foreign(account)).filter_map(|account| {
        let named = world.observed_at("ld-conf-directory", &account.path);
        let named: Vec<&str> = named.iter().map(|it| it.value(0)).collect();
        let is_temporary =
            named.iter().any(|directory| place::is_temporary(&format!("{}/", directory.trim_matches('/'))));
        let severity = if is_temporary { FindingSeverity::High } else { FindingSeverity::Medium };
        let message = format!("libraries are looked for in {}", named.join(", "));
        (!named.is_empty()).then(|| seen::about(account, "loader-directory-added", severity, message))
    });
    preload.into_iter().chain(directories).collect()
}

fn is_configuration(path: &str) -> bool {
    path == CONFIGURATION || place::parent(path) == CONFIGURATIONS
}

fn preload(world: &World<'_>, entry: &TreeEntry) -> Finding {
    let named = world.observed_at("loader-preload", &entry.path);
    let is_shipped = |path: &str| {
        let file = world.followed(path.trim_start_matches('/'));
        file.is_some_and(|file| seen::is_of_system(world, &file.path))
    };
    let severity = match named {
        [] => FindingSeverity::Medium,
        named if named.iter().all(|it| is_shipped(it.value(0))) => FindingSeverity::Medium,
        _ => FindingSeverity::High,
    };
    let message = match named {
        [] => format!("it has {} bytes, but no library was read from it", entry.size),
        named => {
            let named: Vec<&str> = named.iter().map(|it| it.value(0)).collect();
            format!("every program loads {}", named.join(", "))
        }
    };
    seen::about_entry(entry, "loader-preload", severity, message)
}

#[cfg(test)]
mod tests {
    use bomwright_model::TreeEntry;

    use super::*;
    use crate::hidden::testing::{Scene, elf, text};

    #[test]
    fn preloads() {
        let find = |library: &str| {
            let mut scene = Scene::new();
            let package = scene.package("deb", "libjemalloc2");
            scene.own(package, elf("usr/lib/libjemalloc.so.2"));
            scene.add(text(PRELOAD));
            scene.observe("loader-preload", PRELOAD, &[library]);
            scene.find(&DETECTOR)
        };
        assert_eq!(find("/opt/hook.so"), ["loader-preload:/etc/ld.so.preload high"]);
        assert_eq!(find("/usr/lib/libjemalloc.so.2"), ["loader-preload:/etc/ld.so.preload medium"]);
        let mut scene = Scene::new();
        scene.add(TreeEntry { size: 0, ..text(PRELOAD) });
        assert_eq!(scene.find(&DETECTOR), [""; 0]);
    }

    #[test]
    fn directories() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "libc-bin");
        for (path, directory) in [("libc", "/usr/local/lib"), ("x", "/opt/lib"), ("y", "/tmp")] {
            let path = format!("etc/ld.so.conf.d/{path}.conf");
            scene.observe("ld-conf-directory", &path, &[directory]);
            if path.contains("libc") { scene.own(package, text(&path)) } else { scene.add(text(&path)) }
        }
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "loader-directory-added:/etc/ld.so.conf.d/x.conf medium",
                "loader-directory-added:/etc/ld.so.conf.d/y.conf high",
            ]
        );
    }
}
