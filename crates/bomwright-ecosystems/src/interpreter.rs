//! The program that runs packages of an interpreted language.

use bomwright_model::{EdgeKind, Node, PackageId};

use crate::{Edges, Found, Installed};

/// The node of the interpreter at `path`, which must have been resolved: the package that owns it, else the
/// listed file; `None` when it is neither.
pub(crate) fn node(installed: &Installed<'_>, path: &str) -> Option<Node> {
    let owner = installed.owner(path).map(Node::Package);
    owner.or_else(|| installed.file_at(path).map(|(id, _)| Node::File(id)))
}

/// States that `interpreter` runs the package.
pub(crate) fn runs(out: &mut Edges<'_>, interpreter: &Node, id: PackageId, found: &Found) {
    let evidence = found.package.evidence.first().cloned();
    out.relate(Node::Package(id), interpreter.clone(), EdgeKind::RunsOn, "", evidence);
}
