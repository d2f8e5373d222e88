//! The parts of SPDX 2.1 to 2.3 that are read, and what a graph of SPDX 3 is brought into.

use crate::lenient::{List, Text, lenient};

lenient! {
    struct Document {
        spdx_version: Text<'a>,
        data_license: Text<'a>,
        document_namespace: Text<'a>,
        creation_info: Option<CreationInfo<'a>>,
        document_describes: List<Text<'a>>,
        packages: List<SpdxPackage<'a>>,
        files: List<SpdxFile<'a>>,
        relationships: List<Relationship<'a>>,
        has_extracted_licensing_infos: List<ExtractedLicense<'a>>,
    }

    struct CreationInfo {
        created: Text<'a>,
        creators: List<Text<'a>>,
        comment: Text<'a>,
    }

    struct SpdxPackage {
        #[serde(rename = "SPDXID")]
        id: Text<'a>,
        name: Text<'a>,
        version_info: Text<'a>,
        primary_package_purpose: Text<'a>,
        package_file_name: Text<'a>,
        supplier: Text<'a>,
        originator: Text<'a>,
        download_location: Text<'a>,
        homepage: Text<'a>,
        checksums: List<Checksum<'a>>,
        source_info: Text<'a>,
        license_concluded: Text<'a>,
        license_declared: Text<'a>,
        copyright_text: Text<'a>,
        valid_until_date: Text<'a>,
        description: Text<'a>,
        summary: Text<'a>,
        external_refs: List<ExternalRef<'a>>,
        annotations: List<Annotation<'a>>,
        attribution_texts: List<Text<'a>>,
        has_files: List<Text<'a>>,
        /// Only SPDX 3 has them apart from annotations.
        facts: List<Fact<'a>>,
    }

    struct SpdxFile {
        #[serde(rename = "SPDXID")]
        id: Text<'a>,
        file_name: Text<'a>,
        file_types: List<Text<'a>>,
        checksums: List<Checksum<'a>>,
    }

    struct Checksum {
        algorithm: Text<'a>,
        checksum_value: Text<'a>,
    }

    struct ExternalRef {
        reference_category: Text<'a>,
        reference_type: Text<'a>,
        reference_locator: Text<'a>,
    }

    struct Annotation {
        comment: Text<'a>,
    }

    struct Relationship {
        spdx_element_id: Text<'a>,
        relationship_type: Text<'a>,
        related_spdx_element: Text<'a>,
        /// Only SPDX 3 says of each whether there are more.
        completeness: Text<'a>,
    }

    struct ExtractedLicense {
        license_id: Text<'a>,
        extracted_text: Text<'a>,
        name: Text<'a>,
    }

    struct Fact {
        name: Text<'a>,
        value: Text<'a>,
    }
}
