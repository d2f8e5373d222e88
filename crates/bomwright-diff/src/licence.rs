//! Licences compared and judged by what their SPDX expressions mean (SPDX 2.3, annex D).

use std::borrow::Cow;

use spdx::expression::{ExprNode, Operator};
use spdx::{Expression, LicenseItem, LicenseReq, ParseMode};

/// What documents write where they know nothing.
const SILENT: &[&str] = &["", "none", "noassertion", "unknown", "n/a"];

/// Whether a statement says nothing.
pub(crate) fn is_silent(text: &str) -> bool {
    SILENT.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Whether two statements mean the same: the order of alternatives and their repetition don't matter.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left == right || canonical(left) == canonical(right)
}

/// The expression with everything that commutes in order. What is no expression stands for itself.
fn canonical(text: &str) -> Cow<'_, str> {
    match parse(text) {
        Some(expression) => sorted(&expression).map_or(Cow::Borrowed(text), Cow::Owned),
        None => Cow::Owned(text.trim().to_lowercase()),
    }
}

fn parse(text: &str) -> Option<Expression> {
    const MODE: ParseMode = ParseMode { allow_deprecated: true, ..ParseMode::LAX };
    Expression::parse_mode(text, MODE).ok()
}

/// One operand: its operator, if it has one, and its parts in order.
type Term = (Option<Operator>, Vec<String>);

fn sorted(expression: &Expression) -> Option<String> {
    let mut stack: Vec<Term> = Vec::new();
    for node in expression.iter() {
        match node {
            ExprNode::Req(requirement) => stack.push((None, vec![name(&requirement.req)])),
            ExprNode::Op(operator) => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                let mut parts: Vec<String> = [left, right]
                    .into_iter()
                    .flat_map(|(inner, parts)| match inner {
                        // A chain of one operator is one list.
                        Some(inner) if inner != *operator => vec![write(Some(inner), &parts)],
                        _ => parts,
                    })
                    .collect();
                parts.sort();
                parts.dedup();
                stack.push((Some(*operator).filter(|_| parts.len() > 1), parts));
            }
        }
    }
    let (operator, parts) = stack.pop()?;
    Some(write(operator, &parts))
}

fn write(operator: Option<Operator>, parts: &[String]) -> String {
    match operator {
        Some(Operator::And) => format!("({})", parts.join(" AND ")),
        Some(Operator::Or) => format!("({})", parts.join(" OR ")),
        None => parts.concat(),
    }
}

/// What a reference to a text of the document itself is by: the digits of the text's SHA-256 where its name holds them,
/// else its name. References mean nothing outside their document, and tools prefix their own.
fn reference(id: &str) -> String {
    const DIGITS: usize = 8;
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let bare = id.strip_prefix("LicenseRef-").unwrap_or(id);
    let bare = bare.strip_prefix("bomwright-").unwrap_or(bare);
    let last = bare.rsplit('-').next().unwrap_or_default();
    let is_digest = is_hex(last) && (last.len() == DIGITS || (last.len() == 64 && last.len() == bare.len()));
    let name = if is_digest { last.get(..DIGITS).unwrap_or(last) } else { bare };
    format!("LicenseRef-{}", name.to_lowercase())
}

/// A licence by its name of today: `GPL-2.0+` and `GPL-2.0-or-later` are one.
fn name(requirement: &LicenseReq) -> String {
    let text = requirement.to_string();
    if matches!(&requirement.license, LicenseItem::Other(_)) && text.starts_with("LicenseRef-") {
        return reference(&text);
    }
    let (id, rest) = text.split_once(" WITH ").map_or((text.as_str(), None), |(id, rest)| (id, Some(rest)));
    let is_gnu = requirement.license.id().is_some_and(spdx::LicenseId::is_gnu);
    let id = match id.strip_suffix('+') {
        Some(bare) if is_gnu => format!("{}-or-later", bare.trim_end_matches("-or-later")),
        _ if is_gnu && !id.ends_with("-only") && !id.ends_with("-or-later") => format!("{id}-only"),
        _ => id.to_owned(),
    };
    rest.map_or(id.clone(), |rest| format!("{id} WITH {rest}"))
}

/// Why a policy forbids `text`: the licence that decides. Of alternatives it is enough that one is allowed.
pub(crate) fn denied(text: &str, allowed: &[String], denied: &[String]) -> Option<String> {
    if is_silent(text) || (allowed.is_empty() && denied.is_empty()) {
        return None;
    }
    let forbidden = |id: &str| {
        let among = |list: &[String]| list.iter().any(|entry| same(entry, id));
        among(denied) || (!allowed.is_empty() && !among(allowed))
    };
    let Some(expression) = parse(text) else { return forbidden(text).then(|| text.to_owned()) };
    let fine = expression.evaluate(|requirement| {
        let bare = match &requirement.license {
            LicenseItem::Spdx { id, .. } => id.name.to_owned(),
            LicenseItem::Other(_) => name(requirement),
        };
        !forbidden(&name(requirement)) && !denied.contains(&bare)
    });
    if fine {
        return None;
    }
    let first = expression.requirements().map(|it| name(&it.req)).find(|id| forbidden(id));
    Some(first.unwrap_or_else(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_the_same() {
        for (a, b) in [
            ("MIT OR Apache-2.0", "Apache-2.0 OR MIT"),
            ("(MIT OR Apache-2.0) AND BSD-3-Clause", "BSD-3-Clause AND (Apache-2.0 OR MIT)"),
            ("MIT AND (ISC AND Zlib)", "Zlib AND ISC AND MIT"),
            ("GPL-2.0+", "GPL-2.0-or-later"),
            ("GPL-2.0", "GPL-2.0-only"),
            ("MIT OR MIT", "MIT"),
            ("LicenseRef-bomwright-public-domain AND MIT", "MIT AND LicenseRef-public-domain"),
            (
                "LicenseRef-bomwright-BSD-3-Clause-License-b55478eb",
                "LicenseRef-b55478ebe4e3850f1e2875e835879b99770d43b54eb12a700cf8096d9c27b021",
            ),
        ] {
            assert!(same(a, b), "{a} / {b}: {} {}", canonical(a), canonical(b));
        }
        for (a, b) in [
            ("MIT", "ISC"),
            ("MIT OR Apache-2.0", "MIT AND Apache-2.0"),
            ("GPL-2.0-only", "GPL-2.0-or-later"),
            ("MIT OR (ISC AND Zlib)", "(MIT OR ISC) AND Zlib"),
            ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only"),
            ("LicenseRef-bomwright-Terms-11111111", "LicenseRef-bomwright-Terms-22222222"),
            ("LicenseRef-Terms", "LicenseRef-Other-Terms"),
        ] {
            assert!(!same(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn of_alternatives_one_is_enough() {
        let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(denied("MIT OR GPL-3.0-only", &[], &list(&["GPL-3.0-only"])), None);
        assert_eq!(
            denied("MIT AND GPL-3.0-only", &[], &list(&["GPL-3.0-only"])),
            Some("GPL-3.0-only".into())
        );
        assert_eq!(denied("ISC", &list(&["MIT"]), &[]), Some("ISC".into()));
        assert_eq!(denied("MIT", &list(&["MIT"]), &[]), None);
        assert_eq!(denied("NOASSERTION", &list(&["MIT"]), &[]), None);
        assert_eq!(denied("GPL-2.0+", &[], &list(&["GPL-2.0-or-later"])), Some("GPL-2.0-or-later".into()));
    }
}
