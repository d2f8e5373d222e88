//! What observations mean together, against what the kernel's documentation (admin-guide/LSM, kernel-parameters)
//! and `selinux_config(5)` say. The values of the Debian host are those of its files, read with grep.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use bomwright_model::Observation;
use bomwright_origin::{Effective, Host, host};

/// `CONFIG_LSM` of linux-image-6.1.0-50-amd64.
const DEBIAN: &str =
    "CONFIG_LSM=\"landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf\"";
/// `CONFIG_LSM` of Fedora's and RHEL's kernels, as far as it matters here.
const FEDORA: &str = "CONFIG_LSM=\"lockdown,yama,integrity,selinux,bpf,landlock\"";

fn seen(kind: &str, path: &str, values: &[&str]) -> Observation {
    Observation {
        kind: kind.into(),
        path: path.into(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

/// A root file system with SELinux's policy, whose kernel has this order of modules, booted with `lines`.
fn machine(order: &str, mode: &str, lines: &[&str]) -> Vec<Observation> {
    let config = [
        order,
        "CONFIG_SECURITY_SELINUX=y",
        "CONFIG_SECURITY_SELINUX_DEVELOP=y",
        "CONFIG_SECURITY_APPARMOR=y",
        "CONFIG_CRYPTO_FIPS=y",
    ];
    let mut all = vec![
        seen("kernel-config", "boot/config-6.1.0-50-amd64", &config),
        seen("selinux-config", "etc/selinux/config", &[&format!("SELINUX={mode}"), "SELINUXTYPE=default"]),
        seen("selinux-policy", "etc/selinux/default/policy/policy.33", &["default", "33"]),
    ];
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        all.push(seen("kernel-command-line", "boot/grub/grub.cfg", &words));
    }
    all
}

fn selinux(order: &str, mode: &str, lines: &[&str]) -> Effective {
    host(&machine(order, mode, lines)).selinux.effective
}

fn grounds(host: &Host) -> Vec<&str> {
    host.selinux.evidence.iter().map(|it| it.text.as_str()).collect()
}

#[test]
fn a_debian_host_does_not_activate_selinux_by_its_configuration() {
    let found = host(&machine(DEBIAN, "permissive", &[]));
    assert_eq!(found.selinux.configured.as_deref(), Some("permissive"));
    assert_eq!(found.selinux.effective, Effective::Inactive);
    assert!(grounds(&found).iter().any(|it| it.contains("activates apparmor")), "{:?}", grounds(&found));
    assert_eq!(found.apparmor.effective, Effective::Enforcing);
    // A kernel that could enter FIPS mode is not in it.
    assert_eq!((found.fips.configured, found.fips.effective), (false, Some(false)));
}

#[test]
fn security_selinux_makes_it_permissive_as_configured() {
    let line = "root=/dev/vda1 ro security=selinux";
    let found = host(&machine(DEBIAN, "permissive", &[line]));
    assert_eq!(found.selinux.effective, Effective::Permissive);
    assert_eq!(found.apparmor.effective, Effective::Inactive);
    assert_eq!(selinux(DEBIAN, "enforcing", &[line]), Effective::Enforcing);
    assert_eq!(selinux(DEBIAN, "disabled", &[line]), Effective::Inactive);
}

#[test]
fn parameters_decide_as_the_kernel_says() {
    assert_eq!(selinux(FEDORA, "enforcing", &[]), Effective::Enforcing);
    assert_eq!(selinux(FEDORA, "enforcing", &["enforcing=0"]), Effective::Permissive);
    assert_eq!(selinux(FEDORA, "permissive", &["enforcing=1"]), Effective::Enforcing);
    // Without CONFIG_SECURITY_SELINUX_BOOTPARAM nobody heeds selinux=0.
    assert_eq!(selinux(FEDORA, "enforcing", &["selinux=0"]), Effective::Enforcing);
    let mut heeding = machine(FEDORA, "enforcing", &["selinux=0"]);
    heeding[0].values.push("CONFIG_SECURITY_SELINUX_BOOTPARAM=y".into());
    assert_eq!(host(&heeding).selinux.effective, Effective::Inactive);
    // lsm= makes security= void; apparmor=0 frees the place.
    assert_eq!(selinux(DEBIAN, "enforcing", &["lsm=yama,apparmor security=selinux"]), Effective::Inactive);
    assert_eq!(selinux(DEBIAN, "enforcing", &["lsm=yama,selinux,apparmor"]), Effective::Enforcing);
    assert_eq!(selinux(DEBIAN, "enforcing", &["apparmor=0"]), Effective::Enforcing);
    assert_eq!(selinux(FEDORA, "enforcing", &["security=apparmor"]), Effective::Inactive);
}

#[test]
fn without_a_policy_nothing_is_loaded() {
    let mut all = machine(FEDORA, "enforcing", &[]);
    all.retain(|it| it.kind != "selinux-policy");
    assert_eq!(host(&all).selinux.effective, Effective::Inactive);
    // A policy of another type is none that is asked for.
    all.push(seen("selinux-policy", "etc/selinux/mls/policy/policy.33", &["mls", "33"]));
    assert_eq!(host(&all).selinux.effective, Effective::Inactive);
}

#[test]
fn a_container_image_leaves_it_to_its_host() {
    let found = host(&[seen("selinux-config", "etc/selinux/config", &["SELINUX=enforcing"])]);
    assert_eq!(found.selinux.configured.as_deref(), Some("enforcing"));
    assert_eq!(found.selinux.effective, Effective::Unknown);
    assert_eq!(found.apparmor.effective, Effective::Unknown);
    assert_eq!(found.fips.effective, None);
    assert_eq!(host(&[]).selinux.evidence.len(), 1, "says why");
}

#[test]
fn ways_to_boot_that_differ_leave_it_open() {
    let found = host(&machine(DEBIAN, "permissive", &["ro quiet", "ro security=selinux"]));
    assert_eq!(found.selinux.effective, Effective::Unknown);
    assert!(grounds(&found).iter().any(|it| it.contains("differ")));
    let same = host(&machine(DEBIAN, "permissive", &["ro quiet", "ro single"]));
    assert_eq!(same.selinux.effective, Effective::Inactive);
}

#[test]
fn old_kernels_choose_one_module() {
    let mut old = machine("CONFIG_DEFAULT_SECURITY=\"selinux\"", "enforcing", &[]);
    assert_eq!(host(&old).selinux.effective, Effective::Enforcing);
    old[0].values.remove(0);
    assert_eq!(host(&old).selinux.effective, Effective::Unknown);
    old[0].values.clear();
    assert_eq!(host(&old).selinux.effective, Effective::Inactive);
}

#[test]
fn fips_mode_needs_the_parameter() {
    let marks = [
        seen("fips-mark", "etc/system-fips", &[]),
        seen("crypto-policy", "etc/crypto-policies/state/current", &["FIPS"]),
    ];
    let fips = |lines: &[&str]| {
        let mut all = machine(FEDORA, "enforcing", lines);
        all.extend(marks.clone());
        host(&all).fips
    };
    assert_eq!(fips(&["fips=1"]).effective, Some(true));
    assert_eq!((fips(&["quiet"]).configured, fips(&["quiet"]).effective), (true, Some(false)));
    assert_eq!(fips(&[]).effective, None, "marks, but no boot entry is known");
    let default = [seen("crypto-policy", "etc/crypto-policies/state/current", &["DEFAULT"])];
    assert!(!host(&default).fips.configured);
}

#[test]
fn arguments_of_bootc_and_kernels_and_modules_are_kept() {
    let mut all = machine(FEDORA, "enforcing", &[]);
    all.push(seen("kernel-arguments", "usr/lib/bootc/kargs.d/10-fips.toml", &["fips=1", "enforcing=0"]));
    let version = "6.1.0-50-amd64 (x) #1 SMP Debian 6.1.176-1 (2026-07-02)";
    all.push(seen("kernel", "boot/vmlinuz-6.1.0-50-amd64", &["6.1.0-50-amd64", version]));
    all.push(seen("out-of-tree-module", "usr/lib/modules/6.1.0-50-amd64/extra/x.ko", &["signed=no"]));
    all.push(seen("apparmor-profile", "etc/apparmor.d/a", &[]));
    all.push(seen("apparmor-profile", "etc/apparmor.d/b", &["complain"]));
    let found = host(&all);
    assert_eq!((found.fips.effective, found.selinux.effective), (Some(true), Effective::Permissive));
    assert_eq!(found.kernels[0].version, version);
    assert_eq!(found.out_of_tree_modules[0].values, ["signed=no"]);
    assert_eq!((found.apparmor.profiles, found.apparmor.complaining), (2, 1));
}
