//! Deltas and inventories as text, Markdown and JSON.
