//! Header blocks in the style of e-mail, as Python's core metadata uses them.
//!
//! Core metadata (packaging.python.org, "Core metadata specifications") borrows RFC 822's syntax:
//! `Name: value`, continued by lines that begin with white space, ended by an empty line after which the
//! long description follows. Names are case-insensitive and may repeat.

use std::borrow::Cow;

/// The fields of one header block, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    fields: Vec<(&'a str, Cow<'a, str>)>,
    /// Lines that are neither a field nor a continuation.
    pub broken_lines: usize,
    /// Whether the block was ended by an empty line, rather than by the end of the text.
    pub ended: bool,
}

impl<'a> Headers<'a> {
    /// Reads the block that `text` begins with. Never fails: lines of no known form are counted and skipped.
    pub fn parse(text: &'a str) -> Self {
        let mut headers = Self::default();
        for line in text.lines() {
            if line.is_empty() {
                headers.ended = true;
                break;
            }
            if line.starts_with([' ', '\t']) {
                match headers.fields.last_mut() {
                    Some((_, value)) => {
                        let value = value.to_mut();
                        value.push('\n');
                        value.push_str(line.trim());
                    }
                    None => headers.broken_lines += 1,
                }
            } else if let Some((name, value)) = line.split_once(':') {
                headers.fields.push((name.trim(), Cow::Borrowed(value.trim())));
            } else {
                headers.broken_lines += 1;
            }
        }
        headers
    }

    /// The first value of `name` that says something; blank ones and the placeholder `UNKNOWN` do not.
    pub fn get<'s>(&'s self, name: &'s str) -> Option<&'s str> {
        self.all(name).next()
    }

    /// Every value of `name` that says something, in order.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty() && *value != "UNKNOWN")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuation_repetition_and_the_body() {
        // Shaped after the example of PEP 314.
        let text = "Name: a\nlicense: one\n   two\nRequires-Dist: x\nRequires-Dist: y\n\nSummary: body\n";
        let headers = Headers::parse(text);
        assert_eq!(headers.get("name"), Some("a"));
        assert_eq!(headers.get("License"), Some("one\ntwo"));
        assert_eq!(headers.all("Requires-Dist").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(headers.get("Summary"), None);
        assert!(headers.ended);
        assert_eq!(headers.broken_lines, 0);
    }

    #[test]
    fn what_is_no_header_is_counted() {
        let headers = Headers::parse(" leading\nno colon\nName: UNKNOWN");
        assert_eq!((headers.broken_lines, headers.ended, headers.get("Name")), (2, false, None));
    }
}
