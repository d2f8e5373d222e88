//! One layer, entry by entry.

use std::io;

use tar::{Archive, Builder, EntryType, Header};

/// A tar that grows entry by entry, with fixed times and owners.
pub struct Layer {
    builder: Builder<Vec<u8>>,
}

impl Default for Layer {
    fn default() -> Self {
        Self { builder: Builder::new(Vec::new()) }
    }
}

impl Layer {
    /// An empty layer.
    pub fn new() -> Self {
        Self::default()
    }

    fn entry(mut self, kind: EntryType, path: &str, mode: u32, link: Option<&str>, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        if let Some(link) = link {
            // Hostile targets are wanted too: the header's own check is passed by.
            set_field(&mut header.as_old_mut().linkname, link);
        }
        set_field(&mut header.as_old_mut().name, path);
        header.set_cksum();
        // Writing to a vector can't fail.
        let _ = self.builder.append(&header, content);
        self
    }

    /// A directory.
    #[must_use]
    pub fn dir(self, path: &str) -> Self {
        self.entry(EntryType::Directory, path, 0o755, None, b"")
    }

    /// A file with mode 0644.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, 0o644, None, content.as_ref())
    }

    /// A file with mode 0755.
    #[must_use]
    pub fn program(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, 0o755, None, content.as_ref())
    }

    /// A file with any mode.
    #[must_use]
    pub fn with_mode(self, path: &str, mode: u32, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, mode, None, content.as_ref())
    }

    /// A program with capabilities: the raw value of the attribute (capabilities(7), "File capabilities"),
    /// as tar programs write extended attributes.
    #[must_use]
    pub fn with_capabilities(mut self, path: &str, raw: &[u8], content: impl AsRef<[u8]>) -> Self {
        // Writing to a vector can't fail.
        let _ = self.builder.append_pax_extensions([("SCHILY.xattr.security.capability", raw)]);
        self.program(path, content)
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, path, 0o777, Some(target), b"")
    }

    /// A hard link.
    #[must_use]
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(EntryType::Link, path, 0o644, Some(target), b"")
    }

    /// The entries of another layer whose paths, without `./` in front, `keep` wants.
    ///
    /// # Errors
    /// When `layer` is no tar.
    pub fn entries_of(mut self, layer: &[u8], keep: impl Fn(&str) -> bool) -> io::Result<Self> {
        for entry in Archive::new(layer).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            let path = path.strip_prefix(".").unwrap_or(&path).to_owned();
            if path.as_os_str().is_empty() || !path.to_str().is_some_and(&keep) {
                continue;
            }
            let mut header = entry.header().clone();
            if let Some(target) = entry.link_name()?.map(std::borrow::Cow::into_owned) {
                self.builder.append_link(&mut header, path, target)?;
            } else {
                self.builder.append_data(&mut header, path, &mut entry)?;
            }
        }
        Ok(self)
    }

    /// The finished tar.
    pub fn tar(self) -> Vec<u8> {
        self.builder.into_inner().unwrap_or_default()
    }
}

fn set_field(field: &mut [u8; 100], text: &str) {
    for (slot, byte) in field.iter_mut().zip(text.bytes()) {
        *slot = byte;
    }
}
