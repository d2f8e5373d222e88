//! What Python runs at every start: `sitecustomize`, `usercustomize` and the lines of `.pth` files that begin with
//! `import` (the documentation of its module `site`).

use bomwright_model::{FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("python-startup-code", "code that no package lists and that Python runs at every start"),
        ("python-path-added", "a .pth file that no package lists adds directories to Python's module path"),
    ],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let foreign = accounts.iter().filter(|account| seen::is_foreign(account));
    foreign.filter_map(|account| judge(world, account)).collect()
}

fn judge(world: &World<'_>, account: &FileAccount) -> Option<Finding> {
    let name = place::name(&account.path);
    let is_cached = place::name(place::parent(&account.path)) == "__pycache__";
    if is_customize(name) && !is_cached {
        let message = "Python runs it at every start".to_owned();
        return Some(seen::about(account, "python-startup-code", FindingSeverity::High, message));
    }
    let is_in_site = matches!(place::name(place::parent(&account.path)), "site-packages" | "dist-packages");
    if place::ending(name) != "pth" || !is_in_site {
        return None;
    }
    let Some(line) = world.observed_at("pth-import", &account.path).first() else {
        let message = "it adds directories to the module path; no line of it is run";
        return Some(seen::about(account, "python-path-added", FindingSeverity::Low, message));
    };
    let message = format!("Python runs this line at every start: {}", line.value(0));
    Some(seen::about(account, "python-startup-code", FindingSeverity::High, message))
}

/// `sitecustomize.py`, compiled or a package too.
fn is_customize(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let is_code = matches!(place::ending(name), "py" | "pyc" | "so");
    is_code && matches!(stem, "sitecustomize" | "usercustomize")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn only_what_nobody_lists() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "x");
        scene.own(package, text("usr/lib/python3.11/sitecustomize.py"));
        scene.own(package, text("usr/lib/python3/dist-packages/own.pth"));
        scene.observe("pth-import", "usr/lib/python3/dist-packages/own.pth", &["import own"]);
        scene.add(text("usr/local/lib/python3.11/site-packages/a.pth"));
        scene.add(text("usr/local/lib/python3.11/site-packages/b.pth"));
        scene.observe("pth-import", "usr/local/lib/python3.11/site-packages/b.pth", &["import os"]);
        scene.add(text("usr/local/lib/python3.11/site-packages/usercustomize.py"));
        // Whether such code is that of its source is told by rules about generated files.
        scene.add(text("usr/lib/python3.11/__pycache__/sitecustomize.cpython-311.pyc"));
        scene.add(text("opt/model.pth"));
        let place = "/usr/local/lib/python3.11/site-packages";
        assert_eq!(
            scene.find(&DETECTOR),
            [
                format!("python-path-added:{place}/a.pth low"),
                format!("python-startup-code:{place}/b.pth high"),
                format!("python-startup-code:{place}/usercustomize.py high"),
            ]
        );
    }
}
