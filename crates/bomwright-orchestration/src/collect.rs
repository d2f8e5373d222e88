//! Gathers what one file gives, and bounds it.

use bomwright_model::Confidence;

use crate::yaml::Node;
use crate::{Found, ImageName, Kind, Pin, Problem, ProblemCode, Reference};

/// References of one file.
const MOST_REFERENCES: usize = 100_000;
/// Problems of one file.
const MOST_PROBLEMS: usize = 1_000;
/// Bytes of a path inside a document that are kept.
const LONGEST_PATH: usize = 1_024;
/// Bytes of a text that may be a reference; name, tag and the longest digest together stay below.
const LONGEST_REFERENCE: usize = 1_024;
/// Bytes of a text that a message quotes.
const LONGEST_QUOTE: usize = 120;

/// Where in the input a document lies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    pub(crate) file: String,
    pub(crate) template: Option<String>,
    pub(crate) resource: Option<String>,
}

/// A reference before it is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'a> {
    pub(crate) node: &'a Node,
    pub(crate) path: &'a str,
    /// As written.
    pub(crate) written: &'a str,
    /// With variables filled in; the same where there are none.
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    pub(crate) confidence: Confidence,
}

/// What one file gives.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    pub(crate) found: Found,
    told_of_template: bool,
}

impl Collector {
    /// Adds a reference, or says why it is none. Places that merely look like one are silent about what is
    /// no reference.
    pub(crate) fn hit(&mut self, site: &Site, hit: Hit<'_>) -> Option<&mut Reference> {
        let text = hit.text.trim();
        if text.len() > LONGEST_REFERENCE {
            return None;
        }
        if text.contains("{{") {
            self.template(site, hit.node.line, hit.node.column);
            return None;
        }
        match ImageName::parse(text) {
            Ok(image) => self.add(site, hit, image, Vec::new()),
            Err(_) if text.contains("$(") || text.contains("${") => {
                let message = format!("'{}' hangs on a variable", quote(hit.written));
                self.problem(site, hit.node.line, hit.node.column, ProblemCode::UnresolvedVariable, message);
                None
            }
            Err(error) if hit.confidence == Confidence::High => {
                let message = format!("'{}' is no image reference: {error}", quote(hit.written));
                self.problem(site, hit.node.line, hit.node.column, ProblemCode::InvalidReference, message);
                None
            }
            Err(_) => None,
        }
    }

    /// Adds a reference whose name is known.
    pub(crate) fn add(
        &mut self,
        site: &Site,
        hit: Hit<'_>,
        image: ImageName,
        variables: Vec<String>,
    ) -> Option<&mut Reference> {
        if self.found.references.len() >= MOST_REFERENCES {
            let message = format!("more than {MOST_REFERENCES} references");
            self.problem(site, hit.node.line, hit.node.column, ProblemCode::LimitExceeded, message);
            return None;
        }
        self.found.references.push(Reference {
            file: site.file.clone(),
            line: hit.node.line,
            column: hit.node.column,
            path: hit.path.to_owned(),
            written: hit.written.trim().to_owned(),
            pin: Pin::of(&image, &variables),
            image,
            kind: hit.kind,
            confidence: hit.confidence,
            resource: site.resource.clone(),
            template: site.template.clone(),
            pull_policy: None,
            platform: None,
            variables,
            build: None,
            replaces: None,
            superseded: false,
        });
        self.found.references.last_mut()
    }

    /// Says, once for a file, that it is a template.
    pub(crate) fn template(&mut self, site: &Site, line: usize, column: usize) {
        if !std::mem::replace(&mut self.told_of_template, true) {
            let message = "holds '{{': a template is no manifest; render it first, e.g. with helm template";
            self.problem(site, line, column, ProblemCode::UnrenderedTemplate, message);
        }
    }

    /// Notes a problem.
    pub(crate) fn problem(
        &mut self,
        site: &Site,
        line: usize,
        column: usize,
        code: ProblemCode,
        message: impl Into<String>,
    ) {
        let problem = Problem { file: site.file.clone(), line, column, code, message: message.into() };
        let repeated =
            code == ProblemCode::LimitExceeded && self.found.problems.iter().any(|it| it.code == code);
        if self.found.problems.len() < MOST_PROBLEMS && !repeated {
            self.found.problems.push(problem);
        }
    }
}

/// A path inside a document that grows and shrinks with a walk.
#[derive(Debug, Default, Clone)]
pub(crate) struct Path(String);

impl Path {
    /// Goes to `key`; the result is what [`Path::leave`] wants.
    pub(crate) fn enter(&mut self, key: &str) -> usize {
        let before = self.0.len();
        if !self.0.is_empty() {
            self.0.push('.');
        }
        // A key that could be taken for several is quoted. Aliases may lead here often, so long ones are cut.
        let key = quote(key);
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if plain {
            self.0.push_str(key);
        } else {
            self.0.extend(["\"", key, "\""]);
        }
        self.bound();
        before
    }

    /// Goes to the item at `index`.
    pub(crate) fn item(&mut self, index: usize) -> usize {
        let before = self.0.len();
        self.0.extend(["[", &index.to_string(), "]"]);
        self.bound();
        before
    }

    /// Where it is now, for [`Path::leave`].
    pub(crate) fn mark(&self) -> usize {
        self.0.len()
    }

    /// Goes back.
    pub(crate) fn leave(&mut self, before: usize) {
        self.0.truncate(before);
    }

    /// As text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn bound(&mut self) {
        if self.0.len() > LONGEST_PATH {
            let end = (0..=LONGEST_PATH).rev().find(|at| self.0.is_char_boundary(*at)).unwrap_or(0);
            self.0.truncate(end);
        }
    }
}

/// The beginning of `text`, for a message.
pub(crate) fn quote(text: &str) -> &str {
    let end = (0..=LONGEST_QUOTE.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
