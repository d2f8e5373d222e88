//! Images of which nothing, or next to nothing, can be explained: that no rule found anything there means nothing.

use bomwright_model::{Count, FileAccount, Finding, FindingSeverity, Origin, Subject};

use super::Detector;
use crate::hints;
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("nothing-explained", "no file, or no program, can be explained: the image can't be judged"),
        ("low-coverage", "less than a twentieth of the files can be explained"),
    ],
    find,
};

/// The share, in percent, below which files are hardly explained.
const LEAST: u64 = 5;

fn find(_: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let (mut all, mut explained) = (Count::default(), Count::default());
    for account in accounts {
        all.add(account);
        // Who can write a history can write one that explains everything.
        if account.origin != Origin::Unknown && !hints::is_guess(account) {
            explained.add(account);
        }
    }
    judge(all, explained).into_iter().collect()
}

fn judge(all: Count, explained: Count) -> Option<Finding> {
    let (rule, severity, message) = if all.files == 0 {
        return None;
    } else if explained.files == 0 {
        let message = format!("none of {} files can be explained", all.files);
        ("nothing-explained", FindingSeverity::Critical, message)
    } else if all.executables > 0 && explained.executables == 0 {
        let message = format!("none of {} programs and scripts can be explained", all.executables);
        ("nothing-explained", FindingSeverity::Critical, message)
    } else if explained.files.saturating_mul(100) < all.files.saturating_mul(LEAST) {
        let message = format!("only {} of {} files can be explained", explained.files, all.files);
        ("low-coverage", FindingSeverity::High, message)
    } else {
        return None;
    };
    Some(Finding::new(rule, severity, Subject::Image, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, elf, text};

    #[test]
    fn shares() {
        let find = |owned: &[&str], program: bool, unowned: usize| {
            let mut scene = Scene::new();
            let package = scene.package("deb", "x");
            for path in owned {
                scene.own(package, text(path));
            }
            if program {
                scene.add(elf("opt/x"));
            }
            for number in 0..unowned {
                scene.add(text(&format!("srv/{number}")));
            }
            scene.find(&DETECTOR)
        };
        assert_eq!(find(&[], true, 0), ["nothing-explained:image critical"]);
        assert_eq!(find(&["usr/a"], true, 0), ["nothing-explained:image critical"]);
        assert_eq!(find(&["usr/a"], false, 19), [""; 0]);
        assert_eq!(find(&["usr/a"], false, 20), ["low-coverage:image high"]);
        assert_eq!(find(&[], false, 0), [""; 0]);
    }
}
