//! Private keys of an SSH server that were baked into an image: whoever has the image can pose as every server that
//! is made from it.
//!
//! Files: `etc/ssh/ssh_host_*_key` (sshd(8)), in the form of OpenSSH or of RFC 7468.
//!
//! Observation `ssh-host-key`: the key's type as the file's name says it. The key itself never leaves the file.
//!
//! No packages, no edges.

use bomwright_model::{Code, Observation};

use crate::{Claim, Ecosystem, FileView, Findings};

/// See the module.
pub(crate) struct SshHostKey;

impl Ecosystem for SshHostKey {
    fn name(&self) -> &'static str {
        "ssh-host-key"
    }

    fn about(&self) -> &'static str {
        "private keys of an SSH server that were baked into the image"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::within("etc/ssh", "_key").up_to(1)] }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let name = file.name().strip_prefix("ssh_host_").and_then(|name| name.strip_suffix("_key"));
        let Some(kind) = name.filter(|_| !file.bytes.is_empty()) else { return };
        let first = file.bytes.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        if first.starts_with(b"-----BEGIN ") && first.ends_with(b"PRIVATE KEY-----") {
            out.observations.push(Observation::new("ssh-host-key", file.path, [kind]));
        } else {
            out.note(file, Code::MalformedFile, "not a private key in any known form");
        }
    }
}
