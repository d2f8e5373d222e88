//! SPDX 3.0.1 as JSON-LD: the packages and relationships of SPDX 2 as elements of a graph.
//!
//! Written is the same stream of packages as in SPDX 2.3; read is a graph that is brought into the same values as
//! documents of SPDX 2. So both versions hold the same facts.

mod flat;
mod graph_in;
mod graph_out;
mod wire_in;
mod wire_out;

use bomwright_model::Scope;

pub(crate) use graph_in::parse;
pub(crate) use graph_out::write;

/// The context of every document; the schema wants it as plain text.
const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";

/// The type of the external reference that holds the web address of an agent: the only page in the vocabulary
/// (`ExternalRefType`) that is not for a purpose of its own.
const PAGE: &str = "altWebPage";

/// What stands before the references in documents of ours, up to their number.
const NAMESPACE: &str = "https://spdx.org/spdxdocs/bomwright-";

/// Types of identifiers beside purls, and those that SPDX 2.3 has for them (annex F).
const IDENTIFIERS: &[(&str, &str)] = &[
    ("cpe22", "cpe22Type"),
    ("cpe23", "cpe23Type"),
    ("swid", "swid"),
    ("swhid", "swh"),
    ("gitoid", "gitoid"),
];

/// Kinds of relationships: of SPDX 3, of SPDX 2, and whether they point the same way.
const KINDS: &[(&str, &str, bool)] = &[
    ("dependsOn", "DEPENDS_ON", true),
    ("contains", "CONTAINS", true),
    ("hasDynamicLink", "DYNAMIC_LINK", true),
    ("hasStaticLink", "STATIC_LINK", true),
    ("hasOptionalDependency", "OPTIONAL_DEPENDENCY_OF", false),
    ("hasPrerequisite", "DEPENDS_ON", true),
];

/// Scopes of a `LifecycleScopedRelationship` that depends on something: of SPDX 3, the kind that SPDX 2 has for it, and
/// ours. Those that are read come before those that are written too.
const SCOPES: &[(&str, &str, Scope)] = &[
    ("test", "TEST_DEPENDENCY_OF", Scope::Development),
    ("development", "DEV_DEPENDENCY_OF", Scope::Development),
    ("build", "BUILD_DEPENDENCY_OF", Scope::Build),
];
