//! Attestations: a document inside an in-toto statement (in-toto Attestation Framework, Statement v1), ready to be signed.

use std::io;
use std::str::FromStr;

use bomwright_model::{Digest, Inventory};
use serde::Serialize;

use crate::format::{self, Format, Readable};
use crate::{DocumentError, lenient, root};

/// The type of every statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// CycloneDX in any version, which the document names itself (in-toto, predicates/cyclonedx.md).
const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// SPDX 2.2, which came before versions were part of the name.
const SPDX: &str = "https://spdx.dev/Document";
/// SPDX 2.3 (in-toto, predicates/spdx2.md).
const SPDX_2_3: &str = "https://spdx.dev/Document/v2.3";
/// SPDX 3.0 (in-toto, predicates/spdx3.md).
const SPDX_3: &str = "https://spdx.dev/Document/v3";

/// What an attestation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The name of the image, without tag and digest.
    pub name: String,
    /// The digest of its manifest.
    pub digest: Digest,
}

impl FromStr for Attested {
    type Err = DocumentError;

    /// Reads `NAME@sha256:…`.
    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let invalid = || DocumentError::Subject { text: text.to_owned() };
        let (name, digest) = text.split_once('@').ok_or_else(invalid)?;
        if name.trim().is_empty() {
            return Err(invalid());
        }
        Ok(Self { name: name.to_owned(), digest: digest.parse().map_err(|_| invalid())? })
    }
}

impl Attested {
    /// The image that `inventory` describes; `None` where it does not hold the digest of a manifest.
    pub fn of(inventory: &Inventory) -> Option<Self> {
        let digest = inventory.image.as_ref()?.digest.clone()?;
        Some(Self { name: root::name(inventory).to_owned(), digest })
    }
}

#[derive(Serialize)]
struct Subject<'a> {
    name: &'a str,
    digest: std::collections::BTreeMap<&'a str, &'a str>,
}

/// Writes a statement on `subject` to `out` that holds the document `name` byte by byte. Its type is `predicate_type`,
/// else the one that the format and version of the document have.
///
/// # Errors
/// [`DocumentError::Predicate`] for a document that is no CycloneDX or SPDX in JSON, and [`DocumentError::Write`] when
/// `out` fails; what [`crate::read`] says of a document that is broken is for the caller to ask.
pub fn statement(
    name: &str,
    document: &[u8],
    subject: &Attested,
    predicate_type: Option<&str>,
    out: &mut dyn io::Write,
) -> Result<(), DocumentError> {
    let document = &*lenient::utf8(name, document)?;
    let usual = usual_type(name, document)?;
    // Anything but one JSON value would break out of the statement.
    let _: serde::de::IgnoredAny =
        serde_json::from_slice(document).map_err(|error| DocumentError::json(name, &error))?;
    let digest = [(subject.digest.algorithm(), subject.digest.hex())].into_iter().collect();
    let subject = Subject { name: &subject.name, digest };
    let head = || -> serde_json::Result<String> {
        Ok(format!(
            "{{\"_type\":\"{STATEMENT}\",\"subject\":[{}],\"predicateType\":{},\"predicate\":",
            serde_json::to_string(&subject)?,
            serde_json::to_string(predicate_type.unwrap_or(usual))?,
        ))
    };
    let mut write = || -> io::Result<()> {
        out.write_all(head()?.as_bytes())?;
        out.write_all(document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).trim_ascii())?;
        out.write_all(b"}\n")
    };
    write().map_err(DocumentError::Write)
}

fn usual_type(name: &str, document: &[u8]) -> Result<&'static str, DocumentError> {
    #[derive(serde::Deserialize)]
    struct Version<'a> {
        #[serde(borrow, rename = "spdxVersion")]
        spdx: std::borrow::Cow<'a, str>,
    }
    Ok(match format::of(name, document)? {
        Readable::Format(Format::CycloneDxJson) => CYCLONEDX,
        Readable::Format(Format::SpdxJson) => {
            let version: Version<'_> =
                serde_json::from_slice(document).map_err(|error| DocumentError::json(name, &error))?;
            if version.spdx == "SPDX-2.3" { SPDX_2_3 } else { SPDX }
        }
        Readable::Spdx3 => SPDX_3,
        Readable::Format(_) | Readable::Syft => {
            return Err(DocumentError::Predicate { name: name.to_owned() });
        }
    })
}
