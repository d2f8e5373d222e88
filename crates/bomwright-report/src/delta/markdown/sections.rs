//! The folds of the comment and the rank of each row.

use bomwright_diff::{Change, Delta, DeltaFinding, FileChange};
use bomwright_model::Origin;

use super::budget::{Row, Section};
use super::severity_mark;
use crate::delta::phrase::Phrase;
use crate::delta::rows::{ORIGINS, PackageRow, explained_rows, origin_title, real_rows};
use crate::delta::text::ranked;
use crate::delta::words;
use crate::hostile::{Place, prose};

const PACKAGES: &[&str] = &["", "Package", "Version", "Licence", "Why"];
const FINDINGS: &[&str] = &["", "Finding", "Where and why", "Rule", "Id"];

/// Every fold that has something in it, in reading order.
pub(super) fn all(delta: &Delta) -> Vec<Section> {
    let rows = real_rows(delta);
    let mut sections = vec![findings(delta)];
    sections.extend(ORIGINS.iter().map(|origin| packages(&rows, *origin)));
    sections.extend([files(delta), image(delta), waived(delta), explained(delta)]);
    for section in &mut sections {
        section.rows.sort_by_key(|row| row.rank);
    }
    sections.retain(|section| !section.rows.is_empty() || !section.notes.is_empty());
    sections
}

fn findings(delta: &Delta) -> Section {
    let open: Vec<_> = ranked(&delta.findings).into_iter().filter(|it| it.waived.is_none()).collect();
    let reasons = delta.verdict.reasons.iter();
    Section {
        title: if open.is_empty() { "Gates".to_owned() } else { format!("Findings ({})", open.len()) },
        columns: FINDINGS,
        rows: open.into_iter().map(|finding| finding_row(delta, finding, u8::from(!finding.gate))).collect(),
        notes: reasons.take(10).map(|reason| format!("The gate: {}", prose(reason, Place::Line))).collect(),
    }
}

fn finding_row(delta: &Delta, finding: &DeltaFinding, rank: u8) -> Row {
    let what = Phrase::default().theirs(&finding.subject.name()).ours(": ").sentence(&finding.message);
    let place = match &finding.waived {
        Some(_) => words::waiver(delta, finding),
        None => Phrase::default().sentence(&finding.place),
    };
    let cell = |phrase: Phrase| phrase.markdown(Place::Cell);
    Row {
        rank,
        cells: vec![
            severity_mark(finding.severity).to_owned(),
            cell(what),
            cell(place),
            cell(Phrase::default().theirs(&finding.rule)),
            cell(Phrase::default().theirs(&finding.id)),
        ],
    }
}

fn packages(rows: &[PackageRow<'_>], origin: Origin) -> Section {
    let rows: Vec<_> = rows.iter().filter(|row| row.first.origin == origin).collect();
    let count = |change: Change| -> usize {
        rows.iter().filter(|row| row.change() == change).map(|row| row.members.len()).sum()
    };
    let parts: Vec<_> = Change::ALL
        .iter()
        .map(|change| (count(*change), *change))
        .filter(|(count, _)| *count > 0)
        .map(|(count, change)| format!("{count} {}", word(change)))
        .collect();
    Section {
        title: format!("{}: {}", origin_title(origin), parts.join(", ")),
        columns: PACKAGES,
        rows: rows.iter().map(|row| package_row(row, rank(row), words::why(row))).collect(),
        notes: Vec::new(),
    }
}

fn package_row(row: &PackageRow<'_>, rank: u8, why: Phrase) -> Row {
    let cell = |phrase: Phrase| phrase.markdown(Place::Cell);
    let change = word(row.change());
    let marked = matches!(row.change(), Change::Added | Change::Downgraded) || row.altered();
    Row {
        rank,
        cells: vec![
            if marked { format!("**{change}**") } else { change.to_owned() },
            cell(words::title(row)),
            cell(words::versions(row)),
            cell(words::license(row)),
            cell(why),
        ],
    }
}

/// What a row is worth: what is new and not the vendor's first, what the vendor built again last.
fn rank(row: &PackageRow<'_>) -> u8 {
    match (row.change(), row.first.origin) {
        (Change::Added, Origin::Unknown) => 3,
        (Change::Added, Origin::InHouse) => 4,
        (Change::Added, Origin::Upstream) => 5,
        (Change::Downgraded, _) => 6,
        _ if row.altered() => 6,
        _ if row.relicensed() => 7,
        (Change::Added, Origin::Vendor) => 9,
        (Change::Upgraded | Change::Changed, Origin::Vendor) => 11,
        (Change::Upgraded | Change::Changed, _) => 10,
        (Change::Removed, _) => 12,
        (Change::Moved, _) => 13,
        (Change::Rebuilt, _) => 14,
    }
}

const fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "new",
        Change::Removed => "removed",
        Change::Upgraded => "upgraded",
        Change::Downgraded => "downgraded",
        Change::Rebuilt => "rebuilt",
        Change::Moved => "moved",
        Change::Changed => "changed",
    }
}

fn files(delta: &Delta) -> Section {
    let summary = &delta.summary;
    let mut notes = Vec::new();
    for (count, what) in [
        (summary.files_of_packages, "as the change of their package explains"),
        (summary.files_of_no_note, "that no package owns and no rule singles out"),
    ] {
        if count > 0 {
            notes.push(format!("{} {what}.", words::plural(count, "more file differs", "more files differ")));
        }
    }
    Section {
        title: format!("Files ({})", delta.files.len()),
        columns: &["", "File", "What differs", "Layer"],
        rows: delta.files.iter().map(file_row).collect(),
        notes,
    }
}

fn file_row(file: &FileChange) -> Row {
    let lines = file.text.as_ref().map_or_else(Phrase::default, |text| Phrase::of(&words::lines(text)));
    let layer = file.layer.as_ref().map_or_else(Phrase::default, words::layer);
    let cell = |phrase: Phrase| phrase.markdown(Place::Cell);
    Row {
        rank: 8,
        cells: vec![
            word(file.change).to_owned(),
            cell(Phrase::default().theirs(&format!("/{}", file.path))),
            cell(Phrase::join([words::file(file), lines], "; ")),
            cell(layer),
        ],
    }
}

fn image(delta: &Delta) -> Section {
    let image = &delta.image;
    let rows = image.fields.iter().map(|field| Row {
        rank: 2,
        cells: vec![
            words::statement(field).markdown(Place::Cell),
            words::values(field).markdown(Place::Cell),
        ],
    });
    let removed = image.layers.iter().filter(|it| it.change == Change::Removed).count();
    let added = image.layers.len() - removed;
    let notes = if image.layers.is_empty() {
        Vec::new()
    } else {
        let shared = words::plural(image.shared_layers, "layer", "layers");
        vec![format!("{shared} shared from the bottom, {added} added, {removed} removed.")]
    };
    Section {
        title: format!("Image: {}", words::plural(image.fields.len(), "setting", "settings")),
        columns: &["Setting", "Old → new"],
        rows: rows.collect(),
        notes,
    }
}

fn waived(delta: &Delta) -> Section {
    let waived: Vec<_> = delta.findings.iter().filter(|it| it.waived.is_some()).collect();
    Section {
        title: format!("Waived ({})", waived.len()),
        columns: FINDINGS,
        rows: waived.into_iter().map(|finding| finding_row(delta, finding, 15)).collect(),
        notes: Vec::new(),
    }
}

fn explained(delta: &Delta) -> Section {
    let rows = explained_rows(delta);
    let gaps = delta.comparability.gaps.iter();
    Section {
        title: format!("Explained by the scanner, not by the build ({})", delta.summary.explained),
        columns: PACKAGES,
        rows: rows
            .iter()
            .map(|row| {
                let gap = row.first.explained_by.as_deref().unwrap_or_default();
                package_row(row, 17, Phrase::default().theirs(gap))
            })
            .collect(),
        notes: gaps.take(10).map(|gap| format!("⚠️ {}", prose(&gap.message, Place::Line))).collect(),
    }
}
