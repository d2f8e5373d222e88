//! Inert values that every stage shares, so that no stage needs to know another.
//!
//! Nothing here reads, writes, decides or renders. The types derive `serde` so that the extractor can keep
//! a layer's findings in its cache; they are not a wire format. The formats that people read live in
//! `bomwright-document` and `bomwright-report`, each with types of its own.

mod account;
mod declared;
mod diagnostic;
mod document;
mod evidence;
mod file;
mod file_choice;
mod finding;
mod gates;
mod graph;
mod image;
mod inventory;
mod join;
mod license;
mod listed;
mod observation;
mod origin;
mod package;
mod purl;
mod signature;

pub use account::{Content, Count, Difference, EntryKind, FileAccount, Form, Status, Tier, TreeEntry};
pub use declared::{Declared, DeclaredPart};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use document::{DocumentFacts, Field, FieldSet, Item, ItemKind, Presence};
pub use evidence::{Digest, Evidence, InvalidDigest};
pub use file::{Elf, File, FileId, FileKind};
pub use file_choice::FileChoice;
pub use finding::{Finding, FindingSeverity, Subject};
pub use gates::{GateRule, Gates, Waiver};
pub use graph::{Edge, EdgeKind, Graph, GraphError, Node, Scope};
pub use image::{Distribution, HistoryEntry, Image, Layer, LayerId, LayerPart, Material, Source, SourceKind};
pub use inventory::{Inventory, Tool};
pub use join::{Member, join};
pub use license::{License, LicenseKind};
pub use listed::{Account, Checksum, FileFlags, Listed};
pub use observation::Observation;
pub use origin::{Confidence, Origin, Reason, Verdict};
pub use package::{Link, LinkKind, Package, PackageId, PackageKind, SourcePackage};
pub use purl::{Purl, PurlError};
pub use signature::{HeaderIntegrity, HeaderSignature, MessageDigest, SignedHeader};
