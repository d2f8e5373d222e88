//! Secrets that a package makes at its installation: every container of the image has the same, and so has whoever can
//! pull it. Other private keys are told of wherever they lie, by [`crate::hidden`].

use bomwright_model::FindingSeverity;

use super::rule::{Case, Outcome};

/// The private key of an SSH server; its public half is no secret.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn ssh_host_key(case: &Case<'_, '_>) -> Option<Outcome> {
    let Some(key) = case.world.observed_at("ssh-host-key", &case.entry.path).first() else {
        return Some(case.claimed());
    };
    let message = format!("a private {} key of the SSH server is in the image", key.value(0));
    Some(case.claimed().but(case.finding("ssh-host-key", FindingSeverity::High, message)))
}
