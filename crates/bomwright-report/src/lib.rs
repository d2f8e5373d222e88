//! What people and bots read: deltas, inventories and image references as text, Markdown and JSON.
//!
//! Nothing is computed here that another stage could know: each function turns a value into characters.

mod account;
mod account_json;
mod account_text;
mod delta_json;
mod delta_markdown;
mod delta_text;
mod images_json;
mod images_table;
mod paint;
mod table;
mod tree;

pub use account::Verification;
pub use account_json::account_json;
pub use account_text::account_text;
pub use delta_json::{DeltaError, delta_json, read_delta};
pub use delta_markdown::delta_markdown;
pub use delta_text::delta_text;
pub use images_json::images_json;
pub use images_table::images_table;
pub use paint::{Paint, clean};
pub use table::table;
pub use tree::{UnknownPackage, tree, why};
