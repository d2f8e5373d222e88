//! Order of gem versions, as far as choosing among installed gems needs it.
//!
//! The rules are those of `Gem::Version` and `Gem::Requirement` (guides.rubygems.org, "Patterns"; rubygems,
//! `lib/rubygems/version.rb`): segments of digits or letters, letters before digits, missing ones are zero.

use std::cmp::Ordering;

/// A version, split into segments. `1` and `1.0` are equal.
#[derive(Debug, Clone)]
pub(super) struct Version(Vec<Segment>);

/// Letters mark a prerelease and come before any number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Letters(String),
    Number(u64),
}

impl Version {
    /// Splits `text`; anything but ASCII letters and digits separates.
    pub(super) fn parse(text: &str) -> Self {
        // `1.0-2` means `1.0.pre.2`.
        let text = text.trim().replace('-', ".pre.");
        let mut segments = Vec::new();
        for part in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mut rest = part;
            while let Some(first) = rest.bytes().next() {
                let digits = first.is_ascii_digit();
                let end = rest.bytes().position(|b| b.is_ascii_digit() != digits).unwrap_or(rest.len());
                let (segment, after) = rest.split_at(end);
                segments.push(if digits {
                    Segment::Number(segment.parse().unwrap_or(u64::MAX))
                } else {
                    Segment::Letters(segment.to_owned())
                });
                rest = after;
            }
        }
        Self(segments)
    }

    /// The lowest version that `~>` this one excludes: without its last segment, one higher.
    fn bump(&self) -> Self {
        let release = self.0.iter().take_while(|segment| matches!(segment, Segment::Number(_)));
        let mut segments: Vec<Segment> = release.cloned().collect();
        if segments.len() > 1 {
            segments.pop();
        }
        if let Some(Segment::Number(last)) = segments.last_mut() {
            *last = last.saturating_add(1);
        }
        Self(segments)
    }

    /// Without the letters and what follows them.
    fn release(&self) -> Self {
        Self(self.0.iter().take_while(|segment| matches!(segment, Segment::Number(_))).cloned().collect())
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let zero = Segment::Number(0);
        (0..self.0.len().max(other.0.len()))
            .map(|at| self.0.get(at).unwrap_or(&zero).cmp(other.0.get(at).unwrap_or(&zero)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Whether `version` meets every condition of `wanted`, e.g. `~> 1.2, >= 1.2.3`.
pub(super) fn satisfies(version: &str, wanted: &str) -> bool {
    let version = Version::parse(version);
    wanted.split(',').map(str::trim).filter(|condition| !condition.is_empty()).all(|condition| {
        let at = condition.find(|c: char| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(0);
        let (operator, text) = condition.split_at(at);
        let wanted = Version::parse(text);
        let order = version.cmp(&wanted);
        match operator {
            "" | "=" => order.is_eq(),
            "!=" => order.is_ne(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            "~>" => order.is_ge() && version.release() < wanted.bump(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: `Gem::Requirement.new(…).satisfied_by?(Gem::Version.new(…))` of RubyGems 3.3.
    #[test]
    fn conditions_agree_with_rubygems() {
        for (version, wanted, expected) in [
            ("1.2.3", ">= 0", true),
            ("1.2.3", "~> 1.2", true),
            ("2.0", "~> 1.2", false),
            ("1.3.0", "~> 1.2.0", false),
            ("1.2.9", "~> 1.2.0", true),
            ("1.9", "~> 1", true),
            ("2.0.a", "~> 1.2", false),
            ("1.0.0", "= 1", true),
            ("1.0.a", ">= 1.0", false),
            ("1.0.a", "< 1.0", true),
            ("1.0.b1", "> 1.0.a9", true),
            ("3.0.1.2", "!= 3.0.1", true),
            ("1.5", ">= 1.2, < 2", true),
            ("2", ">= 1.2, < 2", false),
            ("1.0-1", "< 1.0", true),
            ("1.0.10", "> 1.0.9", true),
        ] {
            assert_eq!(satisfies(version, wanted), expected, "{version} {wanted}");
        }
    }
}
