//! Our own JSON, `bomwright-inventory/1`: everything that an inventory holds, and nothing else.
//!
//! Packages, files and layers are referred to by their positions. The wire types are apart from the model's,
//! so that the model can change without the format changing. `docs/bomwright-inventory-1.schema.json` is
//! the format's JSON Schema and `docs/json.md` describes it. The reader is strict: an unknown key, an unknown
//! word and a position that leads nowhere are errors.

mod decode;
mod encode;
mod wire;
mod word;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

/// The value of the key `schema`.
pub(crate) const SCHEMA: &str = "bomwright-inventory/1";
