//! An inventory for a spreadsheet: one row for each package, and one for each file that the caller wants listed.

use bomwright_model::{
    Confidence, Digest, File, FileChoice, Inventory, License, Origin, Package, Status, Verdict,
};
use thiserror::Error;

use crate::spreadsheet;

/// The columns, in the order of [`Record`].
const HEADER: [&str; 20] = [
    "kind",
    "type",
    "ecosystem",
    "name",
    "version",
    "architecture",
    "origin",
    "confidence",
    "licenses",
    "supplier",
    "purl",
    "location",
    "evidence",
    "layer",
    "size",
    "mode",
    "digest",
    "status",
    "tier",
    "belongs-to",
];

/// An inventory has no form in CSV; none does that.
#[derive(Debug, Error)]
#[error("an inventory as CSV: {0}")]
pub struct CsvError(String);

/// One row; what does not apply stays empty.
#[derive(Debug, Default)]
struct Record {
    kind: &'static str,
    r#type: &'static str,
    ecosystem: String,
    name: String,
    version: String,
    architecture: String,
    origin: &'static str,
    confidence: &'static str,
    licenses: String,
    supplier: String,
    purl: String,
    location: String,
    evidence: String,
    layer: String,
    size: String,
    mode: String,
    digest: String,
    status: &'static str,
    tier: &'static str,
    belongs_to: String,
}

impl Record {
    fn fields(self) -> [String; 20] {
        [
            self.kind.to_owned(),
            self.r#type.to_owned(),
            self.ecosystem,
            self.name,
            self.version,
            self.architecture,
            self.origin.to_owned(),
            self.confidence.to_owned(),
            self.licenses,
            self.supplier,
            self.purl,
            self.location,
            self.evidence,
            self.layer,
            self.size,
            self.mode,
            self.digest,
            self.status.to_owned(),
            self.tier.to_owned(),
            self.belongs_to,
        ]
    }
}

/// Renders `inventory` with the files of `choice`: a header, then a row for each package and file, in the inventory's
/// order. Every field is quoted (RFC 4180), and none is a formula to a spreadsheet.
///
/// # Errors
/// [`CsvError`], which no inventory gives.
pub fn inventory_csv(inventory: &Inventory, choice: FileChoice) -> Result<String, CsvError> {
    let packages = inventory.packages.iter().map(|it| package(inventory, it));
    let files = inventory.files.iter().filter(|it| choice.holds(it)).map(|it| file(inventory, it));
    spreadsheet::rows(HEADER, packages.chain(files).map(Record::fields)).map_err(CsvError)
}

fn package(inventory: &Inventory, package: &Package) -> Record {
    let shipper = package.shipped_by.and_then(|id| inventory.package(id));
    Record {
        kind: "package",
        r#type: package.kind.as_str(),
        ecosystem: package.ecosystem.clone(),
        name: package.full_name(),
        version: package.version.clone(),
        architecture: package.architecture.clone().unwrap_or_default(),
        licenses: licenses(&package.licenses),
        supplier: package.supplier.clone().unwrap_or_default(),
        purl: package.purl.as_ref().map_or_else(String::new, |purl| purl.as_str().to_owned()),
        location: package.location.as_deref().map_or_else(String::new, |path| format!("/{path}")),
        evidence: package.evidence.first().map_or_else(String::new, |it| format!("/{}", it.path)),
        layer: package.introduced.map_or_else(String::new, |layer| layer.0.to_string()),
        size: package.size.map_or_else(String::new, |size| size.to_string()),
        digest: digest(&package.digests),
        belongs_to: shipper.map_or_else(String::new, Package::full_name),
        ..judged(package.origin.as_ref())
    }
}

fn file(inventory: &Inventory, file: &File) -> Record {
    let owner = file.owner.and_then(|id| inventory.package(id));
    Record {
        kind: "file",
        r#type: file.kind.as_str(),
        name: format!("/{}", file.path),
        layer: file.layer.map_or_else(String::new, |layer| layer.0.to_string()),
        size: file.size.to_string(),
        mode: format!("{:04o}", file.mode),
        digest: digest(&file.digests),
        status: file.status.map_or("", Status::as_str),
        tier: file.tier.map_or("", bomwright_model::Tier::as_str),
        belongs_to: owner.map_or_else(String::new, Package::full_name),
        ..judged(file.origin.as_ref())
    }
}

fn judged(verdict: Option<&Verdict>) -> Record {
    Record {
        origin: verdict.map_or(Origin::Unknown, |it| it.origin).as_str(),
        confidence: verdict.map_or("", |it| Confidence::as_str(it.confidence)),
        ..Record::default()
    }
}

/// The strongest digest that is there.
fn digest(digests: &[Digest]) -> String {
    let known = |algorithm: &str| digests.iter().find(|it| it.algorithm() == algorithm);
    let best = known("sha256").or_else(|| known("sha512")).or_else(|| digests.first());
    best.map_or_else(String::new, |it| it.as_str().to_owned())
}

fn licenses(licenses: &[License]) -> String {
    let mut texts: Vec<&str> = licenses.iter().map(|license| license.text.as_str()).collect();
    texts.dedup();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Digest, FileKind, PackageId, Source, SourceKind};

    use super::*;

    fn sample() -> Inventory {
        let mut inventory =
            Inventory::new(Source { kind: SourceKind::OciArchive, name: "shop.tar".to_owned() });
        let mut bash = Package::new("deb", "bash", "5.2-1");
        bash.purl = "pkg:deb/debian/bash@5.2-1".parse().ok();
        bash.licenses = vec![License::declared("GPL-3.0-or-later")];
        inventory.packages = vec![bash, Package::new("npm", "=cmd|' /C calc'!A0", "1, \"2\"\n3")];
        inventory.packages[1].shipped_by = Some(PackageId(0));
        let mut owned = File::new("usr/bin/bash", FileKind::Executable);
        owned.owner = Some(PackageId(0));
        owned.mode = 0o755;
        owned.digests = vec![Digest::from_bytes("sha256", &[0xab; 32])];
        inventory.files = vec![File::new("opt/-tool", FileKind::Script), owned];
        inventory
    }

    fn read(choice: FileChoice) -> Vec<csv::StringRecord> {
        let text = inventory_csv(&sample(), choice).unwrap();
        csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect()
    }

    #[test]
    fn packages_and_the_chosen_files_are_rows() {
        let kinds = |choice| read(choice).iter().map(|row| row[0].to_owned()).collect::<Vec<_>>();
        assert_eq!(kinds(FileChoice::None), ["package", "package"]);
        assert_eq!(kinds(FileChoice::Executables), ["package", "package", "file"]);
        assert_eq!(kinds(FileChoice::All), ["package", "package", "file", "file"]);
        let rows = read(FileChoice::All);
        let of = |row: usize, column: &str| {
            rows[row][HEADER.iter().position(|name| *name == column).unwrap()].to_owned()
        };
        assert_eq!(of(0, "purl"), "pkg:deb/debian/bash@5.2-1");
        assert_eq!(of(1, "belongs-to"), "bash");
        assert_eq!(of(3, "name"), "/usr/bin/bash");
        assert_eq!((of(3, "mode"), of(3, "belongs-to")), ("0755".to_owned(), "bash".to_owned()));
        assert_eq!(of(3, "digest"), format!("sha256:{}", "ab".repeat(32)));
    }

    #[test]
    fn no_field_is_a_formula_or_breaks_a_row() {
        let rows = read(FileChoice::All);
        assert_eq!(&rows[1][3], "'=cmd|' /C calc'!A0");
        assert_eq!(&rows[1][4], "1, \"2\"\u{fffd}3");
        for field in rows.iter().flatten() {
            assert!(!field.starts_with(['=', '+', '-', '@', '\t']), "{field:?}");
        }
    }
}
