//! Variables in Compose files (compose-spec, 12-interpolation.md), as if none were set: defaults are taken, and
//! what has none is told.

/// Nesting of `${A:-${B:-…}}`.
const DEEPEST: usize = 16;
/// Stands for a variable without a value; no reference and no text of YAML can hold it.
pub(crate) const UNSET: char = '\0';

/// `text` with variables filled in, [`UNSET`] where one has no value, and the names of those; `None` where
/// an expression is not closed or nested too deeply.
pub(crate) fn interpolate(text: &str) -> Option<(String, Vec<String>)> {
    let (mut out, mut unset) = (String::new(), Vec::new());
    expand(text, DEEPEST, &mut out, &mut unset)?;
    Some((out, unset))
}

fn expand(text: &str, depth: usize, out: &mut String, unset: &mut Vec<String>) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let (inside, after) = closed(after)?;
            braced(inside, depth, out, unset)?;
            rest = after;
        } else {
            let name = name(after);
            rest = after.get(name.len()..)?;
            if name.is_empty() { out.push('$') } else { missing(name, out, unset) }
        }
    }
    out.push_str(rest);
    Some(())
}

fn braced(inside: &str, depth: usize, out: &mut String, unset: &mut Vec<String>) -> Option<()> {
    let name = name(inside);
    let operator = inside.get(name.len()..)?;
    if name.is_empty() {
        return None;
    }
    if let Some(default) = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-')) {
        expand(default, depth, out, unset)
    } else if operator.starts_with(":+") || operator.starts_with('+') {
        Some(())
    } else if operator.is_empty() || operator.starts_with(":?") || operator.starts_with('?') {
        missing(name, out, unset);
        Some(())
    } else {
        None
    }
}

fn missing(name: &str, out: &mut String, unset: &mut Vec<String>) {
    out.push(UNSET);
    if !unset.iter().any(|it| it == name) {
        unset.push(name.to_owned());
    }
}

/// The name that `text` begins with.
fn name(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(at, c)| !(c.is_ascii_alphabetic() || *c == '_' || (*at > 0 && c.is_ascii_digit())))
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// What lies before the brace that closes an open one, and what follows it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let (mut open, mut last) = (1_usize, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '{' if last == '$' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        last = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_taken() {
        // The forms that the Compose specification lists, with nothing set.
        let of = |text| interpolate(text).map(|(text, _)| text.replace(UNSET, "∅"));
        assert_eq!(of("a:${TAG:-1.2}").as_deref(), Some("a:1.2"));
        assert_eq!(of("a:${TAG-1.2}").as_deref(), Some("a:1.2"));
        assert_eq!(of("${A:-${B:-c}}/d").as_deref(), Some("c/d"));
        assert_eq!(of("a${B:+c}${B+d}").as_deref(), Some("a"));
        assert_eq!(of("a:$TAG").as_deref(), Some("a:∅"));
        assert_eq!(of("a:${TAG:?must be set}").as_deref(), Some("a:∅"));
        assert_eq!(of("$${A} $1 $").as_deref(), Some("${A} $1 $"));
        for bad in ["${A", "${A:-${B}", "${A/b/c}", "${}"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(interpolate("$A${B}$A").unwrap().1, ["A", "B"]);
        let deep = format!("{}{}", "${A:-".repeat(100), "}".repeat(100));
        assert_eq!(of(&deep), None);
    }
}
