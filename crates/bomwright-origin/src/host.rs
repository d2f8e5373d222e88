//! What an image that runs as a machine enforces: SELinux, AppArmor, FIPS mode, and modules from elsewhere.
//!
//! Files only say what is wished; what holds is decided when the kernel boots. SELinux is active when the kernel
//! was built with it and it is the first of the exclusive security modules in the order that counts
//! (Documentation/admin-guide/LSM, `security/security.c`): `lsm=` of the command line, else `CONFIG_LSM`, from which
//! `security=` takes every other major module away. Only then init loads a policy, in the mode of
//! `etc/selinux/config` unless `enforcing=` says otherwise. In a container the host decides all of this, so
//! without a kernel everything is unknown.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::Observation;

/// Modules of which only one is active (`LSM_FLAG_EXCLUSIVE`), with the option that builds each.
const EXCLUSIVE: &[(&str, &str)] = &[
    ("selinux", "CONFIG_SECURITY_SELINUX"),
    ("smack", "CONFIG_SECURITY_SMACK"),
    ("apparmor", "CONFIG_SECURITY_APPARMOR"),
];
/// Modules that `security=` chooses among (`LSM_FLAG_LEGACY_MAJOR`).
const MAJOR: &[&str] = &["selinux", "smack", "apparmor", "tomoyo"];

/// What is known of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// Installed kernels, sorted. Which one runs is not known.
    pub kernels: Vec<Kernel>,
    /// SELinux.
    pub selinux: Selinux,
    /// AppArmor.
    pub apparmor: AppArmor,
    /// FIPS mode.
    pub fips: Fips,
    /// Modules that were built apart from their kernel, sorted.
    pub out_of_tree_modules: Vec<Module>,
}

/// An installed kernel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kernel {
    /// Its file.
    pub path: String,
    /// As `uname -r` says it.
    pub release: String,
    /// The whole version string.
    pub version: String,
}

/// A kernel module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module {
    /// Its file.
    pub path: String,
    /// What it says of itself, `name=value`.
    pub values: Vec<String>,
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// The file that it was read from; empty for what follows from others.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// SELinux, as wished and as it will be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selinux {
    /// `SELINUX=` as written.
    pub configured: Option<String>,
    /// What holds once the machine runs.
    pub effective: Effective,
    /// Why.
    pub evidence: Vec<Ground>,
}

/// What holds once the machine runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effective {
    /// It enforces.
    Enforcing,
    /// It only tells what it would forbid.
    Permissive,
    /// It is off, or the kernel does not activate it.
    Inactive,
    /// The image does not decide it.
    #[default]
    Unknown,
}

impl Effective {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforcing => "enforcing",
            Self::Permissive => "permissive",
            Self::Inactive => "inactive",
            Self::Unknown => "unknown",
        }
    }
}

/// AppArmor: `Enforcing` means that it is active and enforces those profiles that do not merely complain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppArmor {
    /// Profiles that are installed.
    pub profiles: usize,
    /// Those of them that only complain.
    pub complaining: usize,
    /// What holds once the machine runs.
    pub effective: Effective,
    /// Why.
    pub evidence: Vec<Ground>,
}

/// FIPS mode, as wished and as it will be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fips {
    /// Something in the image is set up for it.
    pub configured: bool,
    /// Whether the kernel enters it; `None` when the image does not decide it.
    pub effective: Option<bool>,
    /// Why.
    pub evidence: Vec<Ground>,
}

/// One way in which the machine may boot.
struct Boot<'a> {
    config: &'a Observation,
    /// Parameters, and the file that names them; empty where none is known.
    parameters: Vec<&'a str>,
    source: Option<&'a str>,
}

/// Works out what `observations` mean together.
pub fn host(observations: &[Observation]) -> Host {
    let of = |kind: &'static str| observations.iter().filter(move |it| it.kind == kind);
    let value = |it: &Observation, index: usize| it.values.get(index).cloned().unwrap_or_default();
    let mut kernels: Vec<Kernel> = of("kernel")
        .map(|it| Kernel { path: it.path.clone(), release: value(it, 0), version: value(it, 1) })
        .collect();
    let mut modules: Vec<Module> = of("out-of-tree-module")
        .map(|it| Module { path: it.path.clone(), values: it.values.clone() })
        .collect();
    kernels.sort();
    modules.sort();
    let boots = boots(observations);
    Host {
        selinux: selinux(observations, &boots),
        apparmor: apparmor(observations, &boots),
        fips: fips(observations, &boots),
        kernels,
        out_of_tree_modules: modules,
    }
}

/// Every kernel configuration with every command line.
fn boots(observations: &[Observation]) -> Vec<Boot<'_>> {
    let of = |kind: &'static str| observations.iter().filter(move |it| it.kind == kind);
    // bootc appends its arguments to every entry.
    let added: Vec<&str> = of("kernel-arguments").flat_map(|it| &it.values).map(String::as_str).collect();
    let added_by = of("kernel-arguments").next().map(|it| it.path.as_str());
    let mut lines: Vec<(Option<&str>, Vec<&str>)> = of("kernel-command-line")
        .map(|it| {
            (Some(it.path.as_str()), it.values.iter().map(String::as_str).chain(added.clone()).collect())
        })
        .collect();
    if lines.is_empty() {
        lines.push((added_by, added));
    }
    lines.sort();
    lines.dedup();
    let configs: BTreeSet<&Observation> = of("kernel-config").collect();
    configs
        .into_iter()
        .flat_map(|config| {
            let boot = move |(source, parameters): &(Option<_>, Vec<_>)| Boot {
                config,
                parameters: parameters.clone(),
                source: *source,
            };
            lines.iter().map(boot).collect::<Vec<_>>()
        })
        .collect()
}

impl Boot<'_> {
    /// An option's value; `None` where it is not set.
    fn option(&self, name: &str) -> Option<&str> {
        let assigned = |it: &&String| it.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        let value = self.config.values.iter().find(assigned)?.split_once('=')?.1;
        Some(value.trim_matches('"'))
    }

    fn is_built_in(&self, name: &str) -> bool {
        self.option(name) == Some("y")
    }

    /// A parameter's value; the last one counts.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
    }

    /// The exclusive module that is activated, with the reason; `Err` where the configuration is too old to
    /// say an order.
    fn exclusive(&self) -> Result<(Option<&str>, Ground), Ground> {
        let config = |text: String| Ground { path: self.config.path.clone(), text };
        let said = self.source.unwrap_or_default().to_owned();
        let security = self.parameter("security");
        let (order, chosen, ground) = match (self.parameter("lsm"), self.option("CONFIG_LSM"), security) {
            // `lsm=` makes `security=` void.
            (Some(order), ..) => (order, None, Ground { path: said, text: format!("lsm={order}") }),
            (None, Some(order), Some(chosen)) => {
                (order, Some(chosen), Ground { path: said, text: format!("security={chosen}") })
            }
            (None, Some(order), None) => (order, None, config(format!("CONFIG_LSM={order}"))),
            // Before Linux 5.1 one module was chosen, at run time or by default.
            (None, None, security) => match (security, self.option("CONFIG_DEFAULT_SECURITY")) {
                (Some(chosen), _) => {
                    (chosen, None, Ground { path: said, text: format!("security={chosen}") })
                }
                (None, Some(default)) => {
                    (default, None, config(format!("CONFIG_DEFAULT_SECURITY={default}")))
                }
                (None, None) => return Err(config("CONFIG_LSM is not set".to_owned())),
            },
        };
        let mut modules: Vec<&str> = order.split(',').map(str::trim).collect();
        if let Some(chosen) = chosen.filter(|it| MAJOR.contains(it)) {
            modules.retain(|it| *it == chosen || !MAJOR.contains(it));
            if !modules.contains(&chosen) {
                modules.push(chosen);
            }
        }
        let first = modules.into_iter().find(|it| {
            let built = EXCLUSIVE.iter().any(|(name, option)| name == it && self.is_built_in(option));
            built && !self.is_switched_off(it)
        });
        Ok((first, ground))
    }

    /// `selinux=0` (if the kernel was built to heed it) and `apparmor=0`.
    fn is_switched_off(&self, module: &str) -> bool {
        let off = |name| self.parameter(name) == Some("0");
        match module {
            "selinux" => off("selinux") && self.is_built_in("CONFIG_SECURITY_SELINUX_BOOTPARAM"),
            "apparmor" => off("apparmor"),
            _ => false,
        }
    }
}

fn selinux(observations: &[Observation], boots: &[Boot<'_>]) -> Selinux {
    let config = observations.iter().find(|it| it.kind == "selinux-config");
    let field = |name: &str| config?.values.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
    let configured = field("SELINUX").map(str::to_lowercase);
    let wanted = field("SELINUXTYPE");
    let policy = observations
        .iter()
        .filter(|it| it.kind == "selinux-policy")
        .find(|it| it.values.first().map(String::as_str) == wanted);
    let mut evidence: BTreeSet<Ground> = BTreeSet::new();
    if let (Some(config), Some(mode)) = (config, &configured) {
        evidence.insert(Ground { path: config.path.clone(), text: format!("SELINUX={mode}") });
    }
    if let Some(policy) = policy {
        let text = format!("a policy of version {}", policy.values.get(1).map_or("", String::as_str));
        evidence.insert(Ground { path: policy.path.clone(), text });
    }
    let effective = agreed(boots, "SELinux", &mut evidence, |boot, evidence| {
        let (active, ground) = match boot.exclusive() {
            Ok(found) => found,
            Err(ground) => {
                evidence.insert(ground);
                let text = "CONFIG_SECURITY_SELINUX is not set".to_owned();
                let built = boot.is_built_in("CONFIG_SECURITY_SELINUX");
                evidence.extend((!built).then(|| Ground { path: boot.config.path.clone(), text }));
                return if built { Effective::Unknown } else { Effective::Inactive };
            }
        };
        evidence.insert(ground);
        if active != Some("selinux") {
            let text =
                format!("the kernel activates {} and not SELinux", active.unwrap_or("no exclusive module"));
            evidence.insert(Ground { path: String::new(), text });
            return Effective::Inactive;
        }
        loaded(boot, configured.as_deref(), policy.is_some(), evidence)
    });
    Selinux { configured, effective, evidence: evidence.into_iter().collect() }
}

/// What init makes of SELinux once the kernel activated it.
fn loaded(
    boot: &Boot<'_>,
    configured: Option<&str>,
    has_policy: bool,
    evidence: &mut BTreeSet<Ground>,
) -> Effective {
    let enforcing =
        boot.parameter("enforcing").filter(|_| boot.is_built_in("CONFIG_SECURITY_SELINUX_DEVELOP"));
    if let Some(value) = enforcing {
        let path = boot.source.unwrap_or_default().to_owned();
        evidence.insert(Ground { path, text: format!("enforcing={value}") });
    }
    let without_policy = || Ground { path: String::new(), text: "there is no policy to load".to_owned() };
    match (configured, enforcing) {
        (Some("disabled") | None, _) => Effective::Inactive,
        _ if !has_policy => {
            evidence.insert(without_policy());
            Effective::Inactive
        }
        (_, Some("0")) => Effective::Permissive,
        (Some("permissive"), None) if boot.is_built_in("CONFIG_SECURITY_SELINUX_DEVELOP") => {
            Effective::Permissive
        }
        // A kernel without that option knows no permissive mode.
        (_, Some(_)) | (Some("enforcing" | "permissive"), None) => Effective::Enforcing,
        (Some(_), None) => Effective::Unknown,
    }
}

fn apparmor(observations: &[Observation], boots: &[Boot<'_>]) -> AppArmor {
    let profiles: Vec<_> = observations.iter().filter(|it| it.kind == "apparmor-profile").collect();
    let mut evidence = BTreeSet::new();
    let effective = agreed(boots, "AppArmor", &mut evidence, |boot, evidence| match boot.exclusive() {
        Ok((active, ground)) => {
            evidence.insert(ground);
            if active == Some("apparmor") { Effective::Enforcing } else { Effective::Inactive }
        }
        Err(ground) => {
            evidence.insert(ground);
            if boot.is_built_in("CONFIG_SECURITY_APPARMOR") {
                Effective::Unknown
            } else {
                Effective::Inactive
            }
        }
    });
    AppArmor {
        profiles: profiles.len(),
        complaining: profiles.iter().filter(|it| it.values.iter().any(|value| value == "complain")).count(),
        effective,
        evidence: evidence.into_iter().collect(),
    }
}

/// The verdict on which every way to boot agrees; `Unknown` where they differ or there is none.
fn agreed(
    boots: &[Boot<'_>],
    what: &str,
    evidence: &mut BTreeSet<Ground>,
    judge: impl Fn(&Boot<'_>, &mut BTreeSet<Ground>) -> Effective,
) -> Effective {
    let mut verdicts: BTreeMap<Effective, &str> = BTreeMap::new();
    for boot in boots {
        verdicts.insert(judge(boot, evidence), boot.source.unwrap_or(&boot.config.path));
    }
    let ground = |text: String| Ground { path: String::new(), text };
    if boots.iter().any(|boot| boot.source.is_none()) {
        let text = "no boot entry is known: taken as if the command line says nothing of it";
        evidence.insert(ground(text.to_owned()));
    }
    match (verdicts.first_key_value(), verdicts.len()) {
        (Some((verdict, _)), 1) => *verdict,
        (None, _) => {
            evidence.insert(ground(format!("no kernel configuration: whoever runs this decides on {what}")));
            Effective::Unknown
        }
        _ => {
            let said: Vec<_> =
                verdicts.iter().map(|(verdict, path)| format!("{} by {path}", verdict.as_str())).collect();
            evidence.insert(ground(format!("the ways to boot differ: {}", said.join(", "))));
            Effective::Unknown
        }
    }
}

/// FIPS mode is entered when `fips=1` tells a kernel that was built for it; that it was is not enough.
fn fips(observations: &[Observation], boots: &[Boot<'_>]) -> Fips {
    let mut evidence = BTreeSet::new();
    for it in observations {
        let policy = it.values.first().is_some_and(|value| value == "FIPS" || value.starts_with("FIPS:"));
        let text = match it.kind.as_str() {
            "fips-mark" => "marks a system in FIPS mode",
            "crypto-policy" if policy => "the policy FIPS",
            _ => continue,
        };
        evidence.insert(Ground { path: it.path.clone(), text: text.to_owned() });
    }
    let mut configured = !evidence.is_empty();
    let mut verdicts = BTreeSet::new();
    for boot in boots {
        let able = boot.is_built_in("CONFIG_CRYPTO_FIPS");
        let asked = boot.parameter("fips").is_some_and(|value| value == "1");
        if asked {
            let path = boot.source.unwrap_or_default().to_owned();
            evidence.insert(Ground { path, text: "fips=1".to_owned() });
        }
        configured |= asked;
        // Marks without a known command line leave it open.
        let open = able && boot.source.is_none() && configured;
        verdicts.insert(if open { None } else { Some(able && asked) });
    }
    let effective = if verdicts.len() == 1 { verdicts.first().copied().flatten() } else { None };
    Fips { configured, effective, evidence: evidence.into_iter().collect() }
}
