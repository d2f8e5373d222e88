//! The parts of SPDX 3.0 that are read.

use super::flat::Named;
use crate::lenient::{List, Text, lenient};

lenient! {
    /// A document with a graph.
    struct Root {
        #[serde(rename = "@graph")]
        graph: Option<List<Element<'a>>>,
    }

    struct Element {
        #[serde(rename = "type", alias = "@type")]
        kind: Text<'a>,
        #[serde(alias = "@id")]
        spdx_id: Text<'a>,
        creation_info: Named<'a>,
        created_by: List<Named<'a>>,
        created_using: List<Named<'a>>,
        element: List<Named<'a>>,
        spec_version: Text<'a>,
        created: Text<'a>,
        name: Text<'a>,
        description: Text<'a>,
        summary: Text<'a>,
        verified_using: List<Hash<'a>>,
        external_identifier: List<ExternalIdentifier<'a>>,
        extension: List<Extension<'a>>,
        originated_by: List<Named<'a>>,
        supplied_by: Named<'a>,
        root_element: List<Named<'a>>,
        data_license: Named<'a>,
        #[serde(rename = "software_sbomType", alias = "sbomType")]
        sbom_type: List<Text<'a>>,
        valid_until_time: Text<'a>,
        external_ref: List<Link<'a>>,
        completeness: Text<'a>,
        from: Named<'a>,
        relationship_type: Text<'a>,
        to: List<Named<'a>>,
        scope: Text<'a>,
        #[serde(rename = "software_primaryPurpose", alias = "primaryPurpose")]
        primary_purpose: Text<'a>,
        #[serde(rename = "software_packageVersion", alias = "packageVersion")]
        package_version: Text<'a>,
        #[serde(rename = "software_downloadLocation", alias = "downloadLocation")]
        download_location: Text<'a>,
        #[serde(rename = "software_homePage", alias = "homePage")]
        home_page: Text<'a>,
        #[serde(rename = "software_packageUrl", alias = "packageUrl")]
        package_url: Text<'a>,
        #[serde(rename = "software_sourceInfo", alias = "sourceInfo")]
        source_info: Text<'a>,
        #[serde(rename = "software_copyrightText", alias = "copyrightText")]
        copyright_text: Text<'a>,
        #[serde(rename = "simplelicensing_licenseExpression")]
        license_expression: Text<'a>,
        #[serde(rename = "simplelicensing_customIdToUri")]
        custom_id_to_uri: List<Entry<'a>>,
        #[serde(rename = "simplelicensing_licenseText")]
        license_text: Text<'a>,
    }

    struct Hash {
        algorithm: Text<'a>,
        hash_value: Text<'a>,
    }

    struct ExternalIdentifier {
        external_identifier_type: Text<'a>,
        identifier: Text<'a>,
    }

    struct Link {
        external_ref_type: Text<'a>,
        locator: List<Text<'a>>,
    }

    struct Extension {
        #[serde(rename = "extension_cdxProperty")]
        properties: List<Property<'a>>,
    }

    struct Property {
        #[serde(rename = "extension_cdxPropName")]
        name: Text<'a>,
        #[serde(rename = "extension_cdxPropValue")]
        value: Text<'a>,
    }

    struct Entry {
        key: Text<'a>,
        value: Text<'a>,
    }
}
