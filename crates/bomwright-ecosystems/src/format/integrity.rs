//! Digests as package managers of the web write them: `sha512-<base64>`.
//!
//! The form is that of W3C "Subresource Integrity", section 3.1: several may stand side by side, and options
//! may follow a `?`.

use bomwright_model::Digest;

use super::base64;

/// Every digest in `text` that is well formed, in order.
pub fn digests(text: &str) -> Vec<Digest> {
    text.split_ascii_whitespace().filter_map(digest).collect()
}

fn digest(text: &str) -> Option<Digest> {
    let text = text.split('?').next()?;
    let (algorithm, encoded) = text.split_once('-')?;
    // The longest digest has 64 bytes.
    if encoded.len() > 88 {
        return None;
    }
    let bytes = base64::decode(encoded)?;
    // Checks the algorithm's name and length.
    Digest::from_bytes(algorithm, &bytes).as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_text_s_digests() {
        // FIPS 180-4: SHA-1 and SHA-512 of the empty message, through `openssl dgst -binary | base64`.
        let text = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==?x sha512-AAAA md4-x";
        let found = digests(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].as_str(), "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert!(found[1].as_str().starts_with("sha512:cf83e1357eefb8bdf1542850d66d8007d620e405"));
    }
}
