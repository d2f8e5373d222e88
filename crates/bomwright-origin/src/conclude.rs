//! Who supplies a package whose metadata have no field for that, and what licence holds for what another package ships.
//!
//! Whoever checks an SBOM asks for the supplier of everything (NTIA: who "creates, defines, and identifies" it). Most language
//! packages name an author, a repository or at least a namespace instead. What follows from those is kept apart from what is
//! stated, as the property [`Package::SUPPLIER_CONCLUDED`], with the rule in [`Package::SUPPLIER_FROM`]. Nothing is concluded
//! about what is the team's own, which the team declares, nor about what nobody knows.

use bomwright_model::{Inventory, License, LicenseKind, LinkKind, Origin, Package, PackageId};

use crate::policy::place_of;
use crate::rules::FORGES;

/// Concludes suppliers and licences where `inventory`, whose packages have their origins, states none.
pub fn conclude(inventory: &mut Inventory) {
    let concluded: Vec<_> = inventory
        .packages
        .iter()
        .map(|package| (supplier(inventory, package), licenses(inventory, package)))
        .collect();
    for (package, (supplier, licenses)) in inventory.packages.iter_mut().zip(concluded) {
        if let Some((text, rule)) = supplier {
            package.set_property(Package::SUPPLIER_CONCLUDED, text);
            package.set_property(Package::SUPPLIER_FROM, rule);
        }
        package.licenses.extend(licenses);
    }
}

/// The supplier of `package` and the rule that gives it; `None` where one is stated or nothing tells.
fn supplier(inventory: &Inventory, package: &Package) -> Option<(String, &'static str)> {
    let origin = package.origin.as_ref()?.origin;
    if package.supplier.is_some() || !matches!(origin, Origin::Upstream | Origin::Vendor) {
        return None;
    }
    let author = || {
        let author = package.originator.clone()?;
        let page = repository(package).and_then(|owner| Some(owner.split_once(" <")?.1.to_owned()));
        Some(match page {
            Some(page) if !author.contains('@') && !author.contains("://") => format!("{author} <{page}"),
            _ => author,
        })
    };
    let shipper = || shipper(inventory, package.shipped_by)?.supplier.clone();
    let rules: [(&dyn Fn() -> Option<String>, &str); 6] = [
        (&author, "author"),
        (&shipper, "shipped-by"),
        (&|| repository(package), "repository"),
        (&|| home(package), "home-page"),
        (&|| namespace(package), "namespace"),
        (&|| registry(package), "registry"),
    ];
    rules.into_iter().find_map(|(rule, name)| Some((rule()?, name)))
}

/// The package that holds all the others that ship this one.
fn shipper(inventory: &Inventory, by: Option<PackageId>) -> Option<&Package> {
    inventory.package(by?)
}

/// The owner of the repository: of a link to a forge, or of a namespace that is one.
fn repository(package: &Package) -> Option<String> {
    let links = [LinkKind::Vcs, LinkKind::Home, LinkKind::Issues].into_iter().flat_map(|kind| {
        package.links.iter().filter(move |link| link.kind == kind).map(|link| link.url.as_str())
    });
    let full_name = package.full_name();
    links.chain([full_name.as_str()]).find_map(|address| {
        // Maven writes `scm:git:https://…`, npm `git+https://…`.
        let address =
            address.strip_prefix("scm:").and_then(|rest| rest.split_once(':')).map_or(address, |it| it.1);
        let address = address.trim_start_matches("git+");
        let place = place_of(address)?;
        let mut parts = place.split('/');
        let (host, owner) = (parts.next()?.trim_start_matches("www."), parts.next()?);
        let is_owner = FORGES.contains(&host) && parts.next().is_some() && !owner.is_empty();
        is_owner.then(|| format!("{} <https://{host}/{owner}>", owner.trim_start_matches('~')))
    })
}

/// The host of the project's page.
fn home(package: &Package) -> Option<String> {
    let page = package.links.iter().find(|link| link.kind == LinkKind::Home && link.url.contains("://"))?;
    let place = place_of(&page.url)?;
    let host = place.split('/').next()?;
    host.contains('.').then(|| format!("{} <{}>", host.trim_start_matches("www."), page.url))
}

/// The namespace. The path of a Go module is an address without its scheme (Go modules reference, "Module paths").
fn namespace(package: &Package) -> Option<String> {
    let namespace = package.namespace.as_deref().filter(|text| !text.is_empty())?;
    let host = namespace.split('/').next().filter(|host| package.ecosystem == "golang" && host.contains('.'));
    Some(match host {
        Some(host) => format!("{host} <https://{}>", package.full_name()),
        None => namespace.to_owned(),
    })
}

/// The registry that the package is recorded to come from.
fn registry(package: &Package) -> Option<String> {
    let download = package.links.iter().find(|link| link.kind == LinkKind::Download);
    let address = package.properties.get("resolved").or(download.map(|link| &link.url));
    let place = place_of(address.filter(|address| address.starts_with("https://"))?)?;
    let host = place.split('/').next()?;
    Some(format!("{host} <https://{host}>"))
}

/// The licences of the OS package that ships `package`, where nothing else tells one: its copyright file speaks for all that it
/// holds.
fn licenses(inventory: &Inventory, package: &Package) -> Vec<License> {
    if !package.licenses.is_empty() {
        return Vec::new();
    }
    let Some(shipper) = shipper(inventory, package.shipped_by) else { return Vec::new() };
    let database = shipper.evidence.first().map(|evidence| evidence.path.clone());
    let found = shipper.licenses.iter().map(|license| License {
        kind: LicenseKind::Found,
        path: license.path.clone().or_else(|| database.clone()),
        ..license.clone()
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Confidence, Evidence, Source, SourceKind, Verdict};

    use super::*;

    fn package(namespace: Option<&str>, name: &str, origin: Origin) -> Package {
        let mut package = Package::new("npm", name, "1");
        package.namespace = namespace.map(str::to_owned);
        package.origin = Some(Verdict { origin, confidence: Confidence::High, reasons: Vec::new() });
        package
    }

    fn concluded(packages: Vec<Package>) -> Vec<Option<String>> {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() });
        inventory.packages = packages;
        conclude(&mut inventory);
        inventory.packages.iter().map(|it| it.properties.get(Package::SUPPLIER_CONCLUDED).cloned()).collect()
    }

    #[test]
    fn the_first_of_author_repository_page_namespace_and_registry_counts() {
        let with = |kind, url: &str| {
            let mut package = package(None, "a", Origin::Upstream);
            package.add_link(kind, url);
            package
        };
        let mut author = with(LinkKind::Vcs, "https://github.com/owner/a");
        author.originator = Some("Jane <jane@doe.example>".to_owned());
        let mut recorded = package(None, "p", Origin::Upstream);
        recorded.set_property("resolved", "https://registry.npmjs.org/p/-/p-1.tgz");
        let mut module = package(Some("golang.org/x"), "sys", Origin::Upstream);
        module.ecosystem = "golang".to_owned();
        let mut nameless = with(LinkKind::Vcs, "git://github.com/owner/a.git");
        nameless.originator = Some("Joe".to_owned());
        let all = concluded(vec![
            author,
            nameless,
            with(LinkKind::Vcs, "git+https://github.com/owner/a.git"),
            with(LinkKind::Vcs, "scm:git:https://gitlab.com/group/sub/a"),
            with(LinkKind::Home, "https://www.a.example/start"),
            with(LinkKind::Vcs, "https://github.com/about"),
            package(Some("github.com/spf13"), "cobra", Origin::Upstream),
            module,
            package(Some("@babel"), "core", Origin::Upstream),
            recorded,
            package(None, "nothing", Origin::Upstream),
        ]);
        let expected = [
            Some("Jane <jane@doe.example>"),
            Some("Joe <https://github.com/owner>"),
            Some("owner <https://github.com/owner>"),
            Some("group <https://gitlab.com/group>"),
            Some("a.example <https://www.a.example/start>"),
            None,
            Some("spf13 <https://github.com/spf13>"),
            Some("golang.org <https://golang.org/x/sys>"),
            Some("@babel"),
            Some("registry.npmjs.org <https://registry.npmjs.org>"),
            None,
        ];
        assert_eq!(all.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nothing_is_concluded_where_one_is_stated_or_the_team_or_nobody_knows() {
        let mut stated = package(Some("@a"), "a", Origin::Upstream);
        stated.supplier = Some("A".to_owned());
        let all = concluded(vec![
            stated,
            package(Some("@a"), "b", Origin::InHouse),
            package(Some("@a"), "c", Origin::Unknown),
        ]);
        assert_eq!(all, [None, None, None]);
    }

    #[test]
    fn what_an_os_package_ships_has_its_supplier_and_its_licence() {
        let mut debian = package(None, "python3-certifi", Origin::Vendor);
        debian.supplier = Some("Debian Python Team <team@tracker.debian.org>".to_owned());
        debian.licenses = vec![
            License::found("MPL-2.0", "usr/share/doc/python3-certifi/copyright"),
            License::declared("MIT"),
        ];
        debian.evidence = vec![Evidence::new("var/lib/dpkg/status", "deb")];
        let mut shipped = package(None, "certifi", Origin::Vendor);
        shipped.shipped_by = Some(PackageId(0));
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() });
        inventory.packages = vec![debian, shipped];
        conclude(&mut inventory);
        let shipped = inventory.packages.last().unwrap();
        assert_eq!(
            shipped.properties[Package::SUPPLIER_CONCLUDED],
            "Debian Python Team <team@tracker.debian.org>"
        );
        assert_eq!(shipped.properties[Package::SUPPLIER_FROM], "shipped-by");
        let licenses = [
            License::found("MPL-2.0", "usr/share/doc/python3-certifi/copyright"),
            License::found("MIT", "var/lib/dpkg/status"),
        ];
        assert_eq!(shipped.licenses, licenses);
    }
}
