//! The group of a Java archive that has no descriptor of Maven: what its other words suggest.
//!
//! From the surest to the weakest: what Gradle writes into `Implementation-Title`, projects that are known,
//! a symbolic or module name that ends like the artifact, the vendor's id, the package of all classes.

use super::jar_manifest::Manifest;

/// Groups of projects that publish without Maven's descriptors and whose manifests and classes suggest
/// another group or none, by the beginning of their artifacts' names; the longest one counts. As published
/// on Maven Central.
const KNOWN: &[(&str, &str)] = &[
    ("aopalliance", "aopalliance"),
    ("groovy", "org.apache.groovy"),
    ("hibernate-commons-annotations", "org.hibernate.common"),
    ("hibernate-envers", "org.hibernate.orm"),
    ("hibernate-jcache", "org.hibernate.orm"),
    ("javax.inject", "javax.inject"),
    ("junit-jupiter", "org.junit.jupiter"),
    ("junit-platform-", "org.junit.platform"),
    ("kafka_", "org.apache.kafka"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("logging-interceptor", "com.squareup.okhttp3"),
    ("lucene-", "org.apache.lucene"),
    ("mockito-", "org.mockito"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("opentelemetry-", "io.opentelemetry"),
    ("opentelemetry-instrumentation-", "io.opentelemetry.instrumentation"),
    ("reactor-", "io.projectreactor"),
    ("reactor-netty", "io.projectreactor.netty"),
    ("scala-library", "org.scala-lang"),
    ("scala-reflect", "org.scala-lang"),
    ("scala3-library", "org.scala-lang"),
    ("spring-", "org.springframework"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-batch-", "org.springframework.batch"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-data-", "org.springframework.data"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-rabbit", "org.springframework.amqp"),
    ("spring-retry", "org.springframework.retry"),
    ("spring-security-", "org.springframework.security"),
    ("spring-session-", "org.springframework.session"),
    ("spring-ws-", "org.springframework.ws"),
    ("tomcat-", "org.apache.tomcat"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
];

/// Beginnings of groups that many projects share, so that the next word belongs to the group.
const SHARED: &[&str] = &[
    "com.github",
    "com.google",
    "com.sun",
    "io.github",
    "net.sf",
    "net.sourceforge",
    "org.apache",
    "org.codehaus",
    "org.eclipse",
    "org.jboss",
];

/// The likely group of `artifact`; the artifact itself when nothing suggests one. `classes` is the package
/// that all classes share, or empty.
pub fn guess_group(artifact: &str, manifest: &Manifest, classes: &str) -> String {
    let titled = manifest.get("implementation-title").and_then(|title| stated_group(title, artifact));
    let module = manifest.get("automatic-module-name");
    let names = || manifest.symbolic_name().into_iter().chain(module).filter(|name| name.contains('.'));
    let vendor = manifest.get("implementation-vendor-id").filter(|id| !id.contains(char::is_whitespace));
    titled
        .or_else(|| known_group(artifact))
        .or_else(|| names().find_map(|name| without_artifact(name, artifact)))
        .or(vendor)
        .or_else(|| group_of_classes(classes, artifact))
        .or_else(|| names().next())
        .unwrap_or(artifact)
        .to_owned()
}

/// The title `group#artifact;version`, as the Gradle plug-ins of Nebula write it.
fn stated_group<'a>(title: &'a str, artifact: &str) -> Option<&'a str> {
    let (group, rest) = title.split_once('#')?;
    let (name, _) = rest.split_once(';')?;
    (name == artifact && group.contains('.') && !group.contains(char::is_whitespace)).then_some(group)
}

fn known_group(artifact: &str) -> Option<&'static str> {
    let known = KNOWN.iter().filter(|(beginning, _)| artifact.starts_with(beginning));
    known.max_by_key(|(beginning, _)| beginning.len()).map(|(_, group)| *group)
}

/// The dotted `name` without the words at its end that repeat the artifact; `None` when it has none, or
/// nothing else.
fn without_artifact<'a>(name: &'a str, artifact: &str) -> Option<&'a str> {
    if let Some(group) = name.strip_suffix(artifact).and_then(|group| group.strip_suffix('.'))
        && group.contains('.')
    {
        return Some(group);
    }
    let repeats = |word: &str| {
        artifact.split(['-', '.', '_']).any(|it| it == word) || (word.len() > 3 && artifact.ends_with(word))
    };
    if name.split('.').all(repeats) {
        // A bundle is often named like its artifact as a whole: `org.eclipse.osgi`.
        let parent = name.rsplit_once('.').map(|(parent, _)| parent);
        return parent.filter(|parent| name == artifact && parent.contains('.'));
    }
    let mut group = name;
    while let Some((shorter, last)) = group.rsplit_once('.')
        && repeats(last)
        && shorter.contains('.')
        && !SHARED.contains(&shorter)
    {
        group = shorter;
    }
    (group != name).then_some(group)
}

/// Only packages that begin with a domain, e.g. `org.`, tell of a group.
fn group_of_classes<'a>(classes: &'a str, artifact: &str) -> Option<&'a str> {
    let (domain, _) = classes.split_once('.')?;
    let is_domain = domain.len() <= 3 && !SHARED.contains(&classes);
    is_domain.then(|| without_artifact(classes, artifact).unwrap_or(classes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_of_maven_central() {
        // Manifests and classes as in the archives on Maven Central, and the groups of their addresses there.
        for (artifact, manifest, classes, group) in [
            (
                "commons-lang3",
                "Bundle-SymbolicName: org.apache.commons.lang3;x:=y\n",
                "",
                "org.apache.commons",
            ),
            ("slf4j-api", "Implementation-Vendor-Id: org.slf4j\n", "", "org.slf4j"),
            (
                "spring-boot-starter",
                "Automatic-Module-Name: spring.boot.starter\n",
                "",
                "org.springframework.boot",
            ),
            (
                "checker-qual",
                "Automatic-Module-Name: org.checkerframework.checker.qual\nBundle-SymbolicName: checker-qual\n",
                "org.checkerframework",
                "org.checkerframework",
            ),
            ("aspectjweaver", "Automatic-Module-Name: org.aspectj.weaver\n", "", "org.aspectj"),
            (
                "hibernate-core",
                "Bundle-SymbolicName: org.hibernate.orm.core\nImplementation-Vendor-Id: org.hibernate\n",
                "org.hibernate",
                "org.hibernate.orm",
            ),
            (
                "micrometer-core",
                "Automatic-Module-Name: micrometer.core\nImplementation-Title: io.micrometer#micrometer-core;1.12.3\n",
                "io.micrometer.core",
                "io.micrometer",
            ),
            (
                "lz4-java",
                "Automatic-Module-Name: org.lz4.java\nBundle-SymbolicName: lz4-java\n",
                "",
                "org.lz4",
            ),
            (
                "snappy-java",
                "Bundle-SymbolicName: org.xerial.snappy.snappy-java\n",
                "org.xerial.snappy",
                "org.xerial.snappy",
            ),
            (
                "postgresql",
                "Automatic-Module-Name: org.postgresql.jdbc\nImplementation-Vendor-Id: org.postgresql\n",
                "org.postgresql",
                "org.postgresql",
            ),
            ("apiguardian-api", "Bundle-SymbolicName: org.apiguardian.api\n", "", "org.apiguardian"),
            ("kafka-clients", "", "org.apache.kafka", "org.apache.kafka"),
            ("json", "", "org.json", "org.json"),
            ("javax.inject", "", "javax.inject", "javax.inject"),
        ] {
            let manifest = Manifest::parse(manifest.as_bytes());
            assert_eq!(guess_group(artifact, &manifest, classes), group, "{artifact}");
        }
    }

    #[test]
    fn little_evidence_makes_no_group() {
        let guess = |artifact, manifest: &str, classes| {
            guess_group(artifact, &Manifest::parse(manifest.as_bytes()), classes)
        };
        assert_eq!(guess("x", "", ""), "x");
        assert_eq!(guess("x", "", "org"), "x");
        assert_eq!(guess("x", "", "org.apache"), "x");
        assert_eq!(guess("x", "", "kotlin.collections"), "x");
        assert_eq!(guess("x", "Implementation-Title: a b#x;1\n", ""), "x");
        assert_eq!(guess("org.eclipse.osgi", "Bundle-SymbolicName: org.eclipse.osgi\n", ""), "org.eclipse");
    }
}
