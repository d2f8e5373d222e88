//! A delta for a spreadsheet: one row for each change and finding.

use bomwright_diff::{Change, Delta, DeltaFinding, FileChange, FileState, PackageChange, State};

use super::rows::package_rows;
use super::{RenderError, RenderOptions, words};
use crate::spreadsheet;

/// The columns, in the order of [`Record`].
const HEADER: [&str; 18] = [
    "kind",
    "change",
    "step",
    "origin",
    "ecosystem",
    "name",
    "old",
    "new",
    "old-licenses",
    "new-licenses",
    "details",
    "layer",
    "rule",
    "severity",
    "id",
    "gate",
    "waived",
    "explained-by",
];

/// One row; what does not apply stays empty.
#[derive(Debug, Default)]
struct Record {
    kind: &'static str,
    change: String,
    step: String,
    origin: String,
    ecosystem: String,
    name: String,
    old: String,
    new: String,
    licenses: [String; 2],
    details: String,
    layer: String,
    rule: String,
    severity: String,
    id: String,
    gate: String,
    waived: String,
    explained_by: String,
}

impl Record {
    fn fields(self) -> [String; 18] {
        let [old_licenses, new_licenses] = self.licenses;
        [
            self.kind.to_owned(),
            self.change,
            self.step,
            self.origin,
            self.ecosystem,
            self.name,
            self.old,
            self.new,
            old_licenses,
            new_licenses,
            self.details,
            self.layer,
            self.rule,
            self.severity,
            self.id,
            self.gate,
            self.waived,
            self.explained_by,
        ]
    }
}

/// Renders `delta`.
pub(super) fn render(delta: &Delta, _: &RenderOptions) -> Result<String, RenderError> {
    let findings = delta.findings.iter().map(finding);
    let packages = delta.packages.iter().map(package);
    let files = delta.files.iter().map(file);
    let records = findings.chain(packages).chain(files).chain(image(delta)).chain(edges(delta));
    spreadsheet::rows(HEADER, records.map(Record::fields)).map_err(RenderError::Csv)
}

fn finding(finding: &DeltaFinding) -> Record {
    Record {
        kind: "finding",
        name: finding.subject.name(),
        details: join(&[&finding.message, &finding.place]),
        rule: finding.rule.clone(),
        severity: finding.severity.as_str().to_owned(),
        id: finding.id.clone(),
        gate: finding.gate.to_string(),
        waived: finding.waived.clone().unwrap_or_default(),
        ..Record::default()
    }
}

fn package(change: &PackageChange) -> Record {
    let row = package_rows([change]);
    let details = row.first().map_or_else(String::new, |row| words::why(row).plain());
    let version = |state: &Option<State>| state.as_ref().map_or(String::new(), |it| it.version.clone());
    let licenses = |state: &Option<State>| state.as_ref().map_or(String::new(), |it| it.licenses.join(", "));
    Record {
        kind: "package",
        change: change.change.as_str().to_owned(),
        step: change.step.map_or(String::new(), |step| step.as_str().to_owned()),
        origin: change.origin.as_str().to_owned(),
        ecosystem: change.ecosystem.clone(),
        name: change.name.clone(),
        old: version(&change.old),
        new: version(&change.new),
        licenses: [licenses(&change.old), licenses(&change.new)],
        details,
        layer: change.layer.as_ref().map_or(String::new(), |layer| layer.index.to_string()),
        explained_by: change.explained_by.clone().unwrap_or_default(),
        ..Record::default()
    }
}

fn file(change: &FileChange) -> Record {
    let digest =
        |state: &Option<FileState>| state.as_ref().and_then(|it| it.digest.clone()).unwrap_or_default();
    Record {
        kind: "file",
        change: change.change.as_str().to_owned(),
        origin: change.origin.as_str().to_owned(),
        name: format!("/{}", change.path),
        old: digest(&change.old),
        new: digest(&change.new),
        details: words::file(change).plain(),
        layer: change.layer.as_ref().map_or(String::new(), |layer| layer.index.to_string()),
        ..Record::default()
    }
}

fn image(delta: &Delta) -> impl Iterator<Item = Record> {
    delta.image.fields.iter().map(|change| Record {
        kind: "image",
        change: match (&change.old, &change.new) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        }
        .as_str()
        .to_owned(),
        name: words::statement(change).plain(),
        old: change.old.clone().unwrap_or_default(),
        new: change.new.clone().unwrap_or_default(),
        ..Record::default()
    })
}

fn edges(delta: &Delta) -> impl Iterator<Item = Record> {
    let added = delta.graph.added.iter().map(|edge| (Change::Added, edge));
    let removed = delta.graph.removed.iter().map(|edge| (Change::Removed, edge));
    added.chain(removed).map(|(change, edge)| Record {
        kind: "edge",
        change: change.as_str().to_owned(),
        name: format!("{} → {}", edge.from, edge.to),
        details: format!("{}, {}", edge.kind.as_str(), edge.scope.as_str()),
        ..Record::default()
    })
}

fn join(texts: &[&str]) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::paint::clean;

    fn read(delta: &Delta) -> Vec<csv::StringRecord> {
        let text = render(delta, &RenderOptions::default()).unwrap();
        csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect()
    }

    #[test]
    fn every_change_and_finding_is_one_row() {
        let delta = sample::delta();
        let rows = read(&delta);
        let count = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count();
        assert_eq!(count("package"), delta.packages.len());
        assert_eq!(count("finding"), delta.findings.len());
        assert_eq!((count("file"), count("image"), count("edge")), (3, 2, 2));
        let husky = rows.iter().find(|row| &row[5] == "husky").unwrap();
        let fields: Vec<&str> = husky.iter().skip(1).take(9).collect();
        assert_eq!(
            fields,
            ["upgraded", "", "upstream", "npm", "husky", "4.0.0", "5.0.0", "MIT", "GPL-3.0-only"]
        );
    }

    #[test]
    fn formulas_are_texts_and_come_back() {
        for name in
            ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "a\",\"b\n=1", "a;=1"]
        {
            let mut delta = sample::delta();
            delta.packages[0].name = name.into();
            let rows = read(&delta);
            let field = &rows[delta.findings.len()][5];
            assert!(!field.starts_with(['=', '+', '-', '@', '\t', ' ', '＝']), "{field:?}");
            assert_eq!(field.strip_prefix('\'').unwrap_or(field), clean(name));
        }
    }
}
