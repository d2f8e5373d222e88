//! Stanzas of `Field: value` lines, the syntax of every Debian control file (deb822(5)).
//!
//! dpkg and opkg databases and machine-readable copyright files are all written in it. Values are slices of
//! the input, so a 10 MB database costs one small vector for each stanza.

/// The stanzas of `text`, in order; empty ones are left out.
pub(crate) fn stanzas(text: &str) -> Stanzas<'_> {
    Stanzas { rest: text, line: 0 }
}

/// The names and values of one stanza.
#[derive(Debug, Default)]
pub(crate) struct Stanza<'a> {
    /// The number of its first line, counted from 1.
    pub(crate) line: usize,
    /// The number of its first line that is neither a field, a continuation nor a comment.
    pub(crate) malformed: Option<usize>,
    fields: Vec<(&'a str, &'a str)>,
}

/// Iterator over stanzas.
#[derive(Debug)]
pub(crate) struct Stanzas<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Stanza<'a> {
    /// The value of the field `name` in any case, with its continuation lines, trimmed; `None` when the
    /// field is missing or blank. Of several fields of one name the first counts.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        Some(self.raw(name)?.trim()).filter(|value| !value.is_empty())
    }

    /// What stands on the same line as the field's name, trimmed; `None` when that is blank.
    pub(crate) fn first_line(&self, name: &str) -> Option<&'a str> {
        let line = self.raw(name)?.split('\n').next()?.trim();
        Some(line).filter(|line| !line.is_empty())
    }

    /// Whether the field is there at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

impl<'a> Iterator for Stanzas<'a> {
    type Item = Stanza<'a>;

    fn next(&mut self) -> Option<Stanza<'a>> {
        let mut stanza = Stanza::default();
        // The field being read: its name, the text from its colon on, and how many bytes of that it takes.
        let mut open: Option<(&'a str, &'a str, usize)> = None;
        while !self.rest.is_empty() {
            let here = self.rest;
            let (line, rest) = here.split_once('\n').unwrap_or((here, ""));
            self.rest = rest;
            self.line += 1;
            if line.trim().is_empty() {
                if stanza.line == 0 {
                    continue;
                }
                break;
            }
            if line.starts_with('#') {
                continue;
            }
            if stanza.line == 0 {
                stanza.line = self.line;
            }
            let continues = line.starts_with([' ', '\t']);
            match (&mut open, line.split_once(':')) {
                (Some((_, tail, length)), _) if continues => *length = tail.len() - rest.len(),
                (_, Some((name, value))) if !continues && is_name(name) => {
                    stanza.fields.extend(close(open.take()));
                    let tail = here.get(line.len() - value.len()..).unwrap_or(value);
                    open = Some((name, tail, value.len()));
                }
                _ => {
                    stanza.fields.extend(close(open.take()));
                    stanza.malformed = stanza.malformed.or(Some(self.line));
                }
            }
        }
        stanza.fields.extend(close(open));
        (stanza.line != 0).then_some(stanza)
    }
}

fn close<'a>(open: Option<(&'a str, &'a str, usize)>) -> Option<(&'a str, &'a str)> {
    open.map(|(name, tail, length)| (name, tail.get(..length).unwrap_or(tail)))
}

/// Field names are printable US-ASCII without blanks and colons (deb822(5)).
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_continue_on_indented_lines_and_stanzas_end_at_blank_ones() {
        // deb822(5), section "Syntax", by hand: folded and multiline fields, a comment, a line of blanks.
        let text = "\n\nPackage: a\n# remark\nDepends: b,\n c (>= 1)\n \t\nPackage:b\nDescription: one\n two\n .\n three";
        let all: Vec<_> = stanzas(text).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].get("package"), Some("a"));
        assert_eq!(all[0].get("Depends"), Some("b,\n c (>= 1)"));
        assert_eq!((all[0].line, all[1].line), (3, 8));
        assert_eq!(all[1].get("Package"), Some("b"));
        assert_eq!(all[1].get("Description"), Some("one\n two\n .\n three"));
        assert_eq!(all[1].first_line("Description"), Some("one"));
        assert!(all.iter().all(|stanza| stanza.malformed.is_none()));
    }

    #[test]
    fn a_line_that_is_no_field_is_remembered_and_ends_the_field_before_it() {
        let all: Vec<_> = stanzas(" stray\nPackage: a\nno colon here\n more\nVersion: 1\n").collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].malformed, Some(1));
        assert_eq!(all[0].get("Package"), Some("a"));
        assert_eq!(all[0].get("Version"), Some("1"));
    }
}
