//! A delta in which everything occurs, made by hand.

use std::collections::BTreeMap;

use bomwright_diff::{
    Change, Comparability, Decision, Delta, DeltaFinding, EdgeChange, FieldChange, FieldKind, FileChange,
    FileRole, FileState, FindingSubject, Gap, GapKind, GraphDelta, Hint, HintKind, ImageChange, ImageDelta,
    Instances, LayerChange, LayerNote, Outcome, PackageChange, SCHEMA, Side, State, Step, Summary, TextDiff,
    UsedWaiver, Why,
};
use bomwright_model::{EdgeKind, FindingSeverity, Origin, Scope, Status};

/// A change of `what`, `ecosystem/name`, from version `old` to `new`; an empty one is not there.
pub(super) fn package(change: Change, origin: Origin, what: &str, old: &str, new: &str) -> PackageChange {
    let (ecosystem, name) = what.split_once('/').unwrap();
    let state = |version: &str| {
        (!version.is_empty()).then(|| State {
            version: version.to_owned(),
            purl: Some(format!("pkg:{what}@{version}")),
            licenses: vec!["MIT".to_owned()],
            ..State::default()
        })
    };
    let (old, new) = (state(old), state(new));
    PackageChange {
        change,
        step: None,
        purl: new.as_ref().or(old.as_ref()).and_then(|it| it.purl.clone()),
        ecosystem: ecosystem.to_owned(),
        name: name.to_owned(),
        origin,
        source: None,
        shipped_by: None,
        old,
        new,
        fields: Vec::new(),
        instances: None,
        why: Why::default(),
        new_dependencies: Vec::new(),
        layer: None,
        hints: Vec::new(),
        explained_by: None,
    }
}

/// A finding of `rule` about `subject`.
pub(super) fn finding(
    number: u32,
    rule: &str,
    severity: FindingSeverity,
    subject: FindingSubject,
) -> DeltaFinding {
    DeltaFinding {
        id: format!("F-{number:012x}"),
        rule: rule.to_owned(),
        severity,
        subject,
        message: "seen for the first time".to_owned(),
        place: "layer 5 RUN make install".to_owned(),
        gate: true,
        waived: None,
    }
}

fn field(field: &str, old: &str, new: &str) -> FieldChange {
    FieldChange { field: field.into(), old: old.into(), new: new.into() }
}

fn layer(index: u32, instruction: &str) -> LayerNote {
    LayerNote { index, instruction: Some(instruction.into()), base: Some(index == 0) }
}

fn packages() -> Vec<PackageChange> {
    let mut openssl = package(Change::Upgraded, Origin::Vendor, "deb/openssl", "3.0.15-1", "3.0.16-1");
    openssl.layer = Some(layer(0, "ADD rootfs.tar /"));
    openssl.step = Some(Step::Patch);
    let mut libssl =
        PackageChange { name: "libssl3".into(), source: Some("openssl".into()), ..openssl.clone() };
    libssl.purl = Some("pkg:deb/libssl3@3.0.16-1".into());
    let rebuilt = package(Change::Rebuilt, Origin::Vendor, "deb/gzip", "1.12-1", "1.12-1+b1");
    let mut altered = package(Change::Changed, Origin::Vendor, "deb/tar", "1.34", "1.34");
    altered.fields = vec![field("content", "sha256:aa", "sha256:bb")];
    let mut axios = package(Change::Added, Origin::Upstream, "npm/axios", "", "1.7.2");
    axios.why = Why { path: vec!["shop".into()], ..Why::default() };
    axios.hints = vec![Hint {
        kind: HintKind::Replacement,
        other: "request 2.88.2".into(),
        evidence: "both are asked for by shop".into(),
    }];
    let mut follow = package(Change::Added, Origin::Upstream, "npm/follow-redirects", "", "1.16.3");
    follow.why = Why {
        path: vec!["shop".into(), "axios".into()],
        sole: Some("axios".into()),
        introducers: 2,
        gone_because: None,
    };
    let mut cryptography =
        package(Change::Downgraded, Origin::Upstream, "pypi/cryptography", "42.0.5", "41.0.7");
    cryptography.step = Some(Step::Major);
    if let Some(state) = cryptography.new.as_mut() {
        state.direct = true;
        state.location = Some("opt/venv/cryptography-41.0.7.dist-info".into());
        state.scope = Some(Scope::Runtime);
        state.architecture = Some("amd64".into());
        state.size = Some(7);
    }
    let mut husky = package(Change::Upgraded, Origin::Upstream, "npm/husky", "4.0.0", "5.0.0");
    husky.fields = vec![field("license", "MIT", "GPL-3.0-only")];
    husky.new.as_mut().unwrap().licenses = vec!["GPL-3.0-only".into()];
    husky.new_dependencies = vec!["plain-crypto-js".into()];
    let mut qs = package(Change::Removed, Origin::Upstream, "npm/qs", "6.5.5", "");
    qs.instances = Some(Instances { old: vec!["6.5.5".into(), "6.11.0".into()], new: vec!["6.11.0".into()] });
    qs.why.gone_because = Some("request 2.88.2".into());
    let money = package(Change::Added, Origin::InHouse, "npm/@shop/money", "", "1.0.0");
    let mut moved = package(Change::Moved, Origin::InHouse, "npm/@shop/ui", "2.0.0", "2.0.0");
    moved.fields = vec![field("location", "app/ui", "app/lib/ui")];
    let mystery = package(Change::Added, Origin::Unknown, "generic/mystery", "", "0.1");
    let mut shipped = package(Change::Added, Origin::Vendor, "pypi/setuptools", "", "66");
    shipped.shipped_by = Some("python3-setuptools".into());
    let mut explained = package(Change::Added, Origin::Upstream, "gem/rake", "", "13.0");
    explained.explained_by = Some("catalogers:gem".into());
    vec![
        libssl,
        openssl,
        rebuilt,
        altered,
        shipped,
        axios,
        follow,
        cryptography,
        husky,
        qs,
        explained,
        money,
        moved,
        mystery,
    ]
}

fn files() -> Vec<FileChange> {
    let state = |mode: &str, digest: &str| FileState {
        kind: "executable".into(),
        size: Some(14_488),
        mode: Some(mode.into()),
        uid: Some(0),
        gid: Some(0),
        digest: Some(format!("sha256:{}", digest.repeat(64))),
        capabilities: Some("0100000200040000".into()),
        link: None,
        owner: Some("gzip 1.12-1".into()),
        status: Some(Status::Modified),
    };
    vec![
        FileChange {
            change: Change::Added,
            path: "usr/local/bin/acme-suid".into(),
            roles: vec![FileRole::Executable, FileRole::Setuid],
            origin: Origin::Unknown,
            old: None,
            new: Some(FileState { owner: None, status: Some(Status::Added), ..state("4755", "a") }),
            fields: vec![],
            layer: Some(layer(6, "COPY tools/ /")),
            text: None,
        },
        FileChange {
            change: Change::Changed,
            path: "usr/bin/gunzip".into(),
            roles: vec![FileRole::Executable],
            origin: Origin::Vendor,
            old: Some(state("755", "b")),
            new: Some(state("755", "c")),
            fields: vec![field(
                "digest",
                &format!("sha256:{}", "b".repeat(64)),
                &format!("sha256:{}", "c".repeat(64)),
            )],
            layer: Some(layer(5, "RUN sed -i s/a/b/ /usr/bin/gunzip")),
            text: Some(TextDiff {
                unified: "@@ -1,2 +1,2 @@\n #!/bin/sh\n-old line\n+new line\n".into(),
                added: 1,
                removed: 1,
                truncated: true,
            }),
        },
        FileChange {
            change: Change::Removed,
            path: "usr/bin/awk".into(),
            roles: vec![],
            origin: Origin::Vendor,
            old: Some(FileState {
                kind: "symlink".into(),
                link: Some("mawk".into()),
                ..FileState::default()
            }),
            new: None,
            fields: vec![],
            layer: None,
            text: None,
        },
    ]
}

fn image() -> ImageDelta {
    let change = |field, key: &str, old: Option<&str>, new: Option<&str>| ImageChange {
        field,
        key: key.into(),
        old: old.map(Into::into),
        new: new.map(Into::into),
    };
    let layer = |change, index, instruction: &str| LayerChange {
        change,
        index,
        diff_id: Some(format!("sha256:{}", "d".repeat(64))),
        size: 3130,
        instruction: Some(instruction.into()),
    };
    ImageDelta {
        fields: vec![
            change(FieldKind::User, "", Some("app"), Some("root")),
            change(FieldKind::Environment, "MODE", None, Some("debug")),
        ],
        layers: vec![layer(Change::Removed, 5, "COPY app /app"), layer(Change::Added, 5, "COPY app /app")],
        shared_layers: 5,
    }
}

fn findings() -> Vec<DeltaFinding> {
    let path = |text: &str| FindingSubject::Path(text.into());
    let mut waived = finding(
        4,
        "new-upstream",
        FindingSeverity::Medium,
        FindingSubject::Package("npm/axios@1.7.2".into()),
    );
    waived.waived = Some("reviewed by the team".into());
    let mut told = finding(5, "user-root", FindingSeverity::Medium, FindingSubject::Image("user".into()));
    told.gate = false;
    vec![
        finding(1, "setuid", FindingSeverity::Critical, path("usr/local/bin/acme-suid")),
        finding(2, "vendor-modified", FindingSeverity::High, path("usr/bin/gunzip")),
        finding(
            3,
            "downgrade",
            FindingSeverity::High,
            FindingSubject::Package("pypi/cryptography@41.0.7".into()),
        ),
        waived,
        told,
    ]
}

/// The delta.
pub(super) fn delta() -> Delta {
    let side = |name: &str| Side {
        name: name.into(),
        kind: "oci-archive".into(),
        tools: vec!["bomwright 0.1.0".into()],
        digest: Some(format!("sha256:{}", "e".repeat(64))),
        distribution: Some("debian 12".into()),
        packages: 120,
        files: 4000,
        size: Some(194_000_000),
        incomplete: true,
    };
    let edge = |from: &str, to: &str| EdgeChange {
        from: from.into(),
        to: to.into(),
        kind: EdgeKind::DependsOn,
        scope: Scope::Runtime,
    };
    Delta {
        schema: SCHEMA.into(),
        old: side("shop:1.4.0"),
        new: side("shop:1.5.0"),
        summary: summary(),
        packages: packages(),
        files: files(),
        image: image(),
        graph: GraphDelta {
            added: vec![edge("npm shop", "npm axios")],
            removed: vec![edge("npm shop", "npm request")],
        },
        findings: findings(),
        comparability: Comparability {
            gaps: vec![Gap {
                id: "catalogers:gem".into(),
                kind: GapKind::Catalogers,
                message: "only the newer side's tool lists packages of gem".into(),
                explains: 1,
            }],
        },
        verdict: Decision {
            outcome: Outcome::Fail,
            fail_on: vec!["downgrade".into(), "setuid".into(), "vendor-modified".into()],
            reasons: vec!["3 findings of downgrade, setuid and vendor-modified".into()],
            waivers: vec![UsedWaiver {
                id: "F-000000000004".into(),
                reason: "reviewed by the team".into(),
                expires: Some("2027-01-31".into()),
            }],
        },
    }
}

fn summary() -> Summary {
    Summary {
        added: 4,
        removed: 1,
        upgraded: 3,
        downgraded: 1,
        rebuilt: 1,
        moved: 1,
        changed: 1,
        licenses: 1,
        origins: BTreeMap::from([("vendor".into(), 4), ("unknown".into(), 1)]),
        explained: 1,
        files: 3,
        files_of_packages: 12,
        files_of_no_note: 3,
        image: 2,
        edges_added: 1,
        edges_removed: 1,
        size: Some(4_150_000),
    }
}
