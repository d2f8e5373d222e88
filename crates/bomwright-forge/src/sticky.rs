//! One comment, whatever happened before: the heart of this crate.
//!
//! Two jobs may do this at the same time. Each creates a comment when it saw none, and looks again after that;
//! whoever sees two keeps the one with the lowest number, gives it the text and deletes the rest. Both do so in
//! the same way, so that one is left, with the text of one of them.

use serde_json::json;
use ureq::http::Method;

use crate::comment::{CommentId, says_the_same};
use crate::dialect::{self, Comment};
use crate::error::ForgeError;
use crate::head;
use crate::identity::{self, Identity};
use crate::kind::ForgeKind;
use crate::session::{Attempt, Client};
use crate::target::Subject;
use crate::wire::Reply;

/// How often to start over when others change the comments meanwhile.
const MOST_ROUNDS: u32 = 3;
/// What is left of a comment that has nothing to say.
const NOTHING: &str = "Nothing to report any more.";

const LISTING: &str = "listing the comments";
const CREATING: &str = "creating the comment";
const UPDATING: &str = "updating the comment";
const DELETING: &str = "deleting the comment";

/// What to do with a comment when there is nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenEmpty {
    /// Delete it.
    #[default]
    Delete,
    /// Shorten it to one line.
    Minimise,
    /// Leave it.
    Keep,
}

/// What was done, or would be in a dry run; with the comment's address where the forge tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A comment was created.
    Created(Option<String>),
    /// Its text was changed.
    Updated(Option<String>),
    /// It said the same already.
    Unchanged(Option<String>),
    /// It was shortened to one line.
    Minimised(Option<String>),
    /// It was deleted.
    Deleted,
    /// There is nothing to say, and it was left.
    Kept(Option<String>),
    /// There is nothing to say, and no comment.
    Nothing,
    /// No open pull request has the commit at its head: it was closed, or has got a newer one.
    Outdated,
}

impl Client {
    /// Makes the comment `id` say `body`, or nothing.
    ///
    /// In: Markdown without the hidden line; `None`, or nothing but blanks, for nothing to say. Out: what was done.
    /// API: GitHub "REST API endpoints for issue comments", GitLab "Notes API", Gitea "issue" of its API v1.
    ///
    /// # Errors
    /// [`ForgeError::TooLong`] before any request; everything else comes from the forge or the way to it.
    pub fn upsert(
        &self,
        id: &CommentId,
        body: Option<&str>,
        when_empty: WhenEmpty,
    ) -> Result<Outcome, ForgeError> {
        let body = body.filter(|it| !it.trim().is_empty());
        let text = body.map(|it| id.compose(self.target().kind, it)).transpose()?;
        let me = identity::of(self)?;
        let number = match &self.target().subject {
            Subject::Number(number) => *number,
            Subject::Head { sha, repository } => match head::number(self, sha, repository.as_deref())? {
                Some(number) => number,
                None => return Ok(Outcome::Outdated),
            },
        };
        let sticky = Sticky { client: self, number, id, me };
        for _ in 0..MOST_ROUNDS {
            let done = match &text {
                Some(text) => sticky.say(text)?,
                None => sticky.fall_silent(when_empty)?,
            };
            if let Some(outcome) = done {
                return Ok(outcome);
            }
        }
        Err(ForgeError::Unsettled)
    }
}

struct Sticky<'a> {
    client: &'a Client,
    number: u64,
    id: &'a CommentId,
    me: Identity,
}

/// How a change went.
enum Change {
    Done,
    /// The comment is gone.
    Gone,
    /// It is not ours after all.
    NotOurs,
}

/// What became of our comments.
enum United {
    /// One is left, and says what it should.
    Done(Outcome),
    /// The one that should have stayed is gone.
    Gone,
    /// There is none that can be changed.
    NotOurs,
}

impl Sticky<'_> {
    /// Our comments, the oldest first.
    fn ours(&self) -> Result<Vec<Comment>, ForgeError> {
        let target = self.client.target();
        let mut ours = self.client.pages(
            LISTING,
            |page| dialect::comments_page(target, self.number, page),
            |comment: &Comment| {
                let marked = comment.body.as_deref().is_some_and(|body| self.id.marks(body));
                marked && !comment.system && self.me.may_be(comment.writer())
            },
        )?;
        ours.sort_by_key(|it| it.id);
        Ok(ours)
    }

    /// Makes one comment say `text`; `None` when someone else interfered.
    fn say(&self, text: &str) -> Result<Option<Outcome>, ForgeError> {
        let known = self.ours()?;
        match self.unite(&known, text, Outcome::Updated)? {
            United::Done(outcome) => return Ok(Some(outcome)),
            United::Gone => return Ok(None),
            United::NotOurs => {}
        }
        if self.client.is_dry_run() {
            return Ok(Some(Outcome::Created(None)));
        }
        // What is known by now is not ours: it could not be changed.
        let created = self.create(text, &known)?;
        let mut ours = self.ours()?;
        ours.retain(|it| known.iter().all(|other| other.id != it.id));
        if let Some(created) = created.filter(|it| ours.iter().all(|other| other.id != it.id)) {
            // A list may lag behind what was just written.
            ours.push(created);
            ours.sort_by_key(|it| it.id);
        }
        Ok(match self.unite(&ours, text, Outcome::Created)? {
            United::Done(outcome) => Some(outcome),
            United::Gone | United::NotOurs => None,
        })
    }

    /// The oldest of `ours` that can be changed says `text`, the others go.
    fn unite(
        &self,
        ours: &[Comment],
        text: &str,
        outcome: impl Fn(Option<String>) -> Outcome,
    ) -> Result<United, ForgeError> {
        for (index, comment) in ours.iter().enumerate() {
            let same = comment.body.as_deref().is_some_and(|body| says_the_same(body, text));
            let change = if same { Change::Done } else { self.update(comment.id, text)? };
            match change {
                Change::NotOurs => {}
                Change::Gone => return Ok(United::Gone),
                Change::Done => {
                    for other in ours.iter().skip(index + 1) {
                        self.delete(other.id)?;
                    }
                    let url = address(comment);
                    let unchanged = same && matches!(outcome(None), Outcome::Updated(_));
                    let outcome = if unchanged { Outcome::Unchanged(url) } else { outcome(url) };
                    return Ok(United::Done(outcome));
                }
            }
        }
        Ok(United::NotOurs)
    }

    /// Nothing to say; `None` when someone else interfered.
    fn fall_silent(&self, when_empty: WhenEmpty) -> Result<Option<Outcome>, ForgeError> {
        let ours = self.ours()?;
        let Some(first) = ours.first() else { return Ok(Some(Outcome::Nothing)) };
        match when_empty {
            WhenEmpty::Keep => Ok(Some(Outcome::Kept(address(first)))),
            WhenEmpty::Delete => {
                let mut outcome = Outcome::Nothing;
                for comment in &ours {
                    if !matches!(self.delete(comment.id)?, Change::NotOurs) {
                        outcome = Outcome::Deleted;
                    }
                }
                Ok(Some(outcome))
            }
            WhenEmpty::Minimise => {
                let text = self.id.compose(self.client.target().kind, NOTHING)?;
                let same = first.body.as_deref().is_some_and(|body| says_the_same(body, &text));
                let done = self.unite(&ours, &text, Outcome::Minimised)?;
                Ok(match done {
                    United::NotOurs => Some(Outcome::Nothing),
                    United::Gone => None,
                    United::Done(Outcome::Minimised(url)) if same => Some(Outcome::Unchanged(url)),
                    United::Done(outcome) => Some(outcome),
                })
            }
        }
    }

    /// Creates a comment. A try that may have worked is never repeated before looking whether it has; `known` are
    /// the comments from before, which could not be changed.
    fn create(&self, text: &str, known: &[Comment]) -> Result<Option<Comment>, ForgeError> {
        let target = self.client.target();
        let url = format!("{}{}", target.api.as_str(), dialect::comments(target, self.number));
        let body = json!({ "body": text }).to_string();
        let mut tries = 0;
        loop {
            tries += 1;
            match self.client.once(CREATING, &Method::POST, &url, Some(body.as_bytes()), tries)? {
                Attempt::Answer(reply) if reply.is_fine() => {
                    return self.client.read(CREATING, &reply).map(Some);
                }
                Attempt::Answer(reply) => return Err(self.client.refused(CREATING, &reply, true)),
                Attempt::Later(reason, wait) => self.client.wait(CREATING, tries, &reason, wait)?,
            }
            if self.ours()?.iter().any(|it| known.iter().all(|old| old.id != it.id)) {
                return Ok(None);
            }
        }
    }

    fn update(&self, comment: u64, text: &str) -> Result<Change, ForgeError> {
        let method = if self.client.target().kind == ForgeKind::GitLab { Method::PUT } else { Method::PATCH };
        let body = json!({ "body": text }).to_string();
        self.change(UPDATING, &method, comment, Some(body.as_bytes()))
    }

    fn delete(&self, comment: u64) -> Result<Change, ForgeError> {
        self.change(DELETING, &Method::DELETE, comment, None)
    }

    fn change(
        &self,
        action: &str,
        method: &Method,
        comment: u64,
        body: Option<&[u8]>,
    ) -> Result<Change, ForgeError> {
        if self.client.is_dry_run() {
            return Ok(Change::Done);
        }
        let path = dialect::comment(self.client.target(), self.number, comment);
        let reply: Reply = self.client.call(action, method, &path, body)?;
        match reply.status {
            _ if reply.is_fine() => Ok(Change::Done),
            404 | 410 => Ok(Change::Gone),
            403 if !self.me.is_sure() => Ok(Change::NotOurs),
            _ => Err(self.client.refused(action, &reply, true)),
        }
    }
}

/// The comment's address, where the API gives one that can be printed.
fn address(comment: &Comment) -> Option<String> {
    let url = comment.html_url.as_deref()?;
    (url.len() < 500 && url.bytes().all(|it| it.is_ascii_graphic())).then(|| url.to_owned())
}
