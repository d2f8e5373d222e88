//! People and organisations, with the addresses at which they can be asked.

use bomwright_model::{LinkKind, Package};

use crate::cyclonedx::wire_out as wire;
use crate::{actor, address};

pub(super) fn contact(text: &str) -> wire::Contact<'_> {
    let (name, email) = actor::split(text);
    wire::Contact { name: Some(name), email }
}

pub(super) fn entity(text: &str) -> wire::Entity<'_> {
    let (name, page) = actor::split_web(text);
    let (name, email) = actor::split(name);
    let contact = email.map(|email| wire::Contact { name: None, email: Some(email) });
    wire::Entity { name: Some(name), url: page.into_iter().collect(), contact: contact.into_iter().collect() }
}

/// Who can be asked about a package, where BSI TR-03183-2 looks for it (section 8.2): its author by address, else the
/// project's page, else the supplier by address. It says again what other members say.
pub(super) fn creator(package: &Package) -> Option<wire::Entity<'_>> {
    let reachable = |text| Some(entity(text)).filter(|one| !(one.url.is_empty() && one.contact.is_empty()));
    let author = package.originator.as_deref();
    let page = || {
        let of = |kind| {
            let links = package.links.iter().filter(move |link| link.kind == kind);
            // npm writes `git+https://…`.
            let mut pages = links.map(|link| link.url.strip_prefix("git+").unwrap_or(&link.url));
            pages.find(|page| address::is_web_page(page))
        };
        let page = of(LinkKind::Home).or_else(|| of(LinkKind::Vcs))?;
        Some(wire::Entity { name: author, url: vec![page], contact: Vec::new() })
    };
    author.and_then(reachable).or_else(page).or_else(|| package.any_supplier().and_then(reachable))
}
