//! How much of a hostile image is read before giving up, as numbers that a caller can change.

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Upper bounds for everything that an image can make large.
///
/// Hitting one is never silent: it is an [`crate::ImageError::Limit`] (or a [`crate::TarError`]) where
/// nothing behind it can be read, else a diagnostic with the code `limit-exceeded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a layer as stored. Default 64 GiB; error.
    pub blob_bytes: u64,
    /// Bytes of a layer after decompression. Default 64 GiB; error.
    pub layer_bytes: u64,
    /// Bytes out for each byte in, looked at once a layer has given 256 MiB. Deflate cannot exceed 1032, so
    /// more is zstd and meant to hurt. Default 2048; error.
    pub compression_ratio: u64,
    /// Layers of an image. Default 1024; error.
    pub layers: usize,
    /// Bytes of an index or manifest. Default 4 MiB, the size that registries must accept
    /// (OCI distribution-spec, "Pushing Manifests"); error.
    pub manifest_bytes: u64,
    /// Bytes of an image configuration. Default 8 MiB; error.
    pub config_bytes: u64,
    /// Manifests in an index with everything nested in it. Default 1024; error.
    pub manifests: usize,
    /// Indexes inside indexes. Default 4; error.
    pub index_depth: usize,
    /// Members of the outer archive. Default 100,000; error.
    pub archive_members: usize,
    /// Entries of a layer, and paths of the merged tree. Default 5,000,000; diagnostic.
    pub entries: usize,
    /// Bytes of all names and link targets of a layer, and of the merged tree. Default 512 MiB; diagnostic.
    pub name_bytes: usize,
    /// Bytes of a path or of a link's target. Default 4096, Linux' `PATH_MAX`; diagnostic.
    pub path_bytes: usize,
    /// Bytes between two slashes. Default 255, Linux' `NAME_MAX`; diagnostic.
    pub component_bytes: usize,
    /// Components of a path. Default 256; diagnostic.
    pub path_depth: usize,
    /// Bytes of a file that is handed to a visitor, whatever the visitor asks for. Default 1 GiB; diagnostic.
    pub captured_bytes: u64,
    /// Bytes of a sparse file, holes included, that is handed to a visitor. Default 16 MiB; diagnostic.
    pub sparse_bytes: u64,
    /// Zeros that are hashed for the holes of all sparse files of a layer together, where the facts of files
    /// are wanted. Default 4 GiB, some seconds of work; diagnostic.
    pub hole_bytes: u64,
    /// Segments of a sparse file. Default 65,536; error.
    pub sparse_segments: usize,
    /// Bytes of one PAX header or GNU long name. Default 1 MiB; error.
    pub pax_bytes: u64,
    /// Diagnostics of a layer, and of the merge. Default 1000; one more says how many were left out.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            blob_bytes: 64 * GIB,
            layer_bytes: 64 * GIB,
            compression_ratio: 2048,
            layers: 1024,
            manifest_bytes: 4 * MIB,
            config_bytes: 8 * MIB,
            manifests: 1024,
            index_depth: 4,
            archive_members: 100_000,
            entries: 5_000_000,
            name_bytes: 512 << 20,
            path_bytes: 4096,
            component_bytes: 255,
            path_depth: 256,
            captured_bytes: GIB,
            sparse_bytes: 16 * MIB,
            hole_bytes: 4 * GIB,
            sparse_segments: 65_536,
            pax_bytes: MIB,
            diagnostics: 1000,
        }
    }
}
