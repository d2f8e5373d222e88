//! Keeps one comment of ours on a pull or merge request: made once, then changed in place, taken away when there
//! is nothing to say.
//!
//! [`Target`] says which forge, repository and pull request, from flags or from what CI sets; it is pure.
//! [`Token`] is what the environment gives to sign in with. A [`Client`] has both and a [`Clock`], and
//! [`Client::upsert`] does the work: it finds our comment by the hidden line of its [`CommentId`] among the
//! comments that our own user wrote, and creates, changes or deletes it.
//!
//! The network is the difficult part, so it is treated with care: requests are repeated after rate limits, server
//! errors and lost connections, within a bound on tries and on time; creating is never repeated blindly; two jobs
//! that create at once end up with one comment; and the token goes to no host but that of the API.
//!
//! This crate knows nothing of packages: it posts the Markdown that it is given.

mod clock;
mod comment;
mod dialect;
mod error;
mod event;
mod head;
mod identity;
mod kind;
mod retry;
mod session;
mod sticky;
mod target;
mod token;
mod url;
mod wire;

pub use clock::{Clock, SystemClock};
pub use comment::CommentId;
pub use error::ForgeError;
pub use kind::ForgeKind;
pub use session::{Client, Options};
pub use sticky::{Outcome, WhenEmpty};
pub use target::{Given, Subject, Surroundings, Target};
pub use token::Token;
pub use url::ApiUrl;
