//! Splits a file into its documents before they are parsed, so that one that breaks the grammar does not hide
//! those after it. Kubernetes' own tools split in the same way: at lines that begin with `---`.

/// One document of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// Its text, with the marker that it begins with.
    pub(crate) text: &'a str,
    /// Lines before it.
    pub(crate) before: usize,
}

/// The documents of `text`; what holds nothing but comments and directives is left out.
pub(crate) fn documents(text: &str) -> Vec<Part<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut parts, mut start, mut before) = (Vec::new(), 0, 0);
    let (mut at, mut number, mut content) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let rest =
            line.strip_prefix("---").filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if rest.is_some() {
            if content {
                parts.extend(text.get(start..at).map(|text| Part { text, before }));
            }
            (start, before, content) = (at, number, false);
        }
        let words = rest.unwrap_or(line).trim();
        content |= !(words.is_empty() || words.starts_with(['#', '%']));
        at += line.len();
        number += 1;
    }
    if content {
        parts.extend(text.get(start..).map(|text| Part { text, before }));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_begin_at_their_markers() {
        let text = "# head\n%YAML 1.2\n---\na: 1\n--- # two\nb: 2\n---\n# nothing\n---\r\nc: |\n  x\n ---\n";
        let parts = documents(text);
        let firsts: Vec<_> = parts.iter().map(|it| (it.before, it.text.lines().nth(1).unwrap())).collect();
        assert_eq!(firsts, [(2, "a: 1"), (4, "b: 2"), (8, "c: |")]);
        assert_eq!(documents("a: 1"), [Part { text: "a: 1", before: 0 }]);
        assert!(documents("").is_empty());
    }
}
