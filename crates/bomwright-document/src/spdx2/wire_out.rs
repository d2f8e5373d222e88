//! The parts of SPDX 2.3 that are written, borrowed from the inventory.

use std::borrow::Cow;

use bomwright_model::Scope;
use serde::{Serialize, Serializer};

use crate::facts::Fact;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationInfo<'a> {
    pub(crate) created: &'a str,
    pub(crate) creators: &'a [String],
    pub(crate) license_list_version: &'static str,
    pub(crate) comment: &'static str,
}

/// What the creator says of the document (`OpenChain` Telco SBOM Guide, "SBOM Type").
pub(crate) const COMMENT: &str = "SBOM Type: Analyzed";

/// The members of an SPDX package, in the order in which they are written.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpdxPackage<'a> {
    #[serde(rename = "SPDXID")]
    pub(crate) id: String,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) version_info: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary_package_purpose: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) supplier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) originator: Option<String>,
    pub(crate) download_location: &'a str,
    pub(crate) files_analyzed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) homepage: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) checksums: Vec<Checksum<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_info: Option<String>,
    pub(crate) license_concluded: String,
    pub(crate) license_declared: String,
    pub(crate) copyright_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) external_refs: Vec<ExternalRef<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) annotations: Vec<Annotation<'a>>,
    /// Where its source is kept. Only SPDX 3 has a place for it.
    #[serde(skip)]
    pub(crate) vcs: Option<&'a str>,
    /// The page at which somebody can be asked, where the originator has no address. Only SPDX 3 has a place for it.
    #[serde(skip)]
    pub(crate) page: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checksum<'a> {
    pub(crate) algorithm: &'static str,
    pub(crate) checksum_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(crate) struct ExternalRef<'a> {
    pub(crate) reference_category: &'static str,
    pub(crate) reference_type: &'static str,
    pub(crate) reference_locator: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(crate) struct Annotation<'a> {
    pub(crate) annotation_date: &'a str,
    pub(crate) annotation_type: &'static str,
    pub(crate) annotator: &'a str,
    /// A JSON object with the members `name` and `value`, as text.
    #[serde(serialize_with = "as_text")]
    pub(crate) comment: Fact<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(crate) struct Relationship<'a> {
    pub(crate) spdx_element_id: String,
    pub(crate) relationship_type: &'static str,
    pub(crate) related_spdx_element: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<&'a str>,
    /// When it is needed. SPDX 2 shows that in annotations, SPDX 3 in the relationship too.
    #[serde(skip)]
    pub(crate) scope: Scope,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtractedLicense<'a> {
    pub(crate) license_id: &'a str,
    pub(crate) extracted_text: &'a str,
    pub(crate) name: &'a str,
}

fn as_text<S: Serializer>(fact: &Fact<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&json_text(fact))
}

/// A fact as JSON. Texts as keys and values can't fail.
pub(crate) fn json_text(fact: &Fact<'_>) -> String {
    serde_json::to_string(fact).unwrap_or_default()
}
