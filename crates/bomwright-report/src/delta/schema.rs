//! `docs/bomwright-delta-1.schema.json` against the deltas that it describes.
