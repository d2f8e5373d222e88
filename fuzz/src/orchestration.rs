//! Manifests of deployments, which come from whoever.

use bomwright_orchestration::{Input, find};

/// Files apart by lines `=== PATH`. What is found does not depend on the order of the files, and every place lies in one
/// of them.
///
/// # Panics
/// If that does not hold.
pub fn references(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut files: Vec<(&str, &str)> = Vec::new();
    for part in text.split("=== ").skip(1).take(16) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        if files.iter().all(|(known, _)| *known != path) {
            files.push((path, text));
        }
    }
    let inputs: Vec<_> = files.iter().map(|(path, text)| Input { path, text }).collect();
    let found = find(&inputs);
    let reversed: Vec<_> = inputs.iter().rev().copied().collect();
    assert_eq!(find(&reversed), found, "the order of the files shows");
}
