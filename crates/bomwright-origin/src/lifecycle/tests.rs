//! Lifecycle vectors. Dates are those that the vendors publish; where other tools are known to have another one,
//! the comment says so.

use bomwright_model::{Distribution, Observation};
use proptest::prelude::*;
use time::{Date, Month};

use super::*;

fn day(text: &str) -> Date {
    let parts: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
    let month = Month::try_from(u8::try_from(parts[1]).unwrap()).unwrap();
    Date::from_calendar_date(parts[0], month, u8::try_from(parts[2]).unwrap()).unwrap()
}

fn distribution(id: &str, version: &str) -> Distribution {
    Distribution {
        id: id.into(),
        version: Some(version.to_owned()).filter(|version| !version.is_empty()),
        path: "usr/lib/os-release".into(),
        ..Distribution::default()
    }
}

fn observation(kind: &str, path: &str, values: &[&str]) -> Observation {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    Observation { kind: kind.into(), path: path.into(), values }
}

fn deb<'a>(name: &'a str, version: &'a str) -> Installed<'a> {
    Installed { ecosystem: "deb", name, version }
}

fn rpm<'a>(name: &'a str, version: &'a str) -> Installed<'a> {
    Installed { ecosystem: "rpm", name, version }
}

fn apk<'a>(name: &'a str, version: &'a str) -> Installed<'a> {
    Installed { ecosystem: "apk", name, version }
}

fn status(id: &str, version: &str, now: &str) -> Status {
    plain(&distribution(id, version), now).status
}

fn plain(distribution: &Distribution, now: &str) -> Support {
    assess(Some(distribution), &Surroundings::default(), Table::embedded(), day(now))
}

fn with(
    distribution: &Distribution,
    packages: &[Installed<'_>],
    observations: &[Observation],
    now: &str,
) -> Support {
    assess(Some(distribution), &Surroundings { packages, observations }, Table::embedded(), day(now))
}

fn rules(support: &Support) -> Vec<&str> {
    support.reasons.iter().map(|reason| reason.rule.as_str()).collect()
}

#[test]
fn the_embedded_table_is_read_and_is_not_empty() {
    let text = include_str!("../../data/lifecycle.toml");
    let table = parse_table("lifecycle.toml", text).unwrap();
    assert_eq!(&table, Table::embedded());
    assert_eq!(table.releases().len(), text.lines().filter(|line| line.starts_with("  { ")).count());
    assert!(table.releases().iter().all(|row| row.source != "general knowledge" || row.id != "debian"));
}

/// Dates that tools are known to have wrong, and releases that they do not know.
#[test]
fn dates_that_others_have_wrong_are_right() {
    let row = |id: &str, version: &str| {
        Table::embedded().find(id, Some(version), None).unwrap_or_else(|| panic!("{id} {version}")).dates()
    };
    assert_eq!(row("debian", "11").lts_end, Some(day("2026-08-31"))); // not 2026-08-14
    assert_eq!(row("debian", "12").lts_end, Some(day("2028-06-30"))); // not 2028-06-10
    assert_eq!(row("debian", "13").lts_end, Some(day("2030-06-30"))); // not the year 3000
    assert_eq!(row("alpine", "3.21.3").full_end, Some(day("2026-11-01"))); // not 2026-12-05
    assert_eq!(row("amzn", "2023").security_end, Some(day("2029-06-30"))); // not 2028-03-15
    assert!(row("rocky", "10.0").security_end.is_some());
    assert!(row("alpine", "3.24.0").full_end.is_some());
}

#[test]
fn phases_end_on_their_last_day_and_not_before() {
    use Status::{EndOfLife, Lts, PreRelease, SecurityOnly, Supported};
    for (id, version, now, expected) in [
        ("debian", "12", "2023-06-09", PreRelease),
        ("debian", "12", "2023-06-10", Supported),
        ("debian", "12", "2026-07-11", Supported),
        ("debian", "12", "2026-07-12", Lts),
        ("debian", "12", "2028-06-30", Lts),
        ("debian", "12", "2028-07-01", EndOfLife),
        ("debian", "11", "2026-08-31", Lts),
        ("debian", "11", "2026-09-01", EndOfLife),
        ("alpine", "3.21.3", "2026-11-01", Supported),
        ("alpine", "3.21.3", "2026-11-02", EndOfLife),
        ("alpine", "3.2.1", "2026-11-02", EndOfLife),
        ("amzn", "2023", "2027-06-30", Supported),
        ("amzn", "2023", "2027-07-01", SecurityOnly),
        ("amzn", "2023", "2029-07-01", EndOfLife),
        ("amzn", "2", "2026-07-01", EndOfLife),
        ("rhel", "8.10", "2024-05-31", Supported),
        ("rhel", "8.10", "2024-06-01", SecurityOnly),
        ("rhel", "7.9", "2024-07-01", EndOfLife),
        ("rocky", "9.3", "2024-05-09", Supported),
        ("rocky", "9.3", "2024-05-10", EndOfLife),
        ("centos", "7", "2024-06-30", SecurityOnly),
        ("centos", "7", "2024-07-01", EndOfLife),
        ("ubuntu", "25.10", "2026-07-09", Supported),
        ("ubuntu", "25.10", "2026-07-10", EndOfLife),
        ("sles", "15", "2020-01-01", EndOfLife),
        ("sles", "15.7", "2026-01-01", Supported),
        ("fedora", "42", "2026-05-14", EndOfLife),
        ("mariner", "2.0", "2025-08-01", EndOfLife),
        ("azurelinux", "3.0", "2026-01-01", Supported),
    ] {
        assert_eq!(status(id, version, now), expected, "{id} {version} on {now}");
    }
}

#[test]
fn what_is_not_known_is_unknown() {
    for (id, version) in [
        ("acme-os", "1"),
        ("linuxmint", "21"),
        ("debian", "99"),
        ("ubuntu", "22"),
        ("alpine", "3"),
        ("linux", ""),
        ("sles", "15.99"),
        ("photon", "5.0"),
        ("", ""),
    ] {
        assert_eq!(status(id, version, "2026-01-01"), Status::Unknown, "{id} {version}");
    }
    let nothing = assess(None, &Surroundings::default(), Table::embedded(), day("2026-01-01"));
    assert_eq!((nothing.status, rules(&nothing)), (Status::Unknown, vec!["no-os-release"]));
}

#[test]
fn esm_needs_evidence() {
    let trusty = distribution("ubuntu", "14.04");
    let without = plain(&trusty, "2020-01-01");
    assert_eq!(without.status, Status::EndOfLife);
    assert_eq!(rules(&without), ["lifecycle-table", "no-paid-evidence", "no-paid-evidence"]);
    let updated = [deb("zlib1g", "1:1.2.8.dfsg-1ubuntu1.1+esm2")];
    assert_eq!(with(&trusty, &updated, &[], "2024-04-25").status, Status::PaidExtension);
    assert_eq!(with(&trusty, &updated, &[], "2024-04-26").status, Status::EndOfLife);
    let source = |path, address| observation("apt-source", path, &[address]);
    let esm = [source(
        "etc/apt/sources.list.d/ubuntu-esm-infra.list",
        "https://esm.ubuntu.com/infra/ubuntu trusty-infra-security main",
    )];
    assert_eq!(with(&trusty, &[], &esm, "2020-01-01").status, Status::PaidExtension);
    // The client's list of what could be had is no sign of a subscription.
    let offered = [source(
        "var/lib/ubuntu-advantage/apt-esm/etc/apt/sources.list.d/x.list",
        "https://esm.ubuntu.com/infra/ubuntu trusty main",
    )];
    assert_eq!(with(&trusty, &[], &offered, "2020-01-01").status, Status::EndOfLife);
    let legacy =
        [source("etc/apt/sources.list.d/l.list", "https://esm.ubuntu.com/infra-legacy/ubuntu trusty main")];
    assert_eq!(with(&trusty, &[], &legacy, "2026-04-28").status, Status::PaidExtension);
    assert_eq!(with(&trusty, &[], &legacy, "2026-04-29").status, Status::EndOfLife);
    // A paid extension that is used does not make a supported release look worse.
    assert_eq!(
        with(&distribution("ubuntu", "24.04"), &updated, &esm, "2026-01-01").status,
        Status::Supported
    );
}

#[test]
fn eus_els_and_elts_need_evidence() {
    let minor = distribution("rhel", "9.4");
    let sets = |name| [observation("content-set", "root/buildinfo/content_manifests/ubi9.json", &[name])];
    let eus = sets("rhel-9-for-x86_64-baseos-eus-rpms");
    assert_eq!(with(&minor, &[], &eus, "2026-04-30").status, Status::PaidExtension);
    assert_eq!(with(&minor, &[], &eus, "2026-05-01").status, Status::EndOfLife);
    let usual = with(&minor, &[], &sets("rhel-9-for-x86_64-baseos-rpms"), "2026-04-30");
    assert_eq!(usual.status, Status::EndOfLife);
    assert_eq!(rules(&usual), ["lifecycle-table", "no-paid-evidence", "superseded-minor"]);
    // The last minor release has the life of the whole.
    assert_eq!(status("rhel", "9.99", "2026-04-30"), Status::Supported);
    let els = sets("rhel-7-server-els-rpms");
    assert_eq!(with(&distribution("rhel", "7.9"), &[], &els, "2028-06-30").status, Status::PaidExtension);
    let freexian = [observation(
        "apt-source",
        "etc/apt/sources.list",
        &["http://deb.freexian.com/extended-lts buster main"],
    )];
    assert_eq!(
        with(&distribution("debian", "10"), &[], &freexian, "2026-01-01").status,
        Status::PaidExtension
    );
    assert_eq!(with(&distribution("debian", "9"), &[], &eus, "2026-01-01").status, Status::EndOfLife);
}

#[test]
fn rolling_and_unreleased_are_told_apart() {
    for (id, version) in [
        ("arch", ""),
        ("wolfi", "20230201"),
        ("chainguard", "20230214"),
        ("opensuse-tumbleweed", "20260101"),
        ("alpine", "3.23.0_alpha20251016"),
    ] {
        assert_eq!(status(id, version, "2026-01-01"), Status::Rolling, "{id}");
    }
    let named = |id: &str, version: &str, codename: &str, pretty: &str| Distribution {
        codename: Some(codename.to_owned()).filter(|text| !text.is_empty()),
        pretty_name: Some(pretty.to_owned()),
        ..distribution(id, version)
    };
    // os-release of debian:testing, of debian:sid before 2022, of Ubuntu and Fedora before a release.
    let testing = named("debian", "", "forky", "Debian GNU/Linux forky/sid");
    assert_eq!(plain(&testing, "2026-01-01").status, Status::PreRelease);
    let old = named("debian", "", "", "Debian GNU/Linux bookworm/sid");
    assert_eq!(plain(&old, "2024-01-01").status, Status::PreRelease);
    assert_eq!(plain(&old, "2029-01-01").status, Status::EndOfLife);
    let unstable =
        [observation("apt-source", "etc/apt/sources.list", &["http://mirror.example/debian unstable main"])];
    assert_eq!(with(&testing, &[], &unstable, "2026-01-01").status, Status::Rolling);
    let beta = named("ubuntu", "26.04", "resolute", "Ubuntu Resolute Raccoon (development branch)");
    assert_eq!(plain(&beta, "2026-06-01").status, Status::PreRelease);
    let prerelease = named("fedora", "43", "", "Fedora Linux 43 (Container Image Prerelease)");
    assert_eq!(plain(&prerelease, "2026-01-01").status, Status::PreRelease);
    let rawhide = named("fedora", "45", "", "Fedora Linux 45 (Rawhide)");
    assert_eq!(plain(&rawhide, "2026-01-01").status, Status::Rolling);
    assert_eq!(status("alpine", "3.23.0_rc1", "2026-01-01"), Status::PreRelease);
    let stream = named("centos", "8", "", "CentOS Stream 8");
    assert_eq!(plain(&stream, "2024-05-31").status, Status::Supported);
    assert_eq!(status("centos", "8", "2024-05-31"), Status::EndOfLife);
    assert_eq!(status("centos", "9", "2026-01-01"), Status::Supported);
}

#[test]
fn the_image_s_own_end_counts_where_the_table_has_none() {
    let mut fedora = Distribution { support_end: Some("2099-05-19".into()), ..distribution("fedora", "98") };
    assert_eq!(plain(&fedora, "2099-05-19").status, Status::Supported);
    let after = plain(&fedora, "2099-05-20");
    assert_eq!((after.status, after.until), (Status::EndOfLife, Some(day("2099-05-19"))));
    assert_eq!(rules(&after)[0], "support-end");
    fedora.support_end = Some("soon".into());
    assert_eq!(plain(&fedora, "2099-01-01").status, Status::Unknown);
    // It is a claim: the table wins.
    let late = Distribution { support_end: Some("2099-01-01".into()), ..distribution("fedora", "39") };
    assert_eq!(plain(&late, "2026-01-01").status, Status::EndOfLife);
}

#[test]
fn old_data_are_warned_about_and_point_releases_named() {
    let debian = distribution("debian", "12");
    let file = [observation("debian-version", "etc/debian_version", &["12.5"])];
    let now = with(&debian, &[], &file, "2026-05-01");
    assert_eq!((now.data_age_days, now.is_stale()), (Some(6), false));
    assert_eq!(now.point_release.as_deref(), Some("12.5"));
    let later = plain(&debian, "2026-10-23");
    assert_eq!((later.data_age_days, rules(&later).last()), (Some(181), Some(&"stale-data")));
    // 180 days old is not older than 180 days; what has ended stays ended; nothing is younger than today.
    assert!(!plain(&debian, "2026-10-22").is_stale());
    assert!(!plain(&distribution("debian", "8"), "2027-10-22").is_stale());
    assert_eq!(plain(&debian, "2024-01-01").data_age_days, Some(0));
}

#[test]
fn faults_of_a_table_name_file_line_and_reason() {
    let text = |row: &str| format!("# mine\nrelease = [\n  {{ {row} }},\n]\n");
    let good = "id = \"acme\", version = \"1\", release = 2020-01-01, full-end = 2021-01-01, source = \"s\", as-of = 2020-01-01";
    assert_eq!(parse_table("t", &text(good)).unwrap().releases().len(), 1);
    for (row, reason) in [
        (good.replace("full-end", "full_end"), "unknown field `full_end`"),
        (good.replace("2021-01-01", "2021-02-30"), ""),
        (good.replace("2021-01-01", "2021-01-01T00:00:00Z"), "is no day like"),
        (good.replace("2021-01-01", "\"2021-01-01\""), "invalid type: string"),
        (good.replace("2021-01-01", "2019-01-01"), "`release` (2020-01-01) is after `full-end` (2019-01-01)"),
        (format!("{good}, paid-end = 2022-01-01"), "belong together"),
        (format!("{good}, rolling = true"), "what is rolling has no dates"),
        (good.replace("source = \"s\"", "source = \"\""), "must not be empty"),
        (good.replace("source = \"s\", ", ""), "missing field `source`"),
    ] {
        let error = parse_table("mine.toml", &text(&row)).unwrap_err();
        assert_eq!((error.name.as_str(), error.line), ("mine.toml", 3), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let twice = format!("release = [\n{{ {good} }},\n{{ {good} }}]");
    assert_eq!(parse_table("t", &twice).unwrap_err().to_string(), "t:3: acme 1 is listed twice");
    assert!(
        parse_table("t", "releases = []")
            .unwrap_err()
            .to_string()
            .starts_with("t:1: unknown field `releases`")
    );
}

#[test]
fn a_table_of_one_s_own_wins() {
    let own = parse_table(
        "own.toml",
        "[[release]]\nid = \"debian\"\nversion = \"8\"\nrelease = 2015-04-26\nfull-end = 2035-01-01\nsource = \"our contract\"\nas-of = 2026-01-01",
    )
    .unwrap();
    let table = Table::embedded().clone().overridden_by(own);
    assert_eq!(table.releases().len(), Table::embedded().releases().len());
    let support =
        assess(Some(&distribution("debian", "8")), &Surroundings::default(), &table, day("2026-01-01"));
    assert_eq!(support.status, Status::Supported);
    assert!(support.reasons[0].detail.contains("our contract"));
}

#[test]
fn the_longest_version_that_fits_counts_in_any_order() {
    let row = |version: &str| {
        format!("{{ id = \"x\", version = \"{version}\", source = \"s\", as-of = 2026-01-01 }}")
    };
    for order in [["9.4", "9", "=9"], ["=9", "9", "9.4"]] {
        let rows: Vec<_> = order.iter().map(|version| row(version)).collect();
        let table = parse_table("t", &format!("release = [{}]", rows.join(", "))).unwrap();
        let found = |version| table.find("x", Some(version), None).and_then(|row| row.version.clone());
        for (version, expected) in
            [("9.4", "9.4"), ("9.4.1", "9.4"), ("9.40", "9"), ("9.3", "9"), ("9", "=9")]
        {
            assert_eq!(found(version).as_deref(), Some(expected), "{version}");
        }
        assert_eq!(found("90"), None);
        assert_eq!(table.find("x", None, None), None);
    }
}

/// A status's place in the life of a release.
fn place(status: Status) -> u8 {
    match status {
        Status::PreRelease => 0,
        Status::Supported | Status::Unknown => 1,
        Status::SecurityOnly => 2,
        Status::Lts => 3,
        Status::PaidExtension => 4,
        Status::EndOfLife => 5,
        // Has no life; it must stay what it is.
        Status::Rolling => 6,
    }
}

proptest! {
    #[test]
    fn nothing_gets_better_with_time(
        row in 0..Table::embedded().releases().len(),
        start in 2_450_000..2_470_000_i32,
        days in prop::collection::vec(0..3000_i32, 1..20),
        paid: bool,
        early: bool,
    ) {
        let row = &Table::embedded().releases()[row];
        let mut subject = distribution(&row.id, row.version.as_deref().unwrap_or_default().trim_start_matches('='));
        subject.codename.clone_from(&row.codename);
        if early {
            subject.pretty_name = Some("x (development branch)".into());
        }
        let packages = [deb("x", "1+esm1"), rpm("sles-ltss-release", "1-1")];
        let observations = [
            observation("content-set", "x", &["rhel-9-baseos-eus-rpms", "rhel-7-els-rpms"]),
            observation("apt-source", "etc/apt/sources.list", &["http://deb.freexian.com/extended-lts x main"]),
        ];
        let (packages, observations) = if paid { (&packages[..], &observations[..]) } else { (&[][..], &[][..]) };
        let surroundings = Surroundings { packages, observations };
        let (mut now, mut before) = (start, 0);
        for step in days {
            let Ok(date) = Date::from_julian_day(now) else { break };
            let found = place(assess(Some(&subject), &surroundings, Table::embedded(), date).status);
            prop_assert!(found >= before, "{} on {date}: {found} after {before}", row.title());
            (now, before) = (now + step, found);
        }
    }

    #[test]
    fn no_text_makes_it_panic(id in ".{0,8}", version in ".{0,8}", value in ".{0,40}", kind in 0..7_usize) {
        let kinds = ["debian-version", "redhat-release", "alpine-release", "apt-source", "apk-repository", "yum-repository", "content-set"];
        let observations = [observation(kinds[kind], "x", &[&value])];
        let packages = [deb("base-files", &value), rpm("glibc", &value), rpm("rocky-release", &version), apk("musl", &id)];
        let surroundings = Surroundings { packages: &packages, observations: &observations };
        let subject = distribution(&id, &version);
        assess(Some(&subject), &surroundings, Table::embedded(), day("2026-01-01"));
        check_distribution(Some(&subject), &surroundings, Table::embedded()).finding();
        check_distribution(None, &surroundings, Table::embedded()).finding();
        let _ = parse_table("x", &value);
    }
}

fn check(
    subject: Option<&Distribution>,
    packages: &[Installed<'_>],
    observations: &[Observation],
) -> DistributionCheck {
    check_distribution(subject, &Surroundings { packages, observations }, Table::embedded())
}

/// Packages and files as the distributions' images have them.
fn bookworm() -> (Vec<Installed<'static>>, Vec<Observation>) {
    let packages = vec![
        deb("base-files", "12.4+deb12u5"),
        deb("libc6", "2.36-9+deb12u10"),
        deb("libssl3", "3.0.15-1~deb12u1"),
        deb("perl-base", "5.36.0-7+deb12u1"),
        deb("bash", "5.2.15-2+b7"),
    ];
    let observations = vec![
        observation("debian-version", "etc/debian_version", &["12.5"]),
        observation(
            "apt-source",
            "etc/apt/sources.list.d/debian.sources",
            &[
                "http://mirror.example/debian bookworm main",
                "http://mirror.example/debian-security bookworm-security main",
            ],
        ),
    ];
    (packages, observations)
}

#[test]
fn real_images_agree_with_themselves() {
    let (packages, observations) = bookworm();
    let found = check(Some(&distribution("debian", "12")), &packages, &observations);
    assert_eq!(found.outcome, Outcome::Agreeing, "{found:?}");
    assert_eq!(found.statements.len(), 6);
    let ubuntu =
        [deb("base-files", "12ubuntu4.6"), deb("libc6", "2.35-0ubuntu3.8"), deb("bash", "5.1-6ubuntu1.1")];
    let files = [
        observation("debian-version", "etc/debian_version", &["bookworm/sid"]),
        observation(
            "apt-source",
            "etc/apt/sources.list",
            &["http://mirror.example/ubuntu/ jammy-updates main"],
        ),
    ];
    assert_eq!(check(Some(&distribution("ubuntu", "22.04")), &ubuntu, &files).outcome, Outcome::Agreeing);
    // A derivative without a table of its own.
    let mint =
        Distribution { id_like: vec!["ubuntu".into(), "debian".into()], ..distribution("linuxmint", "21") };
    assert_eq!(check(Some(&mint), &ubuntu, &files).outcome, Outcome::Agreeing);
    let alpine =
        [apk("alpine-baselayout", "3.6.8-r1"), apk("alpine-release", "3.21.3-r0"), apk("musl", "1.2.5-r9")];
    let files = [
        observation("alpine-release", "etc/alpine-release", &["3.21.3"]),
        observation("apk-repository", "etc/apk/repositories", &["https://mirror.example/alpine/v3.21/main"]),
    ];
    assert_eq!(check(Some(&distribution("alpine", "3.21.3")), &alpine, &files).outcome, Outcome::Agreeing);
    let rocky =
        [rpm("rocky-release", "9.4-1.7.el9"), rpm("glibc", "2.34-100.el9_4.2"), rpm("bash", "5.1.8-9.el9")];
    let files =
        [observation("redhat-release", "etc/redhat-release", &["Rocky Linux release 9.4 (Blue Onyx)"])];
    assert_eq!(check(Some(&distribution("rocky", "9.4")), &rocky, &files).outcome, Outcome::Agreeing);
    // Oracle's redhat-release and /etc/redhat-release speak of Red Hat.
    let oracle = [
        rpm("oraclelinux-release", "8:9.4-1.0.7.el9"),
        rpm("redhat-release", "3:9.4-1.0.1.el9"),
        rpm("glibc", "2.34-100.0.1.el9_4.2"),
    ];
    let files = [observation(
        "redhat-release",
        "etc/redhat-release",
        &["Red Hat Enterprise Linux release 9.4 (Plow)"],
    )];
    assert_eq!(check(Some(&distribution("ol", "9.4")), &oracle, &files).outcome, Outcome::Agreeing);
    let amazon = [rpm("system-release", "2023.6.20241031-1.amzn2023"), rpm("glibc", "2.34-52.amzn2023.0.10")];
    assert_eq!(check(Some(&distribution("amzn", "2023")), &amazon, &[]).outcome, Outcome::Agreeing);
}

#[test]
fn a_faked_os_release_is_found_out() {
    let (packages, observations) = bookworm();
    let outcome =
        |id: &str, version: &str| check(Some(&distribution(id, version)), &packages, &observations).outcome;
    for (id, version) in [
        ("alpine", "3.21.3"),
        ("debian", "11"),
        ("ubuntu", "12"),
        ("linux", ""),
        ("acme-os", "1"),
        ("rhel", "12"),
    ] {
        assert_eq!(outcome(id, version), Outcome::Conflicting, "{id} {version}");
    }
    let found = check(Some(&distribution("alpine", "3.21.3")), &packages, &[]);
    assert!(found.statements.iter().all(|statement| !statement.agrees));
    let finding = found.finding().unwrap();
    assert_eq!(finding.rule, "distribution-conflicting");
    assert!(
        finding
            .detail
            .starts_with("os-release says alpine 3.21.3; against it: debian 12 (base-files 12.4+deb12u5)"),
        "{}",
        finding.detail
    );
    // Members of a family are told apart by their release packages.
    let rocky = [rpm("rocky-release", "9.4-1.7.el9"), rpm("glibc", "2.34-100.el9_4.2")];
    let found = check(Some(&distribution("rhel", "9.4")), &rocky, &[]);
    assert_eq!(found.statements.iter().map(|it| it.agrees).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn a_deleted_os_release_is_replaced_by_what_the_rest_says() {
    let (packages, observations) = bookworm();
    let found = check(None, &packages, &observations);
    assert_eq!(found.outcome, Outcome::Missing);
    assert_eq!(found.finding().unwrap().rule, "os-release-missing");
    let likely = found.likely.unwrap();
    assert_eq!((likely.id.as_str(), likely.version.as_deref()), ("debian", Some("12")));
    let alpine =
        check(None, &[apk("alpine-baselayout", "3.6.8-r1"), apk("alpine-release", "3.21.3-r0")], &[]);
    let likely = alpine.likely.unwrap();
    assert_eq!((likely.id.as_str(), likely.version.as_deref()), ("alpine", Some("3.21.3")));
    // A family alone names no distribution.
    assert_eq!(check(None, &[rpm("glibc", "2.34-100.el9_4.2")], &[]).likely, None);
    assert_eq!(check(None, &[], &[]).outcome, Outcome::Unknown);
    let alone = check(Some(&distribution("debian", "12")), &[], &[]);
    assert_eq!((alone.outcome, alone.finding()), (Outcome::Uncorroborated, None));
}

#[test]
fn what_third_parties_offer_says_nothing() {
    let (packages, mut observations) = bookworm();
    observations.push(observation(
        "apt-source",
        "etc/apt/sources.list.d/x.list",
        &["https://apt.example.com/ bullseye main"],
    ));
    let packages = [packages, vec![deb("docker-ce", "5:27.0-1~ubuntu.22.04~jammy")]].concat();
    let found = check(Some(&distribution("debian", "12")), &packages, &observations);
    assert_eq!(found.outcome, Outcome::Agreeing, "{found:?}");
}
