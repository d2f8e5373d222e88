//! I17: an image of a machine says which kernel it boots and what that enforces.
//!
//! The files are those of the readers' fixtures; what they come to is said by the kernel's documentation
//! (admin-guide/LSM, kernel-parameters) and `selinux_config(5)`.

use std::fs;

use bomwright_tests::{Image, Layer};
use serde_json::Value;

use crate::account::{rules, verify};
use crate::workspace::root;

/// A machine that is booted with `line`, and its kernel with a module of its own and one from elsewhere.
fn machine(line: &str) -> Vec<u8> {
    let read = |path: &str| {
        let data = root().join("crates/bomwright-ecosystems/testdata");
        fs::read(data.join(path)).unwrap()
    };
    let kernel = |path: &str| read(&format!("kernel/good/root/{path}"));
    let hardening = |path: &str| read(&format!("hardening/good/root/{path}"));
    let modules = "usr/lib/modules/6.1.0-50-amd64";
    let entry = format!("title Debian\nlinux /boot/vmlinuz-6.1.0-50-amd64\noptions {line}\n");
    ["boot/config-6.1.0-50-amd64", "etc/selinux/config", "etc/selinux/default/policy/policy.33"]
        .iter()
        .fold(Layer::new(), |layer, path| layer.file(path, hardening(path)))
        .file("boot/vmlinuz-6.1.0-50-amd64", kernel("boot/vmlinuz-6.1.0-50-amd64"))
        .file(&format!("{modules}/kernel/a.ko"), kernel(&format!("{modules}/kernel/a.ko")))
        .file(&format!("{modules}/updates/b.ko"), kernel(&format!("{modules}/updates/b.ko")))
        .file("boot/loader/entries/a.conf", entry)
        .tar()
}

fn account(line: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    Image::new([machine(line)]).docker_archive(&folder.path().join("machine.tar")).unwrap();
    verify(folder.path(), "machine.tar", &[]).1
}

#[test]
fn a_machine_says_which_kernel_it_boots_and_what_that_enforces() {
    // The kernel's own order has apparmor before selinux, and only one of the two is activated.
    let plain = account("root=/dev/vda1 ro quiet");
    let kernel = "6.1.0-50-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)";
    assert_eq!(plain["context"]["kernel"], serde_json::json!([kernel]));
    let selinux = |account: &Value| account["context"]["selinux"][0].as_str().unwrap().to_owned();
    assert_eq!(selinux(&plain), "permissive configured, effectively inactive");
    let told = rules(&plain, "/usr/lib/modules/6.1.0-50-amd64/updates/b.ko");
    assert!(told.contains("out-of-tree-module"), "{told:?}");
    assert!(!rules(&plain, "/usr/lib/modules/6.1.0-50-amd64/kernel/a.ko").contains("out-of-tree-module"));

    let chosen = account("root=/dev/vda1 security=selinux");
    assert_eq!(selinux(&chosen), "permissive configured, effectively permissive");
}
