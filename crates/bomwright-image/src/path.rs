//! Names in archives, brought into one form.

use crate::Limits;

/// Why a name cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// More bytes than [`Limits::path_bytes`].
    TooLong,
    /// A component with more bytes than [`Limits::component_bytes`].
    ComponentTooLong,
    /// More components than [`Limits::path_depth`].
    TooDeep,
}

impl BadPath {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::TooLong => "the path is too long; the entry was left out",
            Self::ComponentTooLong => "a component of the path is too long; the entry was left out",
            Self::TooDeep => "the path has too many components; the entry was left out",
        }
    }
}

/// Writes `raw` to `out` without a leading slash, empty components, `.` and `..`.
///
/// Returns whether it was absolute or led above the root, from where it was brought back.
pub(crate) fn normalise(raw: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<bool, BadPath> {
    out.clear();
    if raw.len() > limits.path_bytes {
        return Err(BadPath::TooLong);
    }
    let mut escaped = raw.first() == Some(&b'/');
    let mut depth = 0_usize;
    for component in raw.split(|&byte| byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => {
                escaped |= depth == 0;
                depth = depth.saturating_sub(1);
                out.truncate(split(out).0.len());
            }
            _ if component.len() > limits.component_bytes => return Err(BadPath::ComponentTooLong),
            _ => {
                depth += 1;
                if depth > limits.path_depth {
                    return Err(BadPath::TooDeep);
                }
                if !out.is_empty() {
                    out.push(b'/');
                }
                out.extend_from_slice(component);
            }
        }
    }
    Ok(escaped)
}

/// The directory (empty for the root) and the last component of a normalised path.
pub(crate) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => {
            let (directory, rest) = path.split_at(slash);
            (directory, rest.get(1..).unwrap_or_default())
        }
        None => (&[], path),
    }
}

/// The components of a normalised path.
pub(crate) fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|component| !component.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_a_path_does_not_need() {
        let limits = Limits { path_bytes: 20, component_bytes: 8, path_depth: 3, ..Limits::default() };
        let read = |raw: &str| {
            let mut out = b"left over".to_vec();
            normalise(raw.as_bytes(), &limits, &mut out)
                .map(|escaped| (String::from_utf8(out).unwrap(), escaped))
        };
        let ok = |path: &str, escaped| Ok((path.to_owned(), escaped));
        assert_eq!(read("./usr//lib/./x/"), ok("usr/lib/x", false));
        assert_eq!(read("a/../b"), ok("b", false));
        assert_eq!(read("a/b/../../c"), ok("c", false));
        assert_eq!(read("../../etc"), ok("etc", true));
        assert_eq!(read("a/../../b"), ok("b", true));
        assert_eq!(read("/etc/passwd"), ok("etc/passwd", true));
        assert_eq!(read("./"), ok("", false));
        assert_eq!(read(""), ok("", false));
        assert_eq!(read("a/b/c/d"), Err(BadPath::TooDeep));
        assert_eq!(read("123456789"), Err(BadPath::ComponentTooLong));
        assert_eq!(read("a/b/c/././././././././."), Err(BadPath::TooLong));
    }
}
