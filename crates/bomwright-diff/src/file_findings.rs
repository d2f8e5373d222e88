//! What of a file that differs needs a decision.

use bomwright_model::{FindingSeverity as Severity, GateRule as Rule, Origin, Status};

use crate::findings::Gathered;
use crate::{Change, FileChange, FileRole, FileState, FindingSubject};

/// Adds what there is to say of `file`; nothing of one that left.
pub(crate) fn of(out: &mut Gathered, file: &FileChange) {
    let Some(now) = &file.new else { return };
    let place = file.layer.as_ref().map_or(String::new(), |layer| {
        let instruction = layer.instruction.as_deref().unwrap_or_default();
        format!("layer {} {instruction}", layer.index).trim_end().to_owned()
    });
    let owner = now.owner.as_deref().map_or("no package owns it".to_owned(), |owner| format!("of {owner}"));
    let word = if file.change == Change::Added { "new" } else { "changed" };
    let mut about = About { out, file, state: now, place, owner, word };
    about.rights();
    let differs = |names: &[&str]| file.fields.iter().any(|field| names.contains(&field.field.as_str()));
    let content = file.change == Change::Added || differs(&["content", "link", "kind"]);
    if now.status == Some(Status::Modified) {
        if content || differs(&["status"]) {
            about.modified();
        }
        return;
    }
    let packaged = now.owner.is_some() && now.status != Some(Status::ConfigChanged);
    if content && !packaged {
        for role in &file.roles {
            about.role(*role);
        }
    }
}

struct About<'a> {
    out: &'a mut Gathered,
    file: &'a FileChange,
    state: &'a FileState,
    place: String,
    owner: String,
    word: &'static str,
}

impl About<'_> {
    fn add(&mut self, rule: Rule, severity: Severity, what: &str) {
        let message = format!("{}: {what}", self.word);
        let subject = FindingSubject::Path(self.file.path.clone());
        self.out.add(rule, severity, subject, message, self.place.clone());
    }

    /// Bits of the mode that it has now and had not before.
    fn gained(&self) -> u32 {
        let octal = |state: &FileState| state.mode.as_deref().and_then(|it| u32::from_str_radix(it, 8).ok());
        let before = self.file.old.as_ref().and_then(octal).unwrap_or(0);
        octal(self.state).unwrap_or(0) & !before
    }

    fn rights(&mut self) {
        let (gained, roles) = (self.gained(), &self.file.roles);
        let owner = self.owner.clone();
        if gained & 0o6000 != 0 && roles.contains(&FileRole::Setuid) {
            let mode = self.state.mode.as_deref().unwrap_or_default();
            let what = format!("it runs with its owner's rights ({mode}), {owner}");
            self.add(Rule::Setuid, Severity::Critical, &what);
        }
        if gained & 0o002 != 0 && roles.contains(&FileRole::WorldWritable) {
            self.add(Rule::WorldWritable, Severity::Medium, &format!("everybody may write it, {owner}"));
        }
        let before = self.file.old.as_ref().and_then(|state| state.capabilities.as_ref());
        if self.state.capabilities.is_some() && before != self.state.capabilities.as_ref() {
            self.add(Rule::Capabilities, Severity::High, &format!("it runs with capabilities, {owner}"));
        }
    }

    fn modified(&mut self) {
        let is_program = self.file.roles.contains(&FileRole::Executable);
        let severity = if is_program { Severity::Critical } else { Severity::High };
        let what = format!("not as its package made it, {}", self.owner);
        self.add(Rule::VendorModified, severity, &what);
    }

    fn role(&mut self, role: FileRole) {
        let (gate, severity, what) = match role {
            FileRole::Executable => return self.program(),
            FileRole::Certificate => {
                (Rule::Certificate, Severity::High, "a certificate authority that is trusted")
            }
            FileRole::AuthorizedKeys => (Rule::AuthorizedKeys, Severity::Critical, "keys that may log in"),
            FileRole::Cron => (Rule::Cron, Severity::High, "run by the clock"),
            FileRole::SystemdUnit => (Rule::SystemdUnit, Severity::Medium, "a unit of systemd"),
            FileRole::Sudoers => (Rule::Sudoers, Severity::Critical, "rights of other users"),
            _ => return,
        };
        self.add(gate, severity, what);
    }

    fn program(&mut self) {
        let unknown = self.file.origin == Origin::Unknown;
        let severity = if unknown { Severity::High } else { Severity::Medium };
        let what = format!("a program that no package owns ({})", self.file.origin.as_str());
        self.add(Rule::UnownedExecutable, severity, &what);
        if unknown {
            self.add(Rule::UnknownOrigin, Severity::High, "a program that nothing explains");
        }
    }
}
