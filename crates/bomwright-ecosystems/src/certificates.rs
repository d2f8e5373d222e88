//! The authorities that an image trusts: certificates as they are shipped, and the bundles made of them.
//!
//! | file | what it is |
//! |---|---|
//! | `etc/ca-certificates.conf` | which of the shipped certificates are trusted, in order (update-ca-certificates(8)) |
//! | `*.crt` below `usr/share/ca-certificates/` and `usr/local/share/ca-certificates/` | shipped, and added |
//! | `etc/ssl/certs/ca-certificates.crt` | the bundle of Debian and Alpine: the files one after the other, each with a last newline |
//! | `usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit`, files of `etc/pki/ca-trust/source/anchors` | shipped, and added, of the rpm family |
//! | `etc/pki/ca-trust/extracted/pem/*.pem` | the bundles of the rpm family (update-ca-trust(8)) |
//!
//! Observations:
//! - `certificate-selection`: the paths that are trusted, in order, below `usr/share/ca-certificates/`.
//! - `certificates`, one for each of the other files: for each certificate in order two SHA-256 in hexadecimal digits,
//!   that of its text (from the end of the one before it to the newline behind its own end) and that of what its
//!   base64 encodes (RFC 7468).
//!
//! No packages, no edges. Java's key stores are not read.

use bomwright_model::{Code, Observation};
use sha2::{Digest as _, Sha256};

use crate::format::base64;
use crate::format::binary::hex;
use crate::{Claim, Ecosystem, FileView, Findings};

/// Where certificates that are trusted lie. `.crt` files are claimed wherever they lie.
const PLACES: &[&str] = &[
    BUNDLE,
    "etc/pki/ca-trust/",
    "usr/local/share/ca-certificates/",
    "usr/share/ca-certificates/",
    "usr/share/pki/ca-trust-source/",
];
const BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";
const SELECTION: &str = "etc/ca-certificates.conf";
const BEGINS: &[&[u8]] = &[b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----"];
const ENDS: &[&[u8]] = &[b"-----END CERTIFICATE-----", b"-----END TRUSTED CERTIFICATE-----"];
/// More than any bundle has; all authorities of all programmes together are below a thousand.
const MOST: usize = 20_000;

/// See the module.
pub(crate) struct Certificates;

impl Ecosystem for Certificates {
    fn name(&self) -> &'static str {
        "certificates"
    }

    fn about(&self) -> &'static str {
        "the certificate authorities that are trusted, as shipped and in the bundles made of them"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path(SELECTION).up_to(4),
                Claim::suffix(".crt"),
                Claim::path("usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit"),
                Claim::within("etc/pki/ca-trust/source/anchors", ""),
                Claim::within("etc/pki/ca-trust/extracted/pem", ".pem"),
            ]
        }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.path == SELECTION {
            let text = String::from_utf8_lossy(file.bytes);
            let is_active = |line: &&str| !line.is_empty() && !line.starts_with(['#', '!']);
            let values = text.lines().filter(is_active).take(MOST);
            out.observations.push(Observation::new("certificate-selection", file.path, values));
            return;
        }
        if !PLACES.iter().any(|place| file.path.starts_with(place)) {
            return;
        }
        let values = certificates(file, out);
        if !values.is_empty() {
            out.observations.push(Observation::new("certificates", file.path, values));
        }
    }
}

/// Two digests for each certificate.
fn certificates(file: &FileView<'_>, out: &mut Findings) -> Vec<String> {
    let mut values = Vec::new();
    let mut text = Sha256::new();
    let mut encoded: Option<String> = None;
    for line in file.bytes.split_inclusive(|&byte| byte == b'\n') {
        text.update(line);
        let plain = line.trim_ascii();
        if BEGINS.contains(&plain) {
            encoded = Some(String::new());
        } else if ENDS.contains(&plain) {
            if !line.ends_with(b"\n") {
                // The makers of bundles add the last newline that a file lacks.
                text.update(b"\n");
            }
            let shown = hex(&text.finalize_reset());
            let bytes = encoded.take().and_then(|encoded| base64::decode(&encoded));
            let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
                out.note(file, Code::MalformedRecord, "a certificate whose base64 is broken");
                return values;
            };
            if values.len() / 2 == MOST {
                out.note(file, Code::LimitExceeded, "more certificates than any bundle has");
                return values;
            }
            values.extend([shown, hex(&Sha256::digest(&bytes))]);
        } else if let Some(encoded) = &mut encoded {
            encoded.push_str(&String::from_utf8_lossy(plain));
        }
    }
    if encoded.is_some() {
        out.note(file, Code::Truncated, "the last certificate is cut");
    }
    values
}
