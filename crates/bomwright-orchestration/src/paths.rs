//! Paths of the input, compared as text: nothing here looks at a disk.

/// `path` as seen from `directory`, without `.` and `..` where that can be said.
pub(crate) fn join(directory: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || (directory.starts_with('/') && !path.starts_with('/'));
    let start = if path.starts_with('/') { "" } else { directory };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_as_text() {
        assert_eq!(join("a/b", "../c/./d.yaml"), "a/c/d.yaml");
        assert_eq!(join("", "./a"), "a");
        assert_eq!(join("a", "../../b"), "../b");
        assert_eq!(join("/a", "b"), "/a/b");
        assert_eq!(join("/a", "../../b"), "/b");
        assert_eq!(join("a", "/b"), "/b");
    }
}
