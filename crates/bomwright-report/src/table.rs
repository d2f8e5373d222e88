//! An inventory for a person: what is in it by ecosystem and origin, then every package.

use std::collections::BTreeMap;
use std::fmt::Write;

use bomwright_model::{Inventory, Origin, Package, Severity};
use comfy_table::{ContentArrangement, Table, presets};

use crate::paint::{Paint, clean};

/// Renders `inventory`. `width` is the terminal's, in columns, where there is one.
pub fn table(inventory: &Inventory, paint: Paint, width: Option<u16>) -> String {
    let mut out = String::new();
    heading(&mut out, inventory, paint);
    let _ = writeln!(out, "\n{}\n", overview(inventory));
    let mut packages = grid(&["ecosystem", "package", "version", "origin", "license", "location"], width);
    let mut shipped = 0;
    for package in &inventory.packages {
        if package.shipped_by.is_some() {
            shipped += 1;
            continue;
        }
        let origin = package.origin.as_ref().map_or(Origin::Unknown, |verdict| verdict.origin);
        packages.add_row(vec![
            clean(&package.ecosystem),
            clean(&package.full_name()),
            clean(&package.version),
            origin.as_str().to_owned(),
            clean(&licenses(package)),
            package.location.as_deref().map_or(String::new(), |path| clean(&format!("/{path}"))),
        ]);
    }
    let _ = writeln!(out, "{packages}");
    if shipped > 0 {
        let _ = writeln!(
            out,
            "\n{shipped} more packages are shipped by those above; every other format lists them."
        );
    }
    findings(&mut out, inventory, paint);
    out
}

fn heading(out: &mut String, inventory: &Inventory, paint: Paint) {
    let _ = write!(out, "{}", paint.heading(&clean(&inventory.source.name)));
    if let Some(distribution) = &inventory.distribution {
        let name = distribution.pretty_name.as_deref().unwrap_or(&distribution.id);
        let _ = write!(out, "  {}", clean(name));
    }
    if let Some(image) = &inventory.image {
        let _ = write!(out, "  {}/{}", clean(&image.os), clean(&image.architecture));
    }
    if !inventory.layers.is_empty() {
        let _ = write!(out, "  {} layers", inventory.layers.len());
    }
    out.push('\n');
}

/// Packages by ecosystem and origin.
fn overview(inventory: &Inventory) -> Table {
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for package in inventory.packages.iter().filter(|package| package.shipped_by.is_none()) {
        let origin = package.origin.as_ref().map_or(Origin::Unknown, |verdict| verdict.origin);
        let row = counts.entry(&package.ecosystem).or_default();
        for (slot, known) in row.iter_mut().zip(Origin::ALL) {
            *slot += usize::from(*known == origin);
        }
    }
    let mut rows = grid(&["ecosystem", "packages", "vendor", "upstream", "in-house", "unknown"], None);
    for (ecosystem, row) in counts {
        let mut cells = vec![clean(ecosystem), row.iter().sum::<usize>().to_string()];
        cells.extend(row.iter().map(|count| if *count == 0 { String::new() } else { count.to_string() }));
        rows.add_row(cells);
    }
    rows
}

/// What a person should look at: executables that nothing explains, and what could not be read.
fn findings(out: &mut String, inventory: &Inventory, paint: Paint) {
    let unexplained: Vec<_> = inventory
        .files
        .iter()
        .filter(|file| file.origin.as_ref().is_some_and(|verdict| verdict.origin == Origin::Unknown))
        .collect();
    if !unexplained.is_empty() {
        let text = format!("{} executable files that nothing explains", unexplained.len());
        let _ = writeln!(out, "\n{}", paint.origin(Origin::Unknown, &text));
        for file in unexplained.iter().take(20) {
            let _ = writeln!(out, "  /{}", clean(&file.path));
        }
        if unexplained.len() > 20 {
            let _ = writeln!(out, "  … and {} more (-o json lists them all)", unexplained.len() - 20);
        }
    }
    let warnings = inventory.diagnostics.iter().filter(|it| it.severity() == Severity::Warning).count();
    if warnings > 0 {
        let _ = writeln!(out, "\nincomplete: {warnings} warnings, see standard error or -o json");
    }
}

fn licenses(package: &Package) -> String {
    let mut texts: Vec<&str> = package.licenses.iter().map(|license| license.text.as_str()).collect();
    texts.dedup();
    texts.join(", ")
}

/// A table without lines, as wide as the terminal where there is one.
pub(crate) fn grid(header: &[&str], width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    table.set_content_arrangement(ContentArrangement::Disabled);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(60));
    }
    table
}
