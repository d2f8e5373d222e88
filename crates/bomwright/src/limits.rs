//! A flag for each limit that keeps hostile input from taking all memory or time.

use bomwright_image::Limits;
use clap::Args;

macro_rules! limits {
    ($($field:ident, $flag:literal, $parse:ident, $about:literal;)+) => {
        /// Limits; what is not named keeps its default.
        #[derive(Debug, Args)]
        pub(crate) struct LimitFlags {
            $(
                #[doc = $about]
                #[arg(long = $flag, value_name = "N", value_parser = $parse, hide_short_help = true,
                      help_heading = "Limits (each is reported when it is hit)")]
                $field: Option<u64>,
            )+
        }

        impl LimitFlags {
            /// The limits to keep.
            pub(crate) fn limits(&self) -> Limits {
                let mut limits = Limits::default();
                $(
                    if let Some(value) = self.$field {
                        // A limit beyond the address space is none.
                        limits.$field = value.try_into().unwrap_or_else(|_| limits.$field);
                    }
                )+
                limits
            }
        }
    };
}

limits! {
    blob_bytes, "max-blob-bytes", bytes, "Bytes of a layer as stored [default: 64GiB]";
    layer_bytes, "max-layer-bytes", bytes, "Bytes of a layer after decompression [default: 64GiB]";
    compression_ratio, "max-ratio", count, "Bytes out for each byte in [default: 2048]";
    layers, "max-layers", count, "Layers of an image [default: 1024]";
    manifest_bytes, "max-manifest-bytes", bytes, "Bytes of an index or manifest [default: 4MiB]";
    config_bytes, "max-config-bytes", bytes, "Bytes of an image configuration [default: 8MiB]";
    manifests, "max-manifests", count, "Manifests in an index [default: 1024]";
    index_depth, "max-index-depth", count, "Indexes inside indexes [default: 4]";
    archive_members, "max-archive-members", count, "Members of the outer archive [default: 100000]";
    entries, "max-entries", count, "Entries of a layer, and paths of the merged tree [default: 5000000]";
    name_bytes, "max-name-bytes", bytes, "Bytes of all names of a layer [default: 512MiB]";
    path_bytes, "max-path-bytes", bytes, "Bytes of a path [default: 4096]";
    component_bytes, "max-component-bytes", bytes, "Bytes of one name [default: 255]";
    path_depth, "max-depth", count, "Components of a path [default: 256]";
    captured_bytes, "max-file-bytes", bytes, "Bytes of a file that is read [default: 1GiB]";
    sparse_bytes, "max-sparse-bytes", bytes, "Bytes of a sparse file that is read [default: 16MiB]";
    sparse_segments, "max-sparse-segments", count, "Segments of a sparse file [default: 65536]";
    pax_bytes, "max-pax-bytes", bytes, "Bytes of one PAX header [default: 1MiB]";
    diagnostics, "max-diagnostics", count, "Diagnostics of a layer [default: 1000]";
}

fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("'{text}' is not a number"))
}

/// A number of bytes, perhaps with one of the suffixes KiB, MiB, GiB.
fn bytes(text: &str) -> Result<u64, String> {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let (digits, shift) =
        units.iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift))).unwrap_or((text, 0));
    count(digits.trim())?.checked_mul(1 << shift).ok_or_else(|| format!("'{text}' is too large"))
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn units_are_powers_of_two() {
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        assert_eq!(bytes("512"), Ok(512));
        assert!(bytes("1GB").is_err());
        assert!(bytes("99999999999GiB").is_err());
    }
}
