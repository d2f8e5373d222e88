//! Which files of an inventory get into a document. Documents are read by people and attached to builds, so most leave
//! out the files that a package answers for.

use std::path::Path;

use crate::{File, FileKind, Status};

/// Which files of an inventory a document lists, from few to all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileChoice {
    /// None.
    None,
    /// Programs, libraries, scripts and kernel modules that no package owns, and owned files that were changed.
    #[default]
    Executables,
    /// Those, and every file that a package owns.
    Owned,
    /// Every file.
    All,
}

impl FileChoice {
    /// Every choice, from few files to all.
    pub const ALL: &'static [Self] = &[Self::None, Self::Executables, Self::Owned, Self::All];

    /// The word used on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Executables => "executables",
            Self::Owned => "owned",
            Self::All => "all",
        }
    }

    /// Whether a document lists `file`.
    pub fn holds(self, file: &File) -> bool {
        match self {
            Self::None => false,
            Self::Executables => match file.owner {
                Some(_) => file.is_changed(),
                None => file.can_be_run(),
            },
            Self::Owned => file.owner.is_some() || file.can_be_run(),
            Self::All => true,
        }
    }
}

impl File {
    /// Whether verification found other bytes than its package states.
    pub fn is_changed(&self) -> bool {
        matches!(self.status, Some(Status::Modified | Status::ConfigChanged))
    }

    /// Whether a process or the kernel would run it: all but object files that are no kernel modules.
    pub fn can_be_run(&self) -> bool {
        self.kind != FileKind::Object || Path::new(&self.path).extension().is_some_and(|end| end == "ko")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PackageId;

    #[test]
    fn each_choice_holds_what_those_before_it_hold_and_more() {
        let own = |owner: Option<u32>, status| File {
            owner: owner.map(PackageId),
            status,
            ..File::new("usr/bin/x", FileKind::Executable)
        };
        let files = [
            own(None, None),
            own(Some(0), Some(Status::Modified)),
            File::new("lib/modules/a.ko", FileKind::Object),
            own(Some(0), None),
            own(Some(0), Some(Status::Intact)),
            File { owner: Some(PackageId(0)), ..File::new("a.o", FileKind::Object) },
            File::new("usr/lib/crt1.o", FileKind::Object),
        ];
        let held = FileChoice::ALL
            .iter()
            .map(|choice| files.iter().take_while(|file| choice.holds(file)).count())
            .collect::<Vec<_>>();
        assert_eq!(held, [0, 3, 6, 7]);
        for choice in FileChoice::ALL {
            let count = files.iter().filter(|file| choice.holds(file)).count();
            assert!(held.contains(&count), "{choice:?} holds one of the later files");
        }
    }
}
