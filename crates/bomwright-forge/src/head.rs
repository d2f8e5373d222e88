//! From the commit at the head of a pull request to its number.
//!
//! A job that may write must not believe a number that a job of a fork wrote into a file. It knows which commit
//! that job ran for, from the forge itself, and looks for the open pull request that has it at its head.

use crate::dialect::{Proposal, proposals_page};
use crate::error::ForgeError;
use crate::session::Client;

/// The number of the open pull request whose head is `sha`, in `repository` if that is given; `None` if there is
/// none, because it was closed or has got a newer commit.
///
/// # Errors
/// [`ForgeError::Ambiguous`] for several, and what requests can fail with.
pub(crate) fn number(
    client: &Client,
    sha: &str,
    repository: Option<&str>,
) -> Result<Option<u64>, ForgeError> {
    let target = client.target();
    let proposals: Vec<Proposal> = client.pages(
        "listing the open pull requests",
        |page| proposals_page(target, page),
        |proposal: &Proposal| is_at(proposal, sha, repository),
    )?;
    match proposals.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.number())),
        several => Err(ForgeError::Ambiguous {
            proposal: target.kind.proposal(),
            count: several.len(),
            sha: sha.to_owned(),
        }),
    }
}

fn is_at(proposal: &Proposal, sha: &str, repository: Option<&str>) -> bool {
    let head = proposal.head.as_ref();
    let found = proposal.sha.as_deref().or_else(|| head?.sha.as_deref());
    let name = head.and_then(|it| it.repo.as_ref()).and_then(|it| it.full_name.as_deref());
    let same_repository = match (repository, name) {
        (Some(wanted), Some(name)) => name.eq_ignore_ascii_case(wanted),
        _ => true,
    };
    proposal.number() > 0 && found.is_some_and(|it| it.eq_ignore_ascii_case(sha)) && same_repository
}
