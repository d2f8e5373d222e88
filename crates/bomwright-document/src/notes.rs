//! What a reader had to assume about a document, one diagnostic for each kind of fault however often it is met.

use std::collections::BTreeMap;

use bomwright_model::{Code, Diagnostic};

/// How many examples a diagnostic names.
const EXAMPLES: usize = 3;

/// How much of one example is shown, in characters.
const LONGEST: usize = 80;

/// The faults met so far.
#[derive(Default)]
pub(crate) struct Notes(BTreeMap<&'static str, (u64, Vec<String>)>);

impl Notes {
    /// Notes that `what` (a fragment in the plural) was met, `example` being the thing at fault.
    pub(crate) fn add(&mut self, what: &'static str, example: &str) {
        let (count, examples) = self.0.entry(what).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example.chars().take(LONGEST).collect());
        }
    }

    /// One diagnostic for each kind of fault.
    pub(crate) fn into_diagnostics(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|(what, (count, examples))| {
            let more = if count > EXAMPLES as u64 { ", …" } else { "" };
            let examples = examples.join(", ");
            Diagnostic::new(Code::Assumed, format!("{count} {what}: {examples}{more}"))
        })
    }
}
