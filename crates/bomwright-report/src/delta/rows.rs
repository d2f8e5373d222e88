//! Packages as reports list them: those built from one source that changed alike are one row.

use std::collections::HashMap;

use bomwright_diff::{Change, FieldChange, Hint, PackageChange, State};
use bomwright_model::Origin;

/// One row: at least one change, and what its members share.
#[derive(Debug)]
pub(super) struct PackageRow<'a> {
    /// The first member, which speaks for the others.
    pub(super) first: &'a PackageChange,
    /// The source package, or the package itself.
    pub(super) title: &'a str,
    /// All members, the first one too.
    pub(super) members: Vec<&'a PackageChange>,
}

impl<'a> PackageRow<'a> {
    /// How it changed.
    pub(super) const fn change(&self) -> Change {
        self.first.change
    }

    /// The package on the older side, where it is there.
    pub(super) fn before(&self) -> Option<&'a State> {
        self.first.old.as_ref()
    }

    /// The package on the newer side, where it is there.
    pub(super) fn after(&self) -> Option<&'a State> {
        self.first.new.as_ref()
    }

    /// The names of the members, each once.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.members.iter().map(|it| it.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The licences of one side, each once.
    pub(super) fn licenses(&self, side: fn(&PackageChange) -> Option<&State>) -> Vec<&'a str> {
        let states = self.members.iter().filter_map(|it| side(it));
        let mut texts: Vec<&str> = states.flat_map(|it| it.licenses.iter().map(String::as_str)).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    /// What else differs in any member, each once.
    pub(super) fn fields(&self) -> Vec<&'a FieldChange> {
        let mut fields: Vec<_> = self.members.iter().flat_map(|it| &it.fields).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// What it may mean besides.
    pub(super) fn hints(&self) -> Vec<&'a Hint> {
        let mut hints: Vec<_> = self.members.iter().flat_map(|it| &it.hints).collect();
        hints.sort_unstable();
        hints.dedup();
        hints
    }

    /// Whether the licence differs.
    pub(super) fn relicensed(&self) -> bool {
        self.members.iter().any(|it| it.fields.iter().any(|field| field.field == "license"))
    }

    /// Whether something other than where it lies differs though its version does not.
    pub(super) fn altered(&self) -> bool {
        self.members.iter().any(|it| it.fields.iter().any(|field| field.field == "content"))
    }
}

/// The rows of `changes`, in their order.
pub(super) fn package_rows<'a>(changes: impl IntoIterator<Item = &'a PackageChange>) -> Vec<PackageRow<'a>> {
    let mut rows: Vec<PackageRow<'a>> = Vec::new();
    let mut known = HashMap::new();
    for change in changes {
        let title = change.source.as_deref().unwrap_or(&change.name);
        let version = |state: &'a Option<State>| state.as_ref().map(|it| it.version.as_str());
        let key = (
            (change.origin, change.ecosystem.as_str(), title, change.change),
            (version(&change.old), version(&change.new), change.explained_by.as_deref()),
        );
        let index = *known.entry(key).or_insert(rows.len());
        match rows.get_mut(index) {
            Some(row) => row.members.push(change),
            None => rows.push(PackageRow { first: change, title, members: vec![change] }),
        }
    }
    rows
}

/// The rows that the build explains, and that no other package ships.
pub(super) fn real_rows(delta: &bomwright_diff::Delta) -> Vec<PackageRow<'_>> {
    package_rows(delta.real_packages().filter(|it| it.shipped_by.is_none()))
}

/// The rows that the scanner explains.
pub(super) fn explained_rows(delta: &bomwright_diff::Delta) -> Vec<PackageRow<'_>> {
    package_rows(delta.packages.iter().filter(|it| it.explained_by.is_some() && it.shipped_by.is_none()))
}

/// The order in which reports list origins: what needs a look first.
pub(super) const ORIGINS: [Origin; 4] = [Origin::Unknown, Origin::InHouse, Origin::Upstream, Origin::Vendor];

/// What a person calls an origin.
pub(super) const fn origin_title(origin: Origin) -> &'static str {
    match origin {
        Origin::Vendor => "Vendor",
        Origin::Upstream => "Upstream",
        Origin::InHouse => "In-house",
        Origin::Unknown => "Unknown origin",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn packages_of_one_source_that_moved_alike_are_one_row() {
        let delta = sample::delta();
        let rows = real_rows(&delta);
        let row = rows.iter().find(|row| row.title == "openssl").unwrap();
        assert_eq!(row.names(), ["libssl3", "openssl"]);
        assert_eq!(rows.iter().filter(|row| row.title == "openssl").count(), 1);
        let counted: usize = rows.iter().map(|row| row.members.len()).sum();
        let shipped = delta.real_packages().filter(|it| it.shipped_by.is_some()).count();
        assert_eq!(counted + shipped, delta.real_packages().count());
        assert!(rows.iter().all(|row| row.first.explained_by.is_none()));
    }
}
