//! What differs between the APIs: paths, methods, names of fields, paging.
//!
//! - GitHub, REST API: issue comments, `GET /user`, pull requests.
//! - GitLab, REST API v4: notes of merge requests, `GET /user`, `GET /job`, merge requests.
//! - Gitea and Forgejo, API v1: issue comments as GitHub has them; the list of comments comes in one piece from
//!   servers that know no pages there.

use serde::Deserialize;

use crate::kind::ForgeKind;
use crate::target::Target;
use crate::wire::Reply;

/// A comment, or note.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    user: Option<User>,
    /// GitLab's name for it.
    #[serde(default)]
    author: Option<User>,
    #[serde(default)]
    pub(crate) html_url: Option<String>,
    /// GitLab: written by the forge itself, about what happened.
    #[serde(default)]
    pub(crate) system: bool,
}

/// Who wrote it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    #[serde(default)]
    pub(crate) id: Option<i64>,
    /// Not what GitLab calls it; there the number is enough.
    #[serde(default)]
    pub(crate) login: Option<String>,
    /// GitHub: `User` or `Bot`.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
}

/// A pull or merge request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Proposal {
    #[serde(default)]
    number: Option<u64>,
    /// GitLab's name for it.
    #[serde(default)]
    iid: Option<u64>,
    /// GitLab.
    #[serde(default)]
    pub(crate) sha: Option<String>,
    /// The others.
    #[serde(default)]
    pub(crate) head: Option<Head>,
}

/// The head of a pull request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Head {
    #[serde(default)]
    pub(crate) sha: Option<String>,
    #[serde(default)]
    pub(crate) repo: Option<Repository>,
}

/// The repository that the head is in; none once it is deleted.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Repository {
    #[serde(default)]
    pub(crate) full_name: Option<String>,
}

impl Comment {
    /// Who wrote it.
    pub(crate) fn writer(&self) -> Option<&User> {
        self.user.as_ref().or(self.author.as_ref())
    }
}

impl Proposal {
    /// Its number in the project; 0 where the forge gave none.
    pub(crate) fn number(&self) -> u64 {
        self.number.or(self.iid).unwrap_or_default()
    }
}

/// Things that come in pages and have a number of their own.
pub(crate) trait Listed {
    /// The number.
    fn key(&self) -> u64;
}

impl Listed for Comment {
    fn key(&self) -> u64 {
        self.id
    }
}

impl Listed for Proposal {
    fn key(&self) -> u64 {
        self.number()
    }
}

/// How many things a page has. GitLab's notes may be long, so fewer of them are asked for at once.
fn page_size(kind: ForgeKind) -> u32 {
    match kind {
        ForgeKind::GitHub => 100,
        ForgeKind::GitLab => 20,
        ForgeKind::Gitea | ForgeKind::Forgejo => 50,
    }
}

fn paged(kind: ForgeKind, path: &str, query: &str, page: u32) -> String {
    let size = if kind.is_gitea() { "limit" } else { "per_page" };
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{size}={}&page={page}{query}", page_size(kind))
}

/// The path of a repository. GitLab takes the whole path as one part, so its slashes are encoded.
fn repository(target: &Target) -> String {
    match target.kind {
        ForgeKind::GitLab => format!("/projects/{}", target.repository.replace('/', "%2F")),
        _ => format!("/repos/{}", target.repository),
    }
}

/// The path of the comments of a pull request, for creating one.
pub(crate) fn comments(target: &Target, number: u64) -> String {
    let repository = repository(target);
    match target.kind {
        ForgeKind::GitLab => format!("{repository}/merge_requests/{number}/notes"),
        _ => format!("{repository}/issues/{number}/comments"),
    }
}

/// The path of one page of them, the oldest first.
pub(crate) fn comments_page(target: &Target, number: u64, page: u32) -> String {
    let order = if target.kind == ForgeKind::GitLab { "&sort=asc&order_by=created_at" } else { "" };
    paged(target.kind, &comments(target, number), order, page)
}

/// The path of one comment.
pub(crate) fn comment(target: &Target, number: u64, id: u64) -> String {
    match target.kind {
        ForgeKind::GitLab => format!("{}/{id}", comments(target, number)),
        _ => format!("{}/issues/comments/{id}", repository(target)),
    }
}

/// The path of one page of the open pull requests.
pub(crate) fn proposals_page(target: &Target, page: u32) -> String {
    let repository = repository(target);
    match target.kind {
        ForgeKind::GitLab => {
            paged(target.kind, &format!("{repository}/merge_requests?state=opened"), "", page)
        }
        _ => paged(target.kind, &format!("{repository}/pulls?state=open"), "", page),
    }
}

/// Whether another page follows, given how many things were seen so far and whether this page brought a new one.
pub(crate) fn has_next(reply: &Reply, seen: usize, brought_new: bool) -> bool {
    if !brought_new {
        return false; // The end, or a server that gives the same page again and again.
    }
    if let Some(next) = reply.header("x-next-page") {
        return !next.trim().is_empty();
    }
    if let Some(links) = reply.header("link") {
        // RFC 8288. Only whether there is a next page is taken from it, not its address.
        return links.split(',').any(|link| link.split(';').skip(1).any(is_next));
    }
    let total = reply.header("x-total-count").and_then(|it| it.trim().parse::<usize>().ok());
    total.is_some_and(|total| seen < total)
}

fn is_next(parameter: &str) -> bool {
    let parameter = parameter.trim();
    parameter == "rel=next" || parameter == "rel=\"next\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Subject;
    use crate::url::ApiUrl;

    fn target(kind: ForgeKind, repository: &str) -> Target {
        let api = ApiUrl::parse("https://git.example", false).unwrap();
        Target { kind, api, repository: repository.into(), subject: Subject::Number(7) }
    }

    #[test]
    fn paths_are_those_of_the_documentation() {
        let hub = target(ForgeKind::GitHub, "acme/shop");
        assert_eq!(comments_page(&hub, 7, 2), "/repos/acme/shop/issues/7/comments?per_page=100&page=2");
        assert_eq!(comment(&hub, 7, 9), "/repos/acme/shop/issues/comments/9");
        assert_eq!(proposals_page(&hub, 1), "/repos/acme/shop/pulls?state=open&per_page=100&page=1");
        let lab = target(ForgeKind::GitLab, "acme/web/shop");
        assert_eq!(comments(&lab, 7), "/projects/acme%2Fweb%2Fshop/merge_requests/7/notes");
        assert_eq!(comment(&lab, 7, 9), "/projects/acme%2Fweb%2Fshop/merge_requests/7/notes/9");
        let tea = target(ForgeKind::Forgejo, "acme/shop");
        assert_eq!(comments_page(&tea, 7, 1), "/repos/acme/shop/issues/7/comments?limit=50&page=1");
    }

    #[test]
    fn each_way_of_paging_ends() {
        let next =
            |headers: &[(&'static str, &str)], seen| has_next(&Reply::made(200, headers, ""), seen, true);
        let link = "<https://x/?page=1>; rel=\"prev\", <https://x/?page=3>; rel=\"next\"";
        assert!(next(&[("link", link)], 100));
        assert!(!next(&[("link", "<https://x/?page=1>; rel=\"first\"")], 100));
        assert!(next(&[("x-next-page", "2")], 20));
        assert!(!next(&[("x-next-page", ""), ("link", link)], 20));
        assert!(next(&[("x-total-count", "51")], 50));
        assert!(!next(&[("x-total-count", "50")], 50));
        assert!(!next(&[], 50));
        assert!(!has_next(&Reply::made(200, &[("x-next-page", "2")], ""), 20, false), "nothing new");
    }
}
