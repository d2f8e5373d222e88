//! Gem specifications as Ruby source, in the form that RubyGems itself writes.
//!
//! A `.gemspec` is a program, and this is no Ruby: it reads the literals of the assignments and calls that
//! `Gem::Specification#to_ruby` (rubygems, `lib/rubygems/specification.rb`) puts one on a line when it
//! installs a gem. What a hand-written specification computes is not seen.

use std::collections::BTreeMap;

/// What one specification states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gemspec {
    /// Name; empty when nothing states one.
    pub name: String,
    /// Version; empty when nothing states one.
    pub version: String,
    /// Platform unless it is plain `ruby`, e.g. `x86_64-linux`.
    pub platform: Option<String>,
    /// Licences.
    pub licenses: Vec<String>,
    /// Authors.
    pub authors: Vec<String>,
    /// Home page.
    pub homepage: Option<String>,
    /// One line about it.
    pub summary: Option<String>,
    /// Metadata, e.g. `source_code_uri`.
    pub metadata: BTreeMap<String, String>,
    /// Run-time dependencies: name and version conditions.
    pub dependencies: Vec<(String, Vec<String>)>,
    /// Whether the block is closed by `end`.
    pub ended: bool,
}

impl Gemspec {
    /// Reads a specification. Never fails: lines of no known form are skipped.
    pub fn parse(text: &str) -> Self {
        let mut spec = Self::default();
        // Older files repeat all dependencies after `else`, for RubyGems that knew no kinds of them: there
        // those of development cannot be told from the others.
        let mut is_repetition = false;
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(stub) = trimmed.strip_prefix("# stub:") {
                spec.read_stub(stub);
            } else if trimmed == "else" {
                is_repetition = true;
            } else if line.trim_end() == "end" {
                spec.ended = true;
            } else if let Some((field, rest)) = statement(trimmed) {
                match field {
                    "add_dependency" | "add_runtime_dependency" if !is_repetition => spec.depend(rest),
                    _ => spec.assign(field, rest),
                }
            }
        }
        spec
    }

    /// `name version platform require_path…`; the first such line only, later ones name extensions.
    fn read_stub(&mut self, stub: &str) {
        let mut words = stub.split_whitespace();
        if let (true, Some(name), Some(version), Some(platform)) =
            (self.name.is_empty(), words.next(), words.next(), words.next())
        {
            name.clone_into(&mut self.name);
            version.clone_into(&mut self.version);
            self.platform = Some(platform.to_owned()).filter(|platform| platform != "ruby");
        }
    }

    fn assign(&mut self, field: &str, rest: &str) {
        let Some(value) = rest.trim_start().strip_prefix('=') else { return };
        let mut texts = literals(value).into_iter();
        match field {
            "name" if self.name.is_empty() => self.name = texts.next().unwrap_or_default(),
            "version" if self.version.is_empty() => self.version = texts.next().unwrap_or_default(),
            "platform" => self.platform = texts.next().filter(|platform| platform != "ruby"),
            "license" | "licenses" => self.licenses = texts.collect(),
            "author" | "authors" => self.authors = texts.collect(),
            "homepage" => self.homepage = texts.next(),
            "summary" => self.summary = texts.next(),
            "metadata" => {
                while let (Some(key), Some(value)) = (texts.next(), texts.next()) {
                    self.metadata.insert(key, value);
                }
            }
            _ => {}
        }
    }

    fn depend(&mut self, rest: &str) {
        let mut texts = literals(rest).into_iter();
        if let Some(name) = texts.next().filter(|name| !name.is_empty()) {
            self.dependencies.push((name, texts.collect()));
        }
    }
}

/// `s.field rest` or `spec.field(rest`: the field and what follows.
fn statement(line: &str) -> Option<(&str, &str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (receiver, rest) = line.split_once('.')?;
    if receiver.is_empty() || !receiver.chars().all(is_word) {
        return None;
    }
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// The string literals of a line, in order: `"…"`, `'…'` and `%q<…>` with any of the four brackets. What
/// follows a modifier `if` holds none in generated files.
fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '%', '#']) {
        let (_, here) = rest.split_at(at);
        let (close, escapes, body) = if let Some(body) = here.strip_prefix('"') {
            ('"', true, body)
        } else if let Some(body) = here.strip_prefix('\'') {
            ('\'', false, body)
        } else if let Some((close, body)) = percent(here) {
            (close, false, body)
        } else if here.starts_with('#') {
            break;
        } else {
            rest = here.get(1..).unwrap_or_default();
            continue;
        };
        let Some((value, after)) = quoted(body, close, escapes) else { break };
        found.push(value);
        rest = after;
    }
    found
}

/// The closing bracket and the body of `%q<`, `%q(`, `%q{` or `%q[`.
fn percent(text: &str) -> Option<(char, &str)> {
    let body = text.strip_prefix("%q").or_else(|| text.strip_prefix("%Q"))?;
    let close = match body.chars().next()? {
        '<' => '>',
        '(' => ')',
        '{' => '}',
        '[' => ']',
        _ => return None,
    };
    Some((close, body.get(1..)?))
}

/// The text up to an unescaped `close`, and what follows it; `None` when the line ends first.
fn quoted(body: &str, close: char, escapes: bool) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == close {
            return Some((value, body.get(at + c.len_utf8()..)?));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        let (at, letter) = chars.next()?;
        match letter {
            'n' | 't' | 'r' if escapes => value.push(' '),
            'u' if escapes => {
                let digits = body.get(at + 1..at + 5)?;
                value.push(
                    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'),
                );
                chars.nth(3)?;
            }
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_every_form() {
        // Ruby's documentation, "Literals", section "Strings".
        assert_eq!(literals(r#"(%q<a>.freeze, ["~> 1".freeze, '>= 1.2']) # "no""#), ["a", "~> 1", ">= 1.2"]);
        assert_eq!(literals(r#"= ["Andr\u00E9 \"x\"".freeze]"#), ["Andr\u{e9} \"x\""]);
        assert_eq!(literals("%q(b) % %w 'open"), ["b"]);
    }

    #[test]
    fn dependencies_repeated_for_old_rubygems_count_once() {
        // The form that RubyGems 1.8 wrote: the second half repeats a development dependency as plain one.
        let text = "Gem::Specification.new do |s|\n  s.name = %q{a}\n  s.version = \"1\"\n  \
                    if s.respond_to? :specification_version then\n    s.add_runtime_dependency(%q<b>, [\"> 0\"])\n    \
                    s.add_development_dependency(%q<c>, [\">= 0\"])\n  else\n    \
                    s.add_dependency(%q<b>, [\"> 0\"])\n    s.add_dependency(%q<c>, [\">= 0\"])\n  end\nend\n";
        let spec = Gemspec::parse(text);
        assert_eq!((spec.name.as_str(), spec.version.as_str(), spec.ended), ("a", "1", true));
        assert_eq!(spec.dependencies, [("b".to_owned(), vec!["> 0".to_owned()])]);
    }
}
