//! Image references for programs: `bomwright-images/1`.

use bomwright_model::Confidence;
use bomwright_orchestration::{Found, Problem, Reference, Replaced};
use serde::Serialize;

/// Renders `found` as JSON, ending in a newline.
pub fn images_json(found: &Found) -> Result<String, serde_json::Error> {
    let document = Document {
        schema: "bomwright-images/1",
        references: found.references.iter().map(WireReference::of).collect(),
        problems: found.problems.iter().map(WireProblem::of).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The word for a confidence.
pub(crate) fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    references: Vec<WireReference<'a>>,
    problems: Vec<WireProblem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireReference<'a> {
    reference: String,
    registry: &'a str,
    repository: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    pin: &'static str,
    written: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    path: &'a str,
    kind: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    variables: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<WireReplaced<'a>>,
    superseded: bool,
}

#[derive(Serialize)]
struct WireReplaced<'a> {
    written: &'a str,
    file: &'a str,
    line: usize,
    path: &'a str,
}

#[derive(Serialize)]
struct WireProblem<'a> {
    code: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

impl<'a> WireReference<'a> {
    fn of(it: &'a Reference) -> Self {
        Self {
            reference: it.image.to_string(),
            registry: &it.image.registry,
            repository: &it.image.repository,
            tag: it.image.tag.as_deref(),
            digest: it.image.digest.as_deref(),
            pin: it.pin.as_str(),
            written: &it.written,
            file: &it.file,
            line: it.line,
            column: it.column,
            path: &it.path,
            kind: it.kind.as_str(),
            confidence: word(it.confidence),
            resource: it.resource.as_deref(),
            template: it.template.as_deref(),
            pull_policy: it.pull_policy.as_deref(),
            platform: it.platform.as_deref(),
            variables: &it.variables,
            build: it.build.as_deref(),
            replaces: it.replaces.as_ref().map(WireReplaced::of),
            superseded: it.superseded,
        }
    }
}

impl<'a> WireReplaced<'a> {
    fn of(it: &'a Replaced) -> Self {
        Self { written: &it.written, file: &it.file, line: it.line, path: &it.path }
    }
}

impl<'a> WireProblem<'a> {
    fn of(it: &'a Problem) -> Self {
        let Problem { file, line, column, code, message } = it;
        Self { code: code.as_str(), file, line: *line, column: *column, message }
    }
}
