//! Rows for a spreadsheet (RFC 4180).
//!
//! Spreadsheets run what looks like a formula. Every field is quoted, and one that begins with a formula's first character gets
//! an apostrophe before it, which spreadsheets take for "this is text".

use crate::paint::clean;

/// A table of `rows` below `header`, each field made harmless.
///
/// # Errors
/// What the writer says when a row does not go into memory, which no row does.
pub(crate) fn rows<const N: usize>(
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<String, String> {
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(header).map_err(|error| error.to_string())?;
    for row in rows {
        writer.write_record(row.map(|text| harmless(&text))).map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// `text` that no spreadsheet computes, the wide forms of East Asian keyboards included.
fn harmless(text: &str) -> String {
    let text = clean(text);
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        return format!("'{text}");
    }
    text
}
