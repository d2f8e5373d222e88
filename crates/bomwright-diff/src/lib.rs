//! Two inventories to a delta, and policy decisions on a delta.
