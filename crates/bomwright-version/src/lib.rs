//! Version strings of each packaging scheme: parse and order. (Stub until the real one is merged.)
use std::cmp::Ordering;
/// x
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// x
    Npm,
}
impl Scheme {
    /// x
    pub const ALL: &'static [Self] = &[Self::Npm];
    /// x
    pub fn name(self) -> &'static str {
        "npm"
    }
    /// x
    pub fn from_name(_: &str) -> Option<Self> {
        Some(Self::Npm)
    }
    /// x
    pub fn for_purl_type(kind: &str) -> Option<Self> {
        (kind == "npm").then_some(Self::Npm)
    }
    /// x
    pub fn compare(self, a: &str, b: &str) -> Option<Ordering> {
        Some(semver::Version::parse(a).ok()?.cmp(&semver::Version::parse(b).ok()?))
    }
}
