//! File formats that more than one ecosystem, or more than one file of an ecosystem, is written in.

pub mod email_headers;
pub mod integrity;
pub mod pep508;
pub mod ruby_gemspec;
pub mod url;
