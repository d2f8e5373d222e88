//! Inventories to and from CycloneDX, SPDX and our own JSON.
