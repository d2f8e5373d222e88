//! Deltas, which an untrusted job may have written.

use bomwright_report::{DELTA_FORMATS, RenderOptions, read_delta, render};

/// Reads a delta. What was read can be rendered in every form, and as JSON it is read back as the same.
///
/// # Panics
/// If that does not hold.
pub fn read_and_render(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(delta) = read_delta(text) else { return };
    let options = RenderOptions::default();
    for format in DELTA_FORMATS {
        let text = render(&delta, format.name, &options);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", format.name));
        if format.name == "json" {
            let back = read_delta(&text).unwrap_or_else(|error| panic!("our own delta: {error}"));
            assert!(back == delta, "a delta changes when it is written and read");
        }
    }
}
