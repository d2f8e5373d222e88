//! A delta for programs: `bomwright-delta/1`, written and read.

use bomwright_diff::{Delta, SCHEMA};

use super::{RenderError, RenderOptions};

/// [`delta_json`] as an entry of the table of formats.
pub(super) fn render(delta: &Delta, _: &RenderOptions) -> Result<String, RenderError> {
    Ok(delta_json(delta)?)
}

/// Renders `delta` as JSON, ending in a newline.
///
/// # Errors
/// Never for a delta that `bomwright_diff` made: every value has a form in JSON.
pub fn delta_json(delta: &Delta) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(delta)?;
    text.push('\n');
    Ok(text)
}

/// Why a text is no delta.
#[derive(Debug, thiserror::Error)]
pub enum DeltaError {
    /// It is not JSON, or has other keys or values than a delta; the message names line and column.
    #[error("not a delta: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is a delta of another version.
    #[error("a delta of form '{0}', not '{SCHEMA}'")]
    Version(String),
}

/// Reads a delta that [`delta_json`] wrote. Its texts are as hostile as the images were.
///
/// # Errors
/// [`DeltaError`] when it is none.
pub fn read_delta(text: &str) -> Result<Delta, DeltaError> {
    let delta: Delta = serde_json::from_str(text)?;
    if delta.schema == SCHEMA { Ok(delta) } else { Err(DeltaError::Version(delta.schema)) }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_delta_is_read_back_as_it_was() {
        let delta = sample::delta();
        assert_eq!(read_delta(&delta_json(&delta).unwrap()).unwrap(), delta);
        let other = delta_json(&delta).unwrap().replacen("bomwright-delta/1", "bomwright-delta/2", 1);
        assert!(matches!(read_delta(&other), Err(DeltaError::Version(_))));
        assert!(matches!(read_delta("{}"), Err(DeltaError::Malformed(_))));
    }
}
