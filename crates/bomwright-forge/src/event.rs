//! What the event that started a workflow says about the pull request.
//!
//! Read are the payloads of GitHub's webhooks, which Gitea and Forgejo imitate: `pull_request`,
//! `pull_request_target` and `pull_request_review` have `pull_request.number`; `issue_comment` has an `issue`
//! with a key `pull_request`; `workflow_run` has the commit and the repository that it ran for.

use serde_json::Value;

use crate::target::Subject;

/// The pull request that a payload is about, if it is about one.
pub(crate) fn subject(payload: &str) -> Option<Subject> {
    let event: Value = serde_json::from_str(payload).ok()?;
    let number = |path: &str| event.pointer(path).and_then(Value::as_u64).filter(|it| *it > 0);
    if let Some(number) = number("/pull_request/number") {
        return Some(Subject::Number(number));
    }
    if event.pointer("/issue/pull_request").is_some_and(|it| !it.is_null()) {
        return number("/issue/number").map(Subject::Number);
    }
    let run = event.get("workflow_run")?;
    let text = |path: &str| run.pointer(path).and_then(Value::as_str).map(str::to_owned);
    Some(Subject::Head { sha: text("/head_sha")?, repository: text("/head_repository/full_name") })
}

/// The number in `refs/pull/7/merge`.
pub(crate) fn of_ref(name: &str) -> Option<Subject> {
    let (number, rest) = name.strip_prefix("refs/pull/")?.split_once('/')?;
    let number = number.parse().ok().filter(|it| *it > 0)?;
    ["merge", "head"].contains(&rest).then_some(Subject::Number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_name_their_pull_request() {
        assert_eq!(subject(r#"{"number":7,"pull_request":{"number":7}}"#), Some(Subject::Number(7)));
        assert_eq!(subject(r#"{"issue":{"number":8,"pull_request":{"url":"x"}}}"#), Some(Subject::Number(8)));
        assert_eq!(subject(r#"{"issue":{"number":8}}"#), None, "an issue is no pull request");
        let run = r#"{"workflow_run":{"head_sha":"abc","head_repository":{"full_name":"fork/shop"}}}"#;
        let head = Subject::Head { sha: "abc".into(), repository: Some("fork/shop".into()) };
        assert_eq!(subject(run), Some(head));
        for text in ["", "[]", "{}", r#"{"pull_request":{"number":"7"}}"#, r#"{"pull_request":{"number":0}}"#]
        {
            assert_eq!(subject(text), None, "{text}");
        }
    }

    #[test]
    fn refs_name_their_pull_request() {
        assert_eq!(of_ref("refs/pull/7/merge"), Some(Subject::Number(7)));
        for name in ["refs/heads/main", "refs/pull/x/merge", "refs/pull/0/head", "refs/pull/7/merge/x"] {
            assert_eq!(of_ref(name), None, "{name}");
        }
    }
}
