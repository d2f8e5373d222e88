//! The wording that every format shares.

use bomwright_diff::{
    Change, Delta, DeltaFinding, FileChange, FileState, HintKind, ImageChange, LayerNote, PackageChange,
    State, Summary, TextDiff,
};
use bomwright_model::Scope;

use super::phrase::Phrase;
use super::rows::PackageRow;

/// Names that are listed before the rest is only counted.
const NAMES: usize = 5;

/// The source package and, where it says more, its members.
pub(super) fn name(row: &PackageRow<'_>) -> Phrase {
    let names = row.names();
    let phrase = Phrase::default().theirs(row.title);
    let phrase = if names.len() > 1 || names.first() != Some(&row.title) {
        phrase.ours(" (").list(names.iter().copied(), ", ", NAMES).ours(")")
    } else {
        phrase
    };
    let more = row.members.len() - names.len();
    if more > 0 { phrase.ours(&format!(" ×{}", more + 1)) } else { phrase }
}

/// The ecosystem and the name.
pub(super) fn title(row: &PackageRow<'_>) -> Phrase {
    let ecosystem = Phrase::default().sentence(&row.first.ecosystem);
    Phrase::join([ecosystem, name(row)], " ")
}

/// The version or versions, e.g. `1.0 → 1.1`.
pub(super) fn versions(row: &PackageRow<'_>) -> Phrase {
    let version = |state: &State| match state.version.as_str() {
        "" => Phrase::of("no version"),
        text => Phrase::default().theirs(text),
    };
    match (row.before(), row.after()) {
        (Some(old), Some(new)) if old.version != new.version => version(old)
            .ours(if row.change() == Change::Downgraded { " ↓ " } else { " → " })
            .then(version(new)),
        (_, Some(only)) | (Some(only), None) => version(only),
        (None, None) => Phrase::default(),
    }
}

/// The licence, or both where it differs.
pub(super) fn license(row: &PackageRow<'_>) -> Phrase {
    let old = row.licenses(|it| it.old.as_ref());
    let new = row.licenses(|it| it.new.as_ref());
    let list = |texts: Vec<&str>| Phrase::default().theirs(&texts.join(", "));
    match (old.is_empty(), new.is_empty()) {
        (true, true) => Phrase::default(),
        (true, false) => list(new),
        (false, true) => list(old),
        (false, false) if old == new || !row.relicensed() => list(new),
        (false, false) => list(old).ours(" → ").then(list(new)),
    }
}

/// What pulled it in, or why it left.
pub(super) fn reason(row: &PackageRow<'_>) -> Phrase {
    let why = row.members.iter().map(|it| &it.why).find(|why| !why.is_empty()).unwrap_or(&row.first.why);
    let via = |word: &str| Phrase::of(word).list(why.path.iter().map(String::as_str), " › ", NAMES);
    if row.after().is_none() {
        return match &why.gone_because {
            Some(other) => Phrase::of("left with ").theirs(other),
            None if why.path.is_empty() => Phrase::default(),
            None => via("was needed via "),
        };
    }
    let direct = row.members.iter().any(|it| it.new.as_ref().is_some_and(|state| state.direct));
    let first = match (direct, why.path.is_empty()) {
        (true, _) => Phrase::of("asked for directly"),
        (false, false) => via("via "),
        (false, true) if row.change() == Change::Added => Phrase::of("nothing else needs it"),
        (false, true) => Phrase::default(),
    };
    let sole = why.sole.as_ref().filter(|sole| why.path.last() != Some(sole));
    let sole = sole.map_or_else(Phrase::default, |sole| Phrase::of("only because of ").theirs(sole));
    let several = if row.change() == Change::Added && why.introducers > 1 {
        Phrase::of(&format!("needed by {}", why.introducers))
    } else {
        Phrase::default()
    };
    Phrase::join([first, sole, several], "; ")
}

/// Everything else: how far, what else differs, what it now needs, which layer, what it may be.
pub(super) fn notes(row: &PackageRow<'_>) -> Phrase {
    let mut phrases = Vec::new();
    if let Some(step) =
        row.first.step.filter(|_| matches!(row.change(), Change::Upgraded | Change::Downgraded))
    {
        phrases.push(Phrase::of(step.as_str()));
    }
    if let Some(scope) = row.after().and_then(|it| it.scope).filter(|scope| *scope != Scope::Runtime) {
        phrases.push(Phrase::of(scope.as_str()));
    }
    for hint in row.hints() {
        phrases.push(
            Phrase::of(match hint.kind {
                HintKind::Rename => "maybe another name of ",
                HintKind::Replacement => "maybe instead of ",
                HintKind::Lookalike => "its name is close to ",
            })
            .theirs(&hint.other)
            .ours(" (")
            .sentence(&hint.evidence)
            .ours(")"),
        );
    }
    for field in row.fields().into_iter().filter(|it| it.field != "license" && it.field != "version") {
        phrases.push(Phrase::default().theirs(&field.field).ours(" ").then(arrow(&field.old, &field.new)));
    }
    if let Some(instances) = &row.first.instances {
        let list = |texts: &[String]| match texts {
            [] => Phrase::of("none"),
            _ => Phrase::default().list(texts.iter().map(String::as_str), ", ", NAMES),
        };
        phrases.push(
            Phrase::of("all of it: ").then(list(&instances.old)).ours(" → ").then(list(&instances.new)),
        );
    }
    let needs: Vec<&str> =
        row.members.iter().flat_map(|it| it.new_dependencies.iter().map(String::as_str)).collect();
    if !needs.is_empty() {
        phrases.push(Phrase::of("now needs ").list(needs, ", ", NAMES));
    }
    phrases.push(row.first.layer.as_ref().map_or_else(Phrase::default, layer));
    Phrase::join(phrases, "; ")
}

/// Why and everything else, in one cell.
pub(super) fn why(row: &PackageRow<'_>) -> Phrase {
    Phrase::join([reason(row), notes(row)], "; ")
}

/// A layer: its number, its instruction, whose it is.
pub(super) fn layer(layer: &LayerNote) -> Phrase {
    let whose = if layer.base == Some(true) { "base layer" } else { "layer" };
    let phrase = Phrase::of(&format!("{whose} {}", layer.index));
    match &layer.instruction {
        Some(text) if !text.is_empty() => phrase.ours(" ").theirs(&cut(text, 60)),
        _ => phrase,
    }
}

/// Old and new, where either may be missing.
pub(super) fn arrow(old: &str, new: &str) -> Phrase {
    let side = |text: &str| match text {
        "" => Phrase::of("none"),
        _ => Phrase::default().theirs(text),
    };
    side(old).ours(" → ").then(side(new))
}

/// What a file is and what differs in it.
pub(super) fn file(change: &FileChange) -> Phrase {
    let mut phrases = Vec::new();
    let roles: Vec<_> = change.roles.iter().map(|role| role.as_str()).collect();
    phrases.push(Phrase::of(&roles.join(", ")));
    let state = change.new.as_ref().or(change.old.as_ref());
    match change.change {
        Change::Added | Change::Removed => phrases.push(state.map_or_else(Phrase::default, state_words)),
        _ => {
            for field in &change.fields {
                // Nobody reads 64 digits; the lossless formats have them.
                let short = |text: &str| if text.contains(':') { cut(text, 19) } else { text.to_owned() };
                let values = arrow(&short(&field.old), &short(&field.new));
                phrases.push(Phrase::default().theirs(&field.field).ours(" ").then(values));
            }
        }
    }
    if let Some(owner) = state.and_then(|it| it.owner.as_ref()) {
        phrases.push(Phrase::of("of ").theirs(owner));
    }
    if let Some(status) = change.new.as_ref().and_then(|it| it.status) {
        phrases.push(Phrase::of(status.as_str()));
    }
    Phrase::join(phrases, "; ")
}

fn state_words(state: &FileState) -> Phrase {
    let mode = state.mode.as_ref().map_or_else(Phrase::default, |mode| Phrase::of("mode ").theirs(mode));
    let size = state.size.map_or_else(Phrase::default, |size| Phrase::of(&bytes(u128::from(size))));
    let link = state.link.as_ref().map_or_else(Phrase::default, |link| Phrase::of("to ").theirs(link));
    let own =
        state.capabilities.as_ref().map_or_else(Phrase::default, |it| Phrase::of("capabilities ").theirs(it));
    // What its roles say already.
    let kind = if matches!(state.kind.as_str(), "executable" | "file") { "" } else { &state.kind };
    Phrase::join([Phrase::default().theirs(kind), mode, own, link, size], ", ")
}

/// Why a finding may pass and until when; nothing of one that may not.
pub(super) fn waiver(delta: &Delta, finding: &DeltaFinding) -> Phrase {
    let Some(reason) = &finding.waived else { return Phrase::default() };
    let used = delta.verdict.waivers.iter().find(|it| it.id == finding.id);
    let until = used.and_then(|it| it.expires.as_ref());
    let until = until.map_or_else(Phrase::default, |day| Phrase::of(" until ").theirs(day));
    Phrase::of("waived").then(until).ours(": ").sentence(reason)
}

/// The name of a statement of the image.
pub(super) fn statement(change: &ImageChange) -> Phrase {
    let phrase = Phrase::of(change.field.as_str());
    if change.key.is_empty() { phrase } else { phrase.ours(" ").theirs(&change.key) }
}

/// Both values of a statement.
pub(super) fn values(change: &ImageChange) -> Phrase {
    arrow(change.old.as_deref().unwrap_or_default(), change.new.as_deref().unwrap_or_default())
}

/// The counts that are not zero, e.g. `2 added, 1 removed`.
pub(super) fn counts(summary: &Summary) -> String {
    let words: Vec<_> = [
        (summary.added, Change::Added),
        (summary.removed, Change::Removed),
        (summary.upgraded, Change::Upgraded),
        (summary.downgraded, Change::Downgraded),
        (summary.rebuilt, Change::Rebuilt),
        (summary.moved, Change::Moved),
        (summary.changed, Change::Changed),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, change)| format!("{count} {}", change.as_str()))
    .collect();
    words.join(", ")
}

/// `count` of `one` or of `many`.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The lines of a text that differ.
pub(super) fn lines(text: &TextDiff) -> String {
    format!("+{} −{} lines", text.added, text.removed)
}

/// How many more or fewer bytes, with a sign.
pub(super) fn size_change(size: i64) -> String {
    let sign = if size < 0 { "−" } else { "+" };
    format!("{sign}{}", bytes(u128::from(size.unsigned_abs())))
}

/// A number of bytes for a person, in powers of 1000.
pub(super) fn bytes(count: u128) -> String {
    let mut unit = 1;
    let mut names = ["kB", "MB", "GB", "TB", "PB"].into_iter();
    let mut name = "B";
    while count / unit >= 1000 {
        let Some(next) = names.next() else { break };
        (unit, name) = (unit * 1000, next);
    }
    let tenths = count * 10 / unit;
    if unit == 1 { format!("{count} B") } else { format!("{}.{} {name}", tenths / 10, tenths % 10) }
}

/// `text`, cut after `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// What a change is about, `ecosystem/name@version`, as findings name it; one for each side.
pub(super) fn subjects(change: &PackageChange) -> impl Iterator<Item = String> {
    [&change.new, &change.old]
        .into_iter()
        .flatten()
        .map(|state| format!("{}/{}@{}", change.ecosystem, change.name, state.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1000), "1.0 kB");
        assert_eq!(size_change(-4_150_000), "−4.1 MB");
        assert_eq!(bytes(u128::from(u64::MAX)), "18446.7 PB");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größer", 5), "größ…");
    }
}
