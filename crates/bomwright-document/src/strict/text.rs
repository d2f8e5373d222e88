//! Where in a text things are.

use std::collections::HashSet;

/// Line and column, both from 1, the column in bytes, of the byte `at`.
pub(crate) fn position(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    (line, before.len() - start + 1)
}

/// Where the lines of a text start, for many positions.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// The lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        Self(std::iter::once(0).chain(ends.map(|at| at + 1)).collect())
    }

    /// What [`position`] says of the byte `at`.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|index| self.0.get(index)).copied().unwrap_or(0);
        (line, at - start + 1)
    }
}

/// The byte at which the line `line` has its column `column`, both from 1.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Where `word` first stands between quotes or blanks.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return None;
    }
    let is_edge =
        |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'));
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        is_edge(before) && is_edge(after)
    })
}

/// An object or array that was opened.
struct Open<'t> {
    /// How long the path was before it.
    path: usize,
    /// Of an object the keys that it had so far.
    keys: Option<HashSet<&'t str>>,
    /// Of an array the number of the item.
    index: usize,
}

/// Shows the JSON pointer (RFC 6901) and the first byte of every value of the well-formed JSON `text` to `visit`. The
/// result is where a key stands in its object a second time.
pub(super) fn walk(text: &str, mut visit: impl FnMut(&str, usize)) -> Vec<(usize, String)> {
    let mut twice = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut path = String::new();
    let mut wants_key = false;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'{' | b'[' => {
                visit(&path, at);
                let keys = (*byte == b'{').then(HashSet::new);
                wants_key = keys.is_some();
                open.push(Open { path: path.len(), keys, index: 0 });
                if !wants_key {
                    path.push_str("/0");
                }
            }
            b'}' | b']' => {
                path.truncate(open.pop().map_or(0, |it| it.path));
                wants_key = false;
            }
            b',' => {
                if let Some(inner) = open.last_mut() {
                    path.truncate(inner.path);
                    wants_key = inner.keys.is_some();
                    if !wants_key {
                        inner.index += 1;
                        path.push('/');
                        path.push_str(&inner.index.to_string());
                    }
                }
            }
            b'"' => {
                let end = string_end(text, at);
                if wants_key {
                    let key = text.get(at + 1..end - 1).unwrap_or_default();
                    path.push('/');
                    path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    let keys = open.last_mut().and_then(|it| it.keys.as_mut());
                    if keys.is_some_and(|keys| !keys.insert(key)) {
                        twice.push((at, path.clone()));
                    }
                    wants_key = false;
                } else {
                    visit(&path, at);
                }
                at = end;
                continue;
            }
            b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                visit(&path, at);
                let rest = text.as_bytes().get(at..).unwrap_or_default();
                let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                at += rest.iter().position(is_end).unwrap_or(rest.len()).max(1);
                continue;
            }
        }
        at += 1;
    }
    twice
}

/// The byte after the string that starts at `start`.
fn string_end(text: &str, start: usize) -> usize {
    let mut is_escaped = false;
    let inner = text.as_bytes().iter().enumerate().skip(start + 1);
    for (at, byte) in inner {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_pointer() {
        let text = r#"{"a": [1, {"b/c": "x,\"]"}, []], "d~": {}, "a": null}"#;
        let mut seen = Vec::new();
        let twice = walk(text, |path, at| seen.push((path.to_owned(), at)));
        let paths: Vec<_> = seen.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["", "/a", "/a/0", "/a/1", "/a/1/b~1c", "/a/2", "/d~0", "/a"]);
        assert!(text[seen[4].1..].starts_with("\"x,"));
        assert_eq!(twice.len(), 1);
        assert_eq!((&text[twice[0].0..twice[0].0 + 3], twice[0].1.as_str()), ("\"a\"", "/a"));
    }

    #[test]
    fn positions_lead_there_and_back() {
        let text = "ab\ncd\n";
        assert_eq!(position(text.as_bytes(), 4), (2, 2));
        assert_eq!(Lines::of(text).position(4), (2, 2));
        assert_eq!(Lines::of(text).position(0), (1, 1));
        assert_eq!(offset(text, 2, 2), 4);
        assert_eq!(position(text.as_bytes(), 99), (3, 1));
        assert_eq!(offset(text, 99, 99), 6);
        assert_eq!(find("\"xy\" \"x\"", "x"), Some(6));
    }
}
