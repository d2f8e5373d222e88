//! A delta for programs: `bomwright-delta/1`.

use bomwright_diff::{Delta, PackageChange, Side, State};
use serde::Serialize;

/// Renders `delta` as JSON, ending in a newline.
pub fn delta_json(delta: &Delta) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Document::of(delta))?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    old: WireSide<'a>,
    new: WireSide<'a>,
    summary: WireSummary,
    packages: Vec<WireChange<'a>>,
}

#[derive(Serialize)]
struct WireSide<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    distribution: Option<&'a str>,
    packages: usize,
    incomplete: bool,
}

#[derive(Serialize)]
struct WireSummary {
    added: usize,
    removed: usize,
    upgraded: usize,
    downgraded: usize,
    changed: usize,
}

#[derive(Serialize)]
struct WireChange<'a> {
    change: &'static str,
    ecosystem: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<WireState<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<WireState<'a>>,
    fields: Vec<WireField<'a>>,
    origin: &'static str,
    #[serde(rename = "shippedBy", skip_serializing_if = "Option::is_none")]
    shipped_by: Option<&'a str>,
    why: &'a [String],
}

#[derive(Serialize)]
struct WireState<'a> {
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
    licenses: &'a [String],
}

#[derive(Serialize)]
struct WireField<'a> {
    field: &'a str,
    old: &'a str,
    new: &'a str,
}

impl<'a> Document<'a> {
    fn of(delta: &'a Delta) -> Self {
        let summary = &delta.summary;
        Self {
            schema: "bomwright-delta/1",
            old: side(&delta.old),
            new: side(&delta.new),
            summary: WireSummary {
                added: summary.added,
                removed: summary.removed,
                upgraded: summary.upgraded,
                downgraded: summary.downgraded,
                changed: summary.changed,
            },
            packages: delta.packages.iter().map(change).collect(),
        }
    }
}

fn side(side: &Side) -> WireSide<'_> {
    WireSide {
        name: &side.name,
        distribution: side.distribution.as_deref(),
        packages: side.packages,
        incomplete: side.incomplete,
    }
}

fn change(change: &PackageChange) -> WireChange<'_> {
    WireChange {
        change: change.change.as_str(),
        ecosystem: &change.ecosystem,
        name: &change.name,
        purl: change.new.as_ref().or(change.old.as_ref()).and_then(|it| it.purl.as_deref()),
        old: change.old.as_ref().map(state),
        new: change.new.as_ref().map(state),
        fields: change
            .fields
            .iter()
            .map(|it| WireField { field: &it.field, old: &it.old, new: &it.new })
            .collect(),
        origin: change.origin.as_str(),
        shipped_by: change.shipped_by.as_deref(),
        why: &change.why,
    }
}

fn state(state: &State) -> WireState<'_> {
    WireState {
        version: &state.version,
        architecture: state.architecture.as_deref(),
        location: state.location.as_deref(),
        purl: state.purl.as_deref(),
        licenses: &state.licenses,
    }
}
