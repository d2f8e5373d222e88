//! Who publishes packages for distributions that are not the distribution's own.

use bomwright_model::Package;

/// Somebody who publishes OS packages of a project, as the policy names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publisher {
    /// The name that reports use.
    pub name: String,
    /// A part of the packages' maintainer, in any case.
    pub maintainer: Option<String>,
    /// What the packages' vendor begins with, in any case.
    pub vendor: Option<String>,
    /// The host of the repository, where one is recorded; see [`crate::Policy`].
    pub host: Option<String>,
}

/// A publisher that is known without a policy.
struct Known {
    name: &'static str,
    /// Parts of a maintainer, in lower case.
    maintainers: &'static [&'static str],
    /// What a vendor begins with, in lower case, up to a word's end.
    vendors: &'static [&'static str],
}

const fn known(
    name: &'static str,
    maintainers: &'static [&'static str],
    vendors: &'static [&'static str],
) -> Known {
    Known { name, maintainers, vendors }
}

/// Publishers of well-known packages, by what their packages say of themselves. Addresses are of the
/// publisher's own domain, so that a distribution's maintainer who has the project's name in his is none.
#[rustfmt::skip]
const KNOWN: &[Known] = &[
    known("Adoptium", &["temurin dev team", "@adoptium.net"], &["eclipse adoptium"]),
    known("Amazon Corretto", &["amazon corretto", "corretto-team@amazon.com"], &[]),
    known("AMD ROCm", &["rocm-dev.support@amd.com", "rocm dev support"], &["advanced micro devices"]),
    known("Azul", &["@azul.com", "@azulsystems.com"], &["azul systems"]),
    known("BellSoft", &["@bell-sw.com"], &["bellsoft"]),
    known("Chef", &["@chef.io", "@getchef.com"], &["chef software"]),
    known("ClickHouse", &["@clickhouse.com"], &["clickhouse"]),
    known("Cloudflare", &["@cloudflare.com"], &["cloudflare"]),
    known("Confluent", &["@confluent.io"], &["confluent"]),
    known("CrowdStrike", &["@crowdstrike.com"], &["crowdstrike"]),
    known("Datadog", &["@datadoghq.com"], &["datadog"]),
    known("Docker", &["@docker.com"], &["docker"]),
    known("Elastic", &["@elastic.co>", "@elastic.co ", "@elasticsearch.com"], &["elastic", "elasticsearch"]),
    known("Falco", &["the falco authors", "cncf-falco-dev@"], &["the falco authors", "cloud native computing foundation"]),
    known("Fedora EPEL", &[], &["fedora project"]),
    known("Fluentd", &["@treasure-data.com", "fluentd developers"], &["treasure data", "the fluentd developers"]),
    known("GitHub", &["@github.com>"], &["github"]),
    known("GitLab", &["@gitlab.com>"], &["gitlab"]),
    known("Google", &["linux-packages-keymaster@google.com", "cloudsdk-eng@google.com", "cloud-sdk-packaging@google.com", "google cloud packages", "chrome linux team"], &["google"]),
    known("Grafana", &["@grafana.com", "@raintank.io"], &["grafana"]),
    known("HashiCorp", &["@hashicorp.com"], &["hashicorp"]),
    known("InfluxData", &["@influxdata.com", "@influxdb.com"], &["influxdata"]),
    known("Jenkins", &["@jenkins-ci.org", "@jenkins.io", "kk@kohsuke.org"], &["jenkins"]),
    known("Kong", &["@konghq.com"], &["kong"]),
    known("Kubernetes", &["@kubernetes.io", "kubernetes authors"], &["kubernetes"]),
    known("MariaDB", &["@mariadb.com", "@mariadb.org", "@lists.mariadb.org"], &["mariadb"]),
    known("Microsoft", &["@microsoft.com"], &["microsoft"]),
    known("MongoDB", &["@mongodb.com", "@10gen.com", "mongodb packaging"], &["mongodb", "10gen"]),
    known("Neo4j", &["@neo4j.com", "@neotechnology.com"], &["neo4j"]),
    known("New Relic", &["@newrelic.com"], &["new relic"]),
    known("NGINX", &["nginx-packaging@", "@nginx.com>"], &["nginx packaging", "nginx inc"]),
    known("NodeSource", &["@nodesource.com"], &["nodesource"]),
    known("NVIDIA", &["@nvidia.com"], &["nvidia"]),
    known("Oracle MySQL", &["mysql-build@oss.oracle.com", "mysql release engineering"], &["oracle and/or its affiliates"]),
    known("Percona", &["@percona.com"], &["percona"]),
    known("Proxmox", &["@proxmox.com"], &["proxmox"]),
    known("Puppet", &["@puppet.com", "@puppetlabs.com", "puppet labs"], &["puppet labs", "puppet inc"]),
    known("RabbitMQ", &["@rabbitmq.com"], &["rabbitmq"]),
    known("Redis", &["@redis.io", "@redis.com", "@redislabs.com"], &["redis labs"]),
    known("Splunk", &["@splunk.com"], &["splunk"]),
    known("Tailscale", &["@tailscale.com"], &["tailscale"]),
    known("Teleport", &["@goteleport.com", "@gravitational.com"], &["gravitational"]),
    known("Timescale", &["@timescale.com"], &["timescale"]),
    known("Varnish", &["@varnish-software.com"], &["varnish software"]),
    known("Wazuh", &["@wazuh.com"], &["wazuh"]),
    known("Yarn", &["yarn developers", "yarn@dan.cx"], &[]),
    known("Zabbix", &["@zabbix.com"], &["zabbix"]),
];

/// Marks in the version of Debian packages by which publishers tell theirs from the distribution's.
const VERSION_MARKS: &[(&str, &str)] = &[("pgdg", "PostgreSQL Global Development Group"), ("sury", "Sury")];

/// The known publisher whose text `maintainer` or `vendor` is.
pub(crate) fn known_publisher(maintainer: &str, vendor: &str) -> Option<&'static str> {
    let (maintainer, vendor) = (maintainer.to_lowercase(), vendor.to_lowercase());
    let found = KNOWN.iter().find(|it| {
        it.maintainers.iter().any(|part| maintainer.contains(part))
            || it.vendors.iter().any(|start| begins(&vendor, start))
    });
    found.map(|it| it.name)
}

/// The publisher who marks versions of Debian packages as `version` is.
pub(crate) fn marked_by(version: &str) -> Option<&'static str> {
    VERSION_MARKS.iter().find(|(mark, _)| version.contains(mark)).map(|(_, name)| *name)
}

/// Whether `text` begins with `start` and a word ends there. Both in the same case.
pub(crate) fn begins(text: &str, start: &str) -> bool {
    !start.is_empty()
        && text.strip_prefix(start).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

impl Publisher {
    /// Whether `package` says that it is this publisher's; `repository` is where it is recorded to come from.
    pub(crate) fn publishes(&self, package: &Package, repository: Option<&str>) -> bool {
        let supplier = package.supplier.as_deref().unwrap_or_default().to_lowercase();
        let vendor = package.properties.get("vendor").map_or(String::new(), |text| text.to_lowercase());
        let is_rpm = package.ecosystem == "rpm";
        let maintained = |text: &String| !is_rpm && supplier.contains(&text.to_lowercase());
        let vended = |text: &String| {
            let text = text.to_lowercase();
            (is_rpm && begins(&supplier, &text)) || begins(&vendor, &text)
        };
        let served = |host: &String| repository.is_some_and(|place| super::pattern::is_at(host, place));
        self.maintainer.as_ref().is_some_and(maintained)
            || self.vendor.as_ref().is_some_and(vended)
            || self.host.as_ref().is_some_and(served)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts() {
        assert_eq!(known_publisher("Docker <support@docker.com>", ""), Some("Docker"));
        assert_eq!(known_publisher("", "Docker"), Some("Docker"));
        assert_eq!(known_publisher("", "Dockerish Ltd"), None);
        assert_eq!(known_publisher("Debian Docker Team <docker@lists.debian.org>", ""), None);
        assert_eq!(known_publisher("", "NVIDIA CORPORATION"), Some("NVIDIA"));
        assert_eq!(known_publisher("", ""), None);
        assert_eq!(marked_by("16.3-1.pgdg120+1"), Some("PostgreSQL Global Development Group"));
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_says_something() {
        assert!(KNOWN.is_sorted_by_key(|it| it.name.to_lowercase()));
        for known in KNOWN {
            let texts: Vec<_> = known.maintainers.iter().chain(known.vendors).collect();
            assert!(!texts.is_empty(), "{}", known.name);
            assert!(
                texts.iter().all(|text| text.len() > 3 && **text == text.to_lowercase()),
                "{}",
                known.name
            );
        }
    }
}
