//! What people and bots read: deltas, inventories and image references as text, Markdown, CSV and JSON.
//!
//! Nothing is computed here that another stage could know: each function turns a value into characters.

mod account;
mod account_json;
mod account_text;
mod checked;
mod delta;
mod hostile;
mod html;
mod images_json;
mod images_table;
mod inventory_csv;
mod paint;
mod snapshot;
mod spreadsheet;
mod table;
mod tree;

pub use account::Verification;
pub use account_json::account_json;
pub use account_text::account_text;
pub use checked::{Checked, CheckedFormat};
pub use delta::{
    COMMENT_BUDGET, DELTA_FORMATS, DeltaError, DeltaFormat, RenderError, RenderOptions, delta_json,
    read_delta, render,
};
pub use html::delta_html;
pub use images_json::images_json;
pub use images_table::images_table;
pub use inventory_csv::{CsvError, inventory_csv};
pub use paint::{Paint, clean};
pub use snapshot::{Job, JobError, snapshot};
pub use table::table;
pub use tree::{UnknownPackage, tree, why};
