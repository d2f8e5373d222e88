//! The paths from the root to each change, merged into one tree.

use std::collections::HashMap;

use bomwright_diff::{Delta, PackageChange};

use super::packages::{label, mark};
use super::show::show;

/// How many steps of one path are kept: the longest real ones have about twenty.
const DEPTH: usize = 64;
/// How many nodes the tree may have: far more than anybody opens, few enough for a phone.
const NODES: usize = 200_000;

/// One node. A node always comes after its parent, so that one pass backwards sees children before parents.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct PathNode {
    /// Name and version.
    #[serde(rename = "t")]
    pub(super) text: String,
    /// The node before it; the root has none.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<usize>,
    /// The changes that end here, as rows of the table of packages.
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<usize>,
    /// The word of the first of them.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<&'static str>,
    /// The same with its mark, for those who don't see colours.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<&'static str>,
}

/// The tree over every package that differs. What only the scanner explains, and what another package ships, has no
/// path of its own. With it, how many changes found no room.
pub(super) fn paths(delta: &Delta) -> (Vec<PathNode>, usize) {
    let mut nodes = vec![PathNode { text: show(&root_name(delta)), ..PathNode::default() }];
    let mut known: HashMap<(usize, String), usize> = HashMap::new();
    let mut left_out = 0;
    for (row, change) in delta.packages.iter().enumerate() {
        if change.explained_by.is_some() || change.shipped_by.is_some() {
            continue;
        }
        if nodes.len() + DEPTH + 2 > NODES {
            left_out += 1;
        } else {
            add(&mut nodes, &mut known, row, change);
        }
    }
    (nodes, left_out)
}

fn root_name(delta: &Delta) -> String {
    if delta.new.name.is_empty() { "root".to_owned() } else { delta.new.name.clone() }
}

fn add(
    nodes: &mut Vec<PathNode>,
    known: &mut HashMap<(usize, String), usize>,
    row: usize,
    change: &PackageChange,
) {
    let path = &change.why.path;
    let further = path.len().saturating_sub(DEPTH);
    let gap = (further > 0).then(|| format!("… {further} further steps …"));
    let steps = path.iter().take(DEPTH).map(|it| show(it)).chain(gap).chain([show(&label(change))]);
    let mut at = 0;
    for step in steps {
        at = *known.entry((at, step.clone())).or_insert_with(|| {
            nodes.push(PathNode { text: step, parent: Some(at), ..PathNode::default() });
            nodes.len() - 1
        });
    }
    if let Some(node) = nodes.get_mut(at) {
        node.rows.push(row);
        node.change.get_or_insert(change.change.as_str());
        node.mark.get_or_insert(mark(change.change));
    }
}
