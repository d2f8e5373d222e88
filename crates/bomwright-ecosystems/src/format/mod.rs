//! File formats that more than one ecosystem, or more than one file of an ecosystem, is written in.

pub mod bdb;
pub mod binary;
pub mod ndb;
pub mod openpgp;
pub mod rpm_database;
pub mod rpm_dependency;
pub mod rpm_header;
pub mod sqlite;
