//! Does a delta say what a case expects, all of it and nothing else?

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Run;

/// What `expect` may hold.
const KEYS: &[&str] = &[
    "packages",
    "files",
    "image",
    "edges",
    "findings",
    "noFindings",
    "gaps",
    "summary",
    "gates",
    "never",
    "exitCode",
];

pub(super) fn known_keys(name: &str, expect: &Value) {
    let stray = expect.as_object().unwrap().keys().find(|key| !KEYS.contains(&key.as_str()));
    assert!(stray.is_none(), "{name}: unknown expectation {stray:?}");
}

/// Whether the sides are the same to a person.
pub(super) fn expects_nothing(expect: &Value) -> bool {
    let real = |line: &str| !line.ends_with("(explained)") && !is_optional(line);
    let none = |key: &str| !expect[key].as_object().into_iter().flatten().any(|(line, _)| real(line));
    let stated = |side: &str| expect["edges"][side].as_array().is_some_and(|it| !it.is_empty());
    let edges = stated("added") || stated("removed");
    let findings = expect["findings"].as_array().is_some_and(|it| !it.is_empty());
    none("packages") && none("files") && none("image") && !edges && !findings
}

/// Every way in which `delta` is not what is expected.
pub(super) fn delta(delta: &Value, expect: &Value) -> Vec<String> {
    let mut failures = Vec::new();
    packages(delta, &expect["packages"], &mut failures);
    files(delta, &expect["files"], &mut failures);
    image(delta, &expect["image"], &mut failures);
    edges(delta, &expect["edges"], &mut failures);
    findings(delta, expect, &mut failures);
    if expect["gaps"] != "any" {
        let strings = |list: &Value, key: Option<&str>| -> BTreeSet<String> {
            let items = list.as_array().into_iter().flatten();
            items.filter_map(|it| key.map_or(it, |key| &it[key]).as_str().map(str::to_owned)).collect()
        };
        let (found, wanted) =
            (strings(&delta["comparability"]["gaps"], Some("kind")), strings(&expect["gaps"], None));
        if found != wanted {
            failures.push(format!("gaps are {found:?}, not {wanted:?}"));
        }
    }
    counts(delta, &mut failures);
    if let Some(why) = mismatch(&delta["summary"], &expect["summary"], "summary") {
        failures.push(why);
    }
    failures
}

/// Does a run with gates end as it must?
pub(super) fn gate(run: &Run, gate: &Value) -> Vec<String> {
    let arguments = gate["args"].as_str().unwrap_or_default();
    let mut failures = Vec::new();
    let wanted = gate["exit"].as_i64().map(|code| i32::try_from(code).unwrap());
    if run.code != wanted {
        failures.push(format!("{arguments}: exit {:?}, not {wanted:?} {}", run.code, run.stderr.trim()));
    }
    if run.code == Some(1) && run.delta().is_null() {
        failures.push(format!("{arguments}: no delta beside exit 1"));
    }
    if let Some(says) = gate["says"].as_str() {
        let said =
            format!("{}\n{}\n{}", run.delta()["verdict"], run.delta()["findings"], run.stderr).to_lowercase();
        if !said.contains(&says.to_lowercase()) {
            failures.push(format!("{arguments}: neither the verdict nor standard error says '{says}'"));
        }
    }
    failures
}

/// Rows by the line that a case would write for them; equal lines get numbers.
fn numbered(rows: &Value, line: impl Fn(&Value) -> String) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    for row in rows.as_array().into_iter().flatten() {
        let line = line(row);
        let mut key = line.clone();
        let mut count = 1;
        while found.contains_key(&key) {
            count += 1;
            key = format!("{line} #{count}");
        }
        found.insert(key, row);
    }
    found
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn version(state: &Value) -> &str {
    Some(text(&state["version"])).filter(|it| !it.is_empty()).unwrap_or("-")
}

fn package_line(row: &Value) -> String {
    let [change, ecosystem, name] = ["change", "ecosystem", "name"].map(|key| text(&row[key]));
    let note = if row["explainedBy"].is_string() { " (explained)" } else { "" };
    format!("{change} {ecosystem} {name} {} {}{note}", version(&row["old"]), version(&row["new"]))
}

fn compare_lines(what: &str, found: &BTreeMap<String, &Value>, wanted: &Value, failures: &mut Vec<String>) {
    let lines = wanted.as_object().into_iter().flatten().map(|(line, _)| line);
    let sure = lines.filter(|line| !is_optional(line) || found.contains_key(&resolved(found, line)));
    let wanted: BTreeSet<String> = sure.map(|line| resolved(found, line)).collect();
    let found: BTreeSet<String> = found.keys().cloned().collect();
    for line in wanted.difference(&found) {
        failures.push(format!("{what} missing: {line}"));
    }
    for line in found.difference(&wanted) {
        failures.push(format!("{what} too much: {line}"));
    }
}

/// Whether the row of a line, `word? …`, may be there or not.
fn is_optional(line: &str) -> bool {
    line.split(' ').next().is_some_and(|word| word.ends_with('?'))
}

/// A line whose first word leaves a choice, `a|b …` or `a? …`, as the delta has it.
fn resolved(found: &BTreeMap<String, &Value>, line: &str) -> String {
    let (words, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut choices = words.trim_end_matches('?').split('|').map(|word| format!("{word} {rest}"));
    choices.find(|it| found.contains_key(it)).unwrap_or_else(|| line.to_owned())
}

fn packages(delta: &Value, wanted: &Value, failures: &mut Vec<String>) {
    let found = numbered(&delta["packages"], package_line);
    compare_lines("package", &found, wanted, failures);
    for (line, detail) in wanted.as_object().into_iter().flatten() {
        let Some(row) = found.get(&resolved(&found, line)) else { continue };
        let mut detail = detail.as_object().cloned().unwrap_or_default();
        let wanted = detail.remove("fields").unwrap_or(Value::Null);
        fields(line, &row["fields"], &wanted, failures);
        // Unless a case says more, there is nothing to hint at.
        for (key, none) in [("hints", Value::Null), ("newDependencies", Value::Null)] {
            detail.entry(key).or_insert(none);
        }
        failures.extend(mismatch(row, &Value::Object(detail), line));
    }
}

/// The fields that differ must be those of the case; `a|b` is a field that may have either name.
fn fields(line: &str, found: &Value, wanted: &Value, failures: &mut Vec<String>) {
    if wanted == "any" {
        return;
    }
    let mut left: Vec<&Value> = found.as_array().into_iter().flatten().collect();
    for (names, pair) in wanted.as_object().into_iter().flatten() {
        let at = left.iter().position(|it| names.split('|').any(|name| it["field"] == name));
        let Some(at) = at else {
            failures.push(format!("{line}: field {names} does not differ in {found}"));
            continue;
        };
        let field = left.remove(at);
        for (side, wanted) in ["old", "new"].iter().zip(pair.as_array().into_iter().flatten()) {
            failures.extend(mismatch(&field[side], wanted, &format!("{line}: {names}.{side}")));
        }
    }
    for field in left {
        failures.push(format!("{line}: field too much: {field}"));
    }
}

fn files(delta: &Value, wanted: &Value, failures: &mut Vec<String>) {
    let found = numbered(&delta["files"], |row| format!("{} {}", text(&row["change"]), text(&row["path"])));
    compare_lines("file", &found, wanted, failures);
    for (line, detail) in wanted.as_object().into_iter().flatten() {
        if let Some(row) = found.get(&resolved(&found, line)) {
            failures.extend(mismatch(row, detail, line));
        }
    }
}

fn image(delta: &Value, wanted: &Value, failures: &mut Vec<String>) {
    let line = |row: &Value| format!("{} {}", text(&row["field"]), text(&row["key"])).trim_end().to_owned();
    let mut found = numbered(&delta["image"]["fields"], line);
    // A key with a question mark may be there or not.
    let sure: Map<String, Value> = wanted
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !key.ends_with('?') || found.contains_key(key.trim_end_matches('?')))
        .map(|(key, pair)| (key.trim_end_matches('?').to_owned(), pair.clone()))
        .collect();
    let sure = Value::Object(sure);
    compare_lines("image", &found, &sure, failures);
    for (line, pair) in sure.as_object().into_iter().flatten() {
        let Some(row) = found.remove(line) else { continue };
        for (side, wanted) in ["old", "new"].iter().zip(pair.as_array().into_iter().flatten()) {
            let wanted = if wanted.is_null() { &Value::String("-".into()) } else { wanted };
            let shown = row.get(side).cloned().unwrap_or_else(|| "-".into());
            failures.extend(mismatch(&shown, wanted, &format!("image {line}.{side}")));
        }
    }
}

fn edges(delta: &Value, wanted: &Value, failures: &mut Vec<String>) {
    if wanted == "any" {
        return;
    }
    for side in ["added", "removed"] {
        let line = |row: &Value| {
            let [from, to, kind, scope] = ["from", "to", "kind", "scope"].map(|key| text(&row[key]));
            format!("{from} -> {to} {kind} {scope}")
        };
        // What nothing needs hangs from the root; no document states that.
        let stated = |row: &&Value| row["kind"] != "holds";
        let found: BTreeSet<String> =
            delta["graph"][side].as_array().into_iter().flatten().filter(stated).map(line).collect();
        let wanted: BTreeSet<String> =
            wanted[side].as_array().into_iter().flatten().map(|it| text(it).to_owned()).collect();
        if found != wanted {
            failures.push(format!("edges {side} are {found:?}, not {wanted:?}"));
        }
    }
}

fn findings(delta: &Value, expect: &Value, failures: &mut Vec<String>) {
    let subject = |row: &Value| {
        let name = row["subject"].as_object().and_then(|it| it.values().next()).map_or("", text);
        format!("{} {name}", text(&row["rule"]))
    };
    let found: BTreeSet<String> = delta["findings"].as_array().into_iter().flatten().map(subject).collect();
    for wanted in expect["findings"].as_array().into_iter().flatten().map(text) {
        // The part behind the rule needs only to be part of the subject.
        let (rule, about) = wanted.split_once(' ').unwrap_or((wanted, ""));
        let hit = |it: &&String| {
            it.strip_prefix(rule).is_some_and(|rest| rest.starts_with(' ') && rest.contains(about))
        };
        if !found.iter().any(|it| hit(&it)) {
            failures.push(format!("finding missing: {wanted}; there are {found:?}"));
        }
    }
    for rule in expect["noFindings"].as_array().into_iter().flatten().map(text) {
        if let Some(stray) = found.iter().find(|it| rule == "any" || it.starts_with(&format!("{rule} "))) {
            failures.push(format!("finding too much: {stray}"));
        }
    }
    if expects_nothing(expect) && !found.is_empty() {
        failures.push(format!("findings though nothing differs: {found:?}"));
    }
    let ids: Vec<&str> =
        delta["findings"].as_array().into_iter().flatten().map(|it| text(&it["id"])).collect();
    let well_formed = |id: &&&str| {
        id.strip_prefix("F-").is_some_and(|it| it.len() == 12 && it.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if ids.iter().collect::<BTreeSet<_>>().len() != ids.len() || ids.iter().any(|id| !well_formed(&id)) {
        failures.push(format!("ids of findings are not unique or not well formed: {ids:?}"));
    }
}

/// The summary counts the rows: those that the build explains and that no other package ships.
fn counts(delta: &Value, failures: &mut Vec<String>) {
    let rows: Vec<&Value> = delta["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["explainedBy"].is_null() && row["shippedBy"].is_null())
        .collect();
    for change in ["added", "removed", "upgraded", "downgraded", "rebuilt", "moved", "changed"] {
        let count = rows.iter().filter(|row| row["change"] == change).count();
        if delta["summary"][change] != count {
            failures
                .push(format!("the summary counts {} {change}, the rows {count}", delta["summary"][change]));
        }
    }
    let listed = delta["files"].as_array().map_or(0, Vec::len);
    if delta["summary"]["files"] != listed {
        failures.push(format!("the summary counts {} files, the rows {listed}", delta["summary"]["files"]));
    }
}

/// Why `found` does not hold all that `wanted` says, if it does not. `null` wants nothing there, `~text` text that
/// contains the rest, `{"has": […]}` a list with these among others, and lists must otherwise have equal length.
pub(super) fn mismatch(found: &Value, wanted: &Value, place: &str) -> Option<String> {
    let differs = || Some(format!("{place}: {found}, not {wanted}"));
    match wanted {
        Value::Null => None,
        Value::String(any) if any == "any" => None,
        Value::String(part) if part.starts_with('~') => {
            let hit = found.as_str().is_some_and(|it| it.contains(part.trim_start_matches('~')));
            if hit { None } else { differs() }
        }
        Value::Object(fields) => {
            if let Some(among) = fields.get("has").and_then(Value::as_array) {
                let items = found.as_array().cloned().unwrap_or_default();
                let missing =
                    among.iter().find(|it| !items.iter().any(|item| mismatch(item, it, "").is_none()));
                return missing.and_then(|_| differs());
            }
            fields.iter().find_map(|(key, wanted)| {
                let place = format!("{place}.{key}");
                let (key, absent) = (key.as_str(), wanted.is_null());
                match (found.get(key), absent) {
                    (None | Some(Value::Null), true) => None,
                    (Some(value), true) => Some(format!("{place}: {value}, though nothing should be there")),
                    (value, false) => mismatch(value.unwrap_or(&Value::Null), wanted, &place),
                }
            })
        }
        Value::Array(items) => {
            let there = found.as_array().cloned().unwrap_or_default();
            if there.len() != items.len() {
                return differs();
            }
            there.iter().zip(items).find_map(|(found, wanted)| mismatch(found, wanted, place))
        }
        _ => {
            if found == wanted {
                None
            } else {
                differs()
            }
        }
    }
}
