//! The parts of SPDX 3.0.1 that are written, borrowed from the packages and relationships of SPDX 2.

use serde::Serialize;

/// An element of any class, with the members that are written of them.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(super) struct Element<'a> {
    pub(super) r#type: &'static str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spdx_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creation_info: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spec_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) created_by: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) created_using: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) verified_using: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_identifier: Vec<ExternalIdentifier<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_ref: Vec<ExternalRef<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) originated_by: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) supplied_by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) root_element: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profile_conformance: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) relationship_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) completeness: Option<&'static str>,
    #[serde(rename = "software_sbomType", skip_serializing_if = "Vec::is_empty")]
    pub(super) sbom_type: Vec<&'static str>,
    #[serde(rename = "software_primaryPurpose", skip_serializing_if = "Option::is_none")]
    pub(super) primary_purpose: Option<String>,
    #[serde(rename = "software_packageVersion", skip_serializing_if = "Option::is_none")]
    pub(super) package_version: Option<&'a str>,
    #[serde(rename = "software_downloadLocation", skip_serializing_if = "Option::is_none")]
    pub(super) download_location: Option<&'a str>,
    #[serde(rename = "software_homePage", skip_serializing_if = "Option::is_none")]
    pub(super) home_page: Option<&'a str>,
    #[serde(rename = "software_packageUrl", skip_serializing_if = "Option::is_none")]
    pub(super) package_url: Option<&'a str>,
    #[serde(rename = "software_sourceInfo", skip_serializing_if = "Option::is_none")]
    pub(super) source_info: Option<&'a str>,
    #[serde(rename = "software_copyrightText", skip_serializing_if = "Option::is_none")]
    pub(super) copyright_text: Option<&'a str>,
    #[serde(rename = "simplelicensing_licenseExpression", skip_serializing_if = "Option::is_none")]
    pub(super) license_expression: Option<&'a str>,
    #[serde(rename = "simplelicensing_licenseListVersion", skip_serializing_if = "Option::is_none")]
    pub(super) license_list_version: Option<String>,
    #[serde(rename = "simplelicensing_customIdToUri", skip_serializing_if = "Vec::is_empty")]
    pub(super) custom_id_to_uri: Vec<Entry<'a>>,
    #[serde(rename = "simplelicensing_licenseText", skip_serializing_if = "Option::is_none")]
    pub(super) license_text: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(super) struct Hash<'a> {
    pub(super) r#type: &'static str,
    pub(super) algorithm: String,
    pub(super) hash_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
pub(super) struct ExternalIdentifier<'a> {
    pub(super) r#type: &'static str,
    pub(super) external_identifier_type: &'static str,
    pub(super) identifier: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalRef<'a> {
    pub(super) r#type: &'static str,
    pub(super) external_ref_type: &'static str,
    pub(super) locator: [&'a str; 1],
}

#[derive(Serialize)]
pub(super) struct Extension<'a> {
    pub(super) r#type: &'static str,
    #[serde(rename = "extension_cdxProperty")]
    pub(super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(super) struct Property<'a> {
    pub(super) r#type: &'static str,
    #[serde(rename = "extension_cdxPropName")]
    pub(super) name: &'a str,
    #[serde(rename = "extension_cdxPropValue")]
    pub(super) value: &'a str,
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
    pub(super) r#type: &'static str,
    pub(super) key: &'a str,
    pub(super) value: String,
}

pub(super) fn identifier<'a>(kind: &'static str, identifier: &'a str) -> ExternalIdentifier<'a> {
    ExternalIdentifier { r#type: "ExternalIdentifier", external_identifier_type: kind, identifier }
}

pub(super) fn reference<'a>(kind: &'static str, locator: &'a str) -> ExternalRef<'a> {
    ExternalRef { r#type: "ExternalRef", external_ref_type: kind, locator: [locator] }
}

pub(super) fn hash<'a>(checksum: &crate::spdx2::Checksum<'a>) -> Hash<'a> {
    Hash {
        r#type: "Hash",
        algorithm: checksum.algorithm.to_ascii_lowercase(),
        hash_value: checksum.checksum_value,
    }
}
