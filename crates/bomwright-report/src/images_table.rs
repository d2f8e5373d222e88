//! Image references for a person: one line for each place that names an image.

use std::collections::BTreeSet;
use std::fmt::Write;

use bomwright_orchestration::{Found, Pin};

use crate::images_json::word;
use crate::paint::clean;
use crate::table::grid;

/// Renders `found`. `width` is the terminal's, in columns, where there is one.
pub fn images_table(found: &Found, width: Option<u16>) -> String {
    let mut rows = grid(&["reference", "place", "pinned", "confidence", "kind"], width);
    for it in &found.references {
        let pin = if it.superseded { "superseded" } else { it.pin.as_str() };
        rows.add_row(vec![
            clean(&it.image.to_string()),
            clean(&format!("{}:{}", it.file, it.line)),
            pin.to_owned(),
            word(it.confidence).to_owned(),
            it.kind.as_str().to_owned(),
        ]);
    }
    let counted: Vec<_> = found.references.iter().filter(|it| !it.superseded).collect();
    let images: BTreeSet<_> = counted.iter().map(|it| &it.image).collect();
    let open = counted.iter().filter(|it| it.pin != Pin::Digest).count();
    let mut out = format!("{rows}\n");
    let _ = writeln!(
        out,
        "\n{} references to {} images, {open} of them not pinned by digest",
        counted.len(),
        images.len()
    );
    out
}
