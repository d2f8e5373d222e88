//! The value of the extended attribute `security.capability` (Linux, `struct vfs_cap_data` and `vfs_ns_cap_data` of
//! `linux/capability.h`).

use std::fmt;

/// `VFS_CAP_REVISION_MASK`.
const REVISION: u32 = 0xff00_0000;
/// `VFS_CAP_FLAGS_EFFECTIVE`.
const EFFECTIVE: u32 = 1;

/// The capabilities by number, as `linux/capability.h` of Linux 6.1 has them, without `CAP_`.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
    "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
    "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
    "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
    "checkpoint_restore",
];

/// What a file's capabilities are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Capabilities {
    permitted: u64,
    inheritable: u64,
    /// They are in force from the start, without the program asking.
    effective: bool,
    /// The user that is root in the namespace for which they count.
    root: Option<u32>,
}

impl Capabilities {
    /// Reads a value; `None` when its size does not fit its revision or the revision is none of 1 to 3.
    pub(super) fn decode(raw: &[u8]) -> Option<Self> {
        let (words, rest) = raw.as_chunks::<4>();
        if !rest.is_empty() {
            return None;
        }
        let words: Vec<u32> = words.iter().take(7).map(|word| u32::from_le_bytes(*word)).collect();
        let pair = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
        let (&magic, data) = words.split_first()?;
        let (permitted, inheritable, root) = match (magic & REVISION, data) {
            (0x0100_0000, &[permitted, inheritable]) => (u64::from(permitted), u64::from(inheritable), None),
            (0x0200_0000, &[p0, i0, p1, i1]) => (pair(p0, p1), pair(i0, i1), None),
            (0x0300_0000, &[p0, i0, p1, i1, root]) => (pair(p0, p1), pair(i0, i1), Some(root)),
            _ => return None,
        };
        Some(Self { permitted, inheritable, effective: magic & EFFECTIVE != 0, root })
    }

    /// The names of all of them, in the order of their numbers; a number where it has no name yet.
    pub(super) fn names(&self) -> Vec<String> {
        let all = self.permitted | self.inheritable;
        let set = (0..64_usize).filter(|number| all >> number & 1 == 1);
        set.map(|number| NAMES.get(number).map_or_else(|| number.to_string(), |name| (*name).to_owned()))
            .collect()
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the capabilities {}", self.names().join(", "))?;
        if self.effective {
            f.write_str(" at once")?;
        }
        if self.permitted == 0 {
            f.write_str(" if inherited")?;
        }
        match self.root {
            Some(root) if root != 0 => write!(f, " where user {root} is root"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &[u8]) -> Option<Vec<String>> {
        Capabilities::decode(raw).map(|it| it.names())
    }

    #[test]
    fn the_three_revisions() {
        // `setcap cap_net_raw+ep ping; getfattr -e hex -n security.capability ping` gives
        // 0x0100000200200000000000000000000000000000.
        let ping = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(names(&ping).unwrap(), ["net_raw"]);
        assert_eq!(Capabilities::decode(&ping).unwrap().to_string(), "the capabilities net_raw at once");
        let first = [0, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(names(&first).unwrap(), ["setuid"]);
        let mut third = ping;
        third[3] = 3;
        third[12] = 1 << 7;
        let third: Vec<u8> = third.into_iter().chain([0xe8, 3, 0, 0]).collect();
        assert_eq!(names(&third).unwrap(), ["net_raw", "bpf"]);
        assert!(Capabilities::decode(&third).unwrap().to_string().ends_with("where user 1000 is root"));
    }

    #[test]
    fn sizes_must_fit() {
        for bad in [&[][..], &[1, 0, 0, 2], &[0; 20], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0xff; 400]]
        {
            assert_eq!(Capabilities::decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_without_a_name() {
        let mut raw = [0; 20];
        raw[3] = 2;
        raw[15] = 0x80;
        assert_eq!(names(&raw).unwrap(), ["63"]);
        assert_eq!(NAMES.len(), 41);
    }
}
