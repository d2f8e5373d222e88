//! Settings that harden the machine that an image runs as: SELinux, AppArmor, FIPS, module signatures.
//!
//! Files: `etc/selinux/config` (`selinux_config(5)`) and policies, kernel configurations, kernel command lines of
//! boot loaders (GRUB, the UAPI group's Boot Loader Specification, `etc/kernel/cmdline`, bootc's `kargs.d`),
//! AppArmor profiles, and the marks of FIPS mode. Each gives an observation of what it says; what they mean
//! together is worked out later.
//!
//! No packages, no edges. It can't see unified kernel images, nor what a boot loader is told by hand.

use bomwright_model::Code;

use crate::format;
use crate::{Claim, Ecosystem, FileView, Findings};

const NAME: &str = "hardening";

/// The first bytes of a kernel policy (`POLICYDB_MAGIC`, little endian).
const POLICY: &[u8] = b"\x8c\xff\x7c\xf9";
/// Entries of a boot loader's configuration that are read.
const MOST_ENTRIES: usize = 256;
/// Longest command line (`COMMAND_LINE_SIZE` of the largest architectures).
const LONGEST: usize = 8_192;
/// Options of a kernel's configuration that are kept: their beginnings.
const OPTIONS: &[&str] = &[
    "CONFIG_LSM=",
    "CONFIG_SECURITY_SELINUX=",
    "CONFIG_SECURITY_SELINUX_BOOTPARAM=",
    "CONFIG_SECURITY_SELINUX_DEVELOP=",
    "CONFIG_SECURITY_APPARMOR=",
    "CONFIG_SECURITY_SMACK=",
    "CONFIG_SECURITY_LOCKDOWN_LSM=",
    "CONFIG_DEFAULT_SECURITY=",
    "CONFIG_DEFAULT_SECURITY_",
    "CONFIG_CRYPTO_FIPS=",
    "CONFIG_MODULE_SIG=",
    "CONFIG_MODULE_SIG_FORCE=",
];

/// See the module.
pub(crate) struct Hardening;

impl Ecosystem for Hardening {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "settings of SELinux, AppArmor and FIPS, kernel configurations and command lines"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path("etc/selinux/config").up_to(1),
                Claim::magic(POLICY).up_to(128),
                Claim::beginning("boot", "config-").up_to(4),
                // Below `lib/modules`, in directories that are named as releases of Fedora's and RHEL's kernels are.
                Claim::inside("config", ".x86_64").up_to(4),
                Claim::inside("config", ".aarch64").up_to(4),
                Claim::inside("config", ".ppc64le").up_to(4),
                Claim::inside("config", ".s390x").up_to(4),
                Claim::path("boot/grub/grub.cfg").up_to(4),
                Claim::path("boot/grub2/grub.cfg").up_to(4),
                Claim::path("boot/grub2/grubenv").up_to(1),
                Claim::within("boot/loader/entries", ".conf").up_to(1),
                Claim::path("etc/kernel/cmdline").up_to(1),
                Claim::path("usr/lib/kernel/cmdline").up_to(1),
                Claim::path("etc/default/grub").up_to(1),
                Claim::within("usr/lib/bootc/kargs.d", ".toml").up_to(1),
                Claim::within("etc/apparmor.d", "").up_to(4),
                Claim::path("etc/system-fips").up_to(1),
                Claim::path("etc/crypto-policies/state/current").up_to(1),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        match (file.path, file.parent(), file.name()) {
            ("etc/system-fips", ..) => out.observe(file, "fips-mark", Vec::new()),
            _ if file.bytes.starts_with(POLICY) => policy(file, out),
            ("etc/selinux/config", ..) => {
                let text = format::text(file, out);
                let values = assignments(&text, &["SELINUX", "SELINUXTYPE"]);
                out.observe(file, "selinux-config", values);
            }
            ("etc/crypto-policies/state/current", ..) => {
                let text = format::text(file, out);
                let values = text.lines().next().map(|line| line.trim().to_owned()).into_iter().collect();
                out.observe(file, "crypto-policy", values);
            }
            ("etc/default/grub", ..) => {
                let text = format::text(file, out);
                let wanted = ["GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"];
                out.observe(file, "boot-defaults", assignments(&text, &wanted));
            }
            (_, "etc/apparmor.d", _) => profile(file, out),
            (_, "usr/lib/bootc/kargs.d", _) => kargs(file, out),
            (_, "boot", _) => kernel_config(file, out),
            (path, _, "config") => {
                if path.starts_with("lib/modules/") || path.starts_with("usr/lib/modules/") {
                    kernel_config(file, out);
                }
            }
            _ => command_lines(file, out),
        }
    }
}

/// A policy that init loads: `etc/selinux/TYPE/policy/policy.VERSION`.
fn policy(file: &FileView<'_>, out: &mut Findings) {
    let kind = file.path.strip_prefix("etc/selinux/").and_then(|rest| rest.split_once("/policy/policy."));
    if let Some((kind, version)) = kind.filter(|(kind, _)| !kind.contains('/')) {
        out.observe(file, "selinux-policy", vec![kind.to_owned(), version.to_owned()]);
    }
}

/// The assignments of `names`, as `NAME=value` without quotes and comments; the last of each counts.
fn assignments(text: &str, names: &[&str]) -> Vec<String> {
    let value = |name: &str| {
        text.lines().rev().find_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            (key.trim_end() == name).then(|| {
                let value = value.trim();
                let quoted = ['"', '\''].iter().find_map(|quote| {
                    value.strip_prefix(*quote)?.split_once(*quote).map(|(inside, _)| inside)
                });
                let plain = value.split('#').next().unwrap_or_default().trim_end();
                format!("{name}={}", quoted.unwrap_or(plain))
            })
        })
    };
    names.iter().filter_map(|name| value(name)).collect()
}

fn kernel_config(file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    // The options that a configuration says are not set are as good as absent.
    let kept = |line: &&str| OPTIONS.iter().any(|option| line.starts_with(option));
    let values: Vec<String> = text
        .lines()
        .map(str::trim_end)
        .filter(kept)
        .filter(|it| it.len() <= LONGEST)
        .map(str::to_owned)
        .collect();
    if values.is_empty() && !text.contains("CONFIG_") {
        if !text.trim().is_empty() {
            out.note(file, Code::MalformedFile, "a kernel configuration without options");
        }
        return;
    }
    out.observe(file, "kernel-config", values);
}

/// One observation for each command line that a boot loader may use.
fn command_lines(file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let found: Vec<&str> = match file.name() {
        "grub.cfg" => text.lines().filter_map(grub_entry).collect(),
        "grubenv" => text.lines().filter_map(|line| line.strip_prefix("kernelopts=")).collect(),
        "cmdline" => text.lines().next().into_iter().collect(),
        _ => text
            .lines()
            .filter_map(|line| {
                let (key, value) = line.trim().split_once([' ', '\t'])?;
                (key == "options").then_some(value)
            })
            .collect(),
    };
    if found.len() > MOST_ENTRIES {
        out.note(file, Code::LimitExceeded, format!("more than {MOST_ENTRIES} boot entries"));
    }
    for line in found.into_iter().take(MOST_ENTRIES).filter(|line| line.len() <= LONGEST) {
        let values = line.split_ascii_whitespace().map(str::to_owned).collect();
        out.observe(file, "kernel-command-line", values);
    }
}

/// What follows the kernel's path in `linux /vmlinuz root=…` (GRUB manual, "linux").
fn grub_entry(line: &str) -> Option<&str> {
    let (command, rest) = line.trim().split_once([' ', '\t'])?;
    let is_linux = matches!(command, "linux" | "linux16" | "linuxefi");
    let rest = rest.trim_start();
    is_linux.then(|| rest.split_once([' ', '\t']).map_or("", |(_, parameters)| parameters))
}

/// `kargs = ["…"]` (bootc, "Kernel arguments").
fn kargs(file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let Ok(table) = text.parse::<toml::Table>() else {
        if !text.trim().is_empty() {
            out.note(file, Code::MalformedFile, "no TOML");
        }
        return;
    };
    let list = table.get("kargs").and_then(toml::Value::as_array);
    let values = list.into_iter().flatten().filter_map(toml::Value::as_str);
    let values: Vec<String> = values.flat_map(str::split_ascii_whitespace).map(str::to_owned).collect();
    if !values.is_empty() {
        out.observe(file, "kernel-arguments", values);
    }
}

/// A profile of AppArmor; `flags=(complain)` makes it one that only tells (apparmor.d(5)).
fn profile(file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let complains = text.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| {
        line.split_once("flags=(").is_some_and(|(_, rest)| {
            rest.split(')').next().is_some_and(|flags| flags.split([',', ' ']).any(|flag| flag == "complain"))
        })
    });
    let values = if complains { vec!["complain".to_owned()] } else { Vec::new() };
    out.observe(file, "apparmor-profile", values);
}
