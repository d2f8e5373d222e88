//! The formats that are written, and how to tell them apart by their first bytes.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::DocumentError;

/// A document format that is written and read. [`crate::Target`] is a format in one of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// CycloneDX JSON (ECMA-424): 1.4 to 1.7 are written, 1.2 to 1.7 are read.
    CycloneDxJson,
    /// CycloneDX XML: 1.4 to 1.7 are written, 1.2 to 1.7 are read.
    CycloneDxXml,
    /// SPDX JSON: 2.3 and (as JSON-LD) 3.0.1 are written, 2.2, 2.3 and 3.0 are read.
    SpdxJson,
    /// SPDX tag-value: 2.3 is written, 2.2 and 2.3 are read.
    SpdxTagValue,
    /// Our own lossless JSON, `bomwright-inventory/1`.
    Json,
    /// Package URLs (ECMA-427), one in a line, sorted, without repetition.
    Purls,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::CycloneDxJson,
        Self::CycloneDxXml,
        Self::SpdxJson,
        Self::SpdxTagValue,
        Self::Json,
        Self::Purls,
    ];

    /// The name that the command line uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CycloneDxJson => "cyclonedx-json",
            Self::CycloneDxXml => "cyclonedx-xml",
            Self::SpdxJson => "spdx-json",
            Self::SpdxTagValue => "spdx-tag-value",
            Self::Json => "json",
            Self::Purls => "purls",
        }
    }

    /// The format that [`Format::name`] calls `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == text)
    }

    /// The versions that are written, the oldest first; none where the format has but one.
    pub const fn versions(self) -> &'static [&'static str] {
        match self {
            Self::CycloneDxJson | Self::CycloneDxXml => &["1.4", "1.5", "1.6", "1.7"],
            Self::SpdxJson => &["2.3", "3.0.1"],
            Self::SpdxTagValue => &["2.3"],
            Self::Json | Self::Purls => &[],
        }
    }

    /// The version that is written when none is asked for; empty where the format has but one.
    pub const fn default_version(self) -> &'static str {
        match self {
            Self::CycloneDxJson | Self::CycloneDxXml => "1.6",
            Self::SpdxJson | Self::SpdxTagValue => "2.3",
            Self::Json | Self::Purls => "",
        }
    }

    /// The media type, as registered with IANA where it is.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::CycloneDxJson => "application/vnd.cyclonedx+json",
            Self::CycloneDxXml => "application/vnd.cyclonedx+xml",
            Self::SpdxJson => "application/spdx+json",
            Self::SpdxTagValue => "text/spdx",
            Self::Json => "application/json",
            Self::Purls => "text/plain; charset=utf-8",
        }
    }

    /// The customary end of a file's name, without a leading dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::CycloneDxJson => "cdx.json",
            Self::CycloneDxXml => "cdx.xml",
            Self::SpdxJson => "spdx.json",
            Self::SpdxTagValue => "spdx",
            Self::Json => "bomwright.json",
            Self::Purls => "purls.txt",
        }
    }
}

/// How many bytes [`detect`] looks at.
const SNIFFED: usize = 1024;

/// Guesses the format from the first KiB. `None` does not mean that [`crate::read`] fails: a document may
/// name its format further down.
pub fn detect(bytes: &[u8]) -> Option<Format> {
    let head = bytes.get(..SNIFFED).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"pkg:") {
        return Some(Format::Purls);
    }
    if starts_tag_value(head) {
        return Some(Format::SpdxTagValue);
    }
    let text = String::from_utf8_lossy(head);
    if head.starts_with(b"<") {
        return text.contains("http://cyclonedx.org/schema/bom/").then_some(Format::CycloneDxXml);
    }
    if !head.starts_with(b"{") {
        return None;
    }
    let names = |key: &str, value: &str| {
        text.match_indices(key).any(|(at, _)| {
            let rest = text.get(at + key.len()..).unwrap_or_default().trim_start();
            rest.strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with(value))
        })
    };
    if names("\"schema\"", "\"bomwright-inventory/") {
        Some(Format::Json)
    } else if names("\"bomFormat\"", "\"CycloneDX\"") {
        Some(Format::CycloneDxJson)
    } else if names("\"spdxVersion\"", "\"SPDX-2") || is_spdx3(&text) {
        Some(Format::SpdxJson)
    } else {
        None
    }
}

/// Whether the first line that is neither blank nor a comment is one that opens SPDX tag-value.
fn starts_tag_value(head: &[u8]) -> bool {
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_start);
    let mut telling = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    telling.next().is_some_and(|line| line.starts_with(b"SPDXVersion:"))
}

/// Whether a document names the context of SPDX 3.
fn is_spdx3(text: &str) -> bool {
    text.contains("\"@context\"") && text.contains("://spdx.org/rdf/3.")
}

/// What can be read: every format that is written, and one that only another tool writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readable {
    /// A format of ours.
    Format(Format),
    /// SPDX 3, which is another version of [`Format::SpdxJson`].
    Spdx3,
    /// syft's own JSON.
    Syft,
}

/// The keys by which the JSON formats name themselves.
#[derive(Deserialize)]
struct Header {
    schema: Option<serde_json::Value>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<String>,
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    artifacts: Option<IgnoredAny>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    name: Option<String>,
}

/// The format of the document `name`.
pub(crate) fn of(name: &str, bytes: &[u8]) -> Result<Readable, DocumentError> {
    detect(bytes).map_or_else(
        || examine(name, bytes),
        |format| {
            let head = String::from_utf8_lossy(bytes.get(..SNIFFED).unwrap_or(bytes));
            let is_spdx3 = format == Format::SpdxJson && is_spdx3(&head);
            Ok(if is_spdx3 { Readable::Spdx3 } else { Readable::Format(format) })
        },
    )
}

/// Why bytes that [`detect`] does not know, nor their keys, are no document that is read here; or the format
/// after all.
fn examine(name: &str, bytes: &[u8]) -> Result<Readable, DocumentError> {
    let unknown =
        |reason: &str| Err(DocumentError::Unrecognized { name: name.to_owned(), reason: reason.to_owned() });
    let head = bytes.trim_ascii_start();
    if head.is_empty() {
        return unknown("it is empty");
    }
    if head.starts_with(b"<") {
        return unknown("it looks like XML, but not of CycloneDX; that name space is not in its first KiB");
    }
    if head.starts_with(b"SPDXID:") || head.starts_with(b"DataLicense:") {
        return Ok(Readable::Format(Format::SpdxTagValue));
    }
    if !head.starts_with(b"{") {
        return unknown(
            "it is neither a JSON object, CycloneDX XML, SPDX tag-value nor a list of package urls",
        );
    }
    let header: Header = serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))?;
    let schema = header.schema.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let syft = header.descriptor.and_then(|it| it.name).is_some_and(|name| name == "syft");
    if schema.starts_with("bomwright-inventory/") {
        Ok(Readable::Format(Format::Json))
    } else if header.bom_format.is_some() {
        Ok(Readable::Format(Format::CycloneDxJson))
    } else if header.spdx_version.is_some() {
        Ok(Readable::Format(Format::SpdxJson))
    } else if syft && header.artifacts.is_some() {
        Ok(Readable::Syft)
    } else if header
        .context
        .as_ref()
        .is_some_and(|context| context.to_string().contains("://spdx.org/rdf/3."))
    {
        Ok(Readable::Spdx3)
    } else if header.context.is_some() {
        unknown("it is JSON-LD, but not in the context of SPDX 3")
    } else {
        unknown("no key says which format it is (bomFormat, spdxVersion, schema, descriptor)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_their_first_bytes() {
        assert_eq!(detect(b"\xef\xbb\xbf {\"bomFormat\" : \"CycloneDX\"}"), Some(Format::CycloneDxJson));
        assert_eq!(detect(b"{\n \"spdxVersion\": \"SPDX-2.3\","), Some(Format::SpdxJson));
        assert_eq!(detect(b"{\"schema\":\"bomwright-inventory/1\""), Some(Format::Json));
        assert_eq!(detect(b"pkg:deb/debian/bash\n"), Some(Format::Purls));
        assert_eq!(detect(b"# a list\n\nSPDXVersion: SPDX-2.3\n"), Some(Format::SpdxTagValue));
        let xml = b"<?xml version='1.0'?>\n<bom xmlns='http://cyclonedx.org/schema/bom/1.4'/>";
        assert_eq!(detect(xml), Some(Format::CycloneDxXml));
        assert_eq!(detect(b"<project xmlns='http://maven.apache.org/POM/4.0.0'/>"), None);
        assert_eq!(detect(b"{\"name\": \"bomFormat\", \"value\": 1}"), None);
        assert_eq!(detect(b""), None);
    }

    #[test]
    fn what_is_not_read_is_named() {
        let refused = |bytes: &[u8], word: &str| {
            examine("a", bytes).is_err_and(|error| error.to_string().contains(word))
        };
        assert!(refused(b"<bom/>", "XML"));
        assert!(refused(b"{\"@context\":\"x\",\"@graph\":[]}", "JSON-LD"));
        assert!(refused(b"{\"a\":1,\n]", "a:2:1: "));
        let late = format!("{{\"components\":[\"{}\"],\"bomFormat\":\"CycloneDX\"}}", "x".repeat(2000));
        assert_eq!(detect(late.as_bytes()), None);
        let found = examine("a", late.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(found, Ok(Readable::Format(Format::CycloneDxJson)));
    }

    #[test]
    fn names_lead_back() {
        for &format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
    }
}
