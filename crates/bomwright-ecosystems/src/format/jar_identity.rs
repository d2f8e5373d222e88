//! Who a Java archive is: group, artifact and version out of whatever it carries.
//!
//! What Maven packs into an archive is certain (Maven Archiver, "pom.properties content"); a manifest and a
//! file name are not, so a group that only they suggest is marked as a guess.

use super::jar_manifest::Manifest;
use super::jar_name::JarName;
use super::pom::Pom;

/// One directory `META-INF/maven/<group>/<artifact>` of an archive.
#[derive(Debug, Clone, Default)]
pub struct Descriptor {
    /// The directory inside the archive.
    pub directory: String,
    group: String,
    artifact: String,
    version: String,
    has_properties: bool,
    /// `pom.xml`, where it is there and can be read.
    pub pom: Option<Pom>,
}

/// The coordinates of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Group.
    pub group: String,
    /// Artifact.
    pub artifact: String,
    /// Version, or empty.
    pub version: String,
    /// Whether the group is no more than a guess.
    pub is_group_guessed: bool,
}

impl Descriptor {
    /// The descriptor in `directory`, whose names already say group and artifact.
    pub fn new(directory: &str) -> Self {
        let mut names = directory.rsplit('/');
        let artifact = names.next().unwrap_or_default().to_owned();
        let group = names.next().unwrap_or_default().to_owned();
        Self { directory: directory.to_owned(), group, artifact, ..Self::default() }
    }

    /// Reads `pom.properties` (`java.util.Properties`; Maven writes no escapes in these three).
    pub fn read_properties(&mut self, bytes: &[u8]) {
        self.has_properties = true;
        for line in String::from_utf8_lossy(bytes).lines() {
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let slot = match key.trim() {
                "groupId" => &mut self.group,
                "artifactId" => &mut self.artifact,
                "version" => &mut self.version,
                _ => continue,
            };
            if !value.trim().is_empty() {
                value.trim().clone_into(slot);
            }
        }
    }

    /// The file that states the coordinates.
    pub fn file(&self) -> &'static str {
        if self.has_properties { "pom.properties" } else { "pom.xml" }
    }

    fn version(&self) -> &str {
        let stated = if self.version.is_empty() {
            self.pom.as_ref().map_or("", |pom| &pom.version)
        } else {
            &self.version
        };
        // A property that nothing in the file sets says nothing.
        if stated.contains("${") { "" } else { stated }
    }
}

/// Which of `descriptors` is the archive itself. The file name decides (the longest artifact that it begins
/// with); then a lone descriptor that nothing contradicts; then the manifest. When none does, all of them
/// were shaded in.
pub fn own_descriptor(descriptors: &[Descriptor], name: &JarName<'_>, manifest: &Manifest) -> Option<usize> {
    let fitting = descriptors.iter().enumerate().filter(|(_, it)| name.is_of(&it.artifact));
    if let Some((index, _)) = fitting.max_by_key(|(_, it)| (it.artifact == name.artifact, it.artifact.len()))
    {
        return Some(index);
    }
    let symbolic = manifest.symbolic_name();
    if let [only] = descriptors {
        let artifact = only.artifact.replace('-', ".");
        let is_own = match symbolic {
            Some(bundle) => bundle.starts_with(&only.group) || bundle.replace('-', ".").contains(&artifact),
            // `geronimo-annotation-1.3-spec.jar` is the artifact `geronimo-annotation_1.3_spec`.
            None => [only.version(), ""].contains(&name.version) || only.artifact.starts_with(name.artifact),
        };
        return is_own.then_some(0);
    }
    let title = manifest.get("implementation-title");
    descriptors.iter().position(|it| {
        let of_pom = it.pom.as_ref().map(|pom| pom.name.as_str()).filter(|name| !name.is_empty());
        let is_titled = title.is_some_and(|title| title == it.artifact || Some(title) == of_pom);
        is_titled
            || symbolic
                .is_some_and(|name| name == format!("{}.{}", it.group, it.artifact) || name == it.artifact)
    })
}

impl Identity {
    /// What a descriptor alone says.
    pub fn of_descriptor(descriptor: &Descriptor) -> Self {
        Self {
            group: descriptor.group.clone(),
            artifact: descriptor.artifact.clone(),
            version: descriptor.version().to_owned(),
            is_group_guessed: false,
        }
    }

    /// What an archive with these says.
    pub fn of_archive(own: Option<&Descriptor>, name: &JarName<'_>, manifest: &Manifest) -> Self {
        let mut identity = own.map(Self::of_descriptor).unwrap_or_default();
        if identity.version.is_empty() {
            let stated =
                manifest.first(&["implementation-version", "bundle-version", "specification-version"]);
            let stated = stated.filter(|version| is_version(version)).unwrap_or_default();
            let version = if name.version.is_empty() { stated } else { name.version };
            version.clone_into(&mut identity.version);
        }
        if identity.artifact.is_empty() {
            name.artifact.clone_into(&mut identity.artifact);
        }
        if identity.group.is_empty() {
            identity.group = guess_group(&identity.artifact, manifest);
            identity.is_group_guessed = true;
        }
        identity
    }
}

/// Build tools sometimes leave words or unresolved properties where a version belongs.
fn is_version(text: &str) -> bool {
    text.contains(|char: char| char.is_ascii_digit())
        && !text.contains(char::is_whitespace)
        && !text.contains("${")
}

/// Groups of projects that publish without Maven's descriptors, by the beginning of their artifacts' names;
/// the longest one counts. As published on Maven Central.
const KNOWN_GROUPS: &[(&str, &str)] = &[
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("logging-interceptor", "com.squareup.okhttp3"),
    ("micrometer-", "io.micrometer"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("spring-", "org.springframework"),
    ("spring-batch-", "org.springframework.batch"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-data-", "org.springframework.data"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-security-", "org.springframework.security"),
    ("spring-session-", "org.springframework.session"),
    ("spring-ws-", "org.springframework.ws"),
    ("tomcat-", "org.apache.tomcat"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
];

/// The group of a well-known project, else what the manifest suggests: the vendor's id, or the symbolic or module name up to the part
/// that repeats the artifact; the artifact itself when there is nothing.
fn guess_group(artifact: &str, manifest: &Manifest) -> String {
    let known = KNOWN_GROUPS.iter().filter(|(beginning, _)| artifact.starts_with(beginning));
    if let Some((_, group)) = known.max_by_key(|(beginning, _)| beginning.len()) {
        return (*group).to_owned();
    }
    if let Some(vendor) =
        manifest.get("implementation-vendor-id").filter(|id| !id.contains(char::is_whitespace))
    {
        return vendor.to_owned();
    }
    let module = manifest.get("automatic-module-name");
    let Some(name) = manifest.symbolic_name().filter(|name| name.contains('.')).or(module) else {
        return artifact.to_owned();
    };
    if let Some(group) = name.strip_suffix(artifact).and_then(|group| group.strip_suffix('.')) {
        return group.to_owned();
    }
    match name.rsplit_once('.') {
        Some((group, last)) if artifact.rsplit(['-', '.']).next() == Some(last) => group.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_guessed_from_the_manifest() {
        // All but the last two are the groups that these artifacts have on Maven Central.
        for (artifact, manifest, group) in [
            (
                "commons-lang3",
                "Bundle-SymbolicName: org.apache.commons.lang3;singleton:=true\n",
                "org.apache.commons",
            ),
            ("slf4j-api", "Implementation-Vendor-Id: org.slf4j\n", "org.slf4j"),
            ("org.eclipse.osgi", "Bundle-SymbolicName: org.eclipse.osgi\n", "org.eclipse"),
            (
                "spring-boot-starter",
                "Automatic-Module-Name: spring.boot.starter\n",
                "org.springframework.boot",
            ),
            ("x", "", "x"),
        ] {
            assert_eq!(guess_group(artifact, &Manifest::parse(manifest.as_bytes())), group, "{artifact}");
        }
    }

    #[test]
    fn the_file_name_says_which_descriptor_is_the_archive() {
        let all: Vec<_> = ["g/core", "g/core-extra", "g/other"].map(Descriptor::new).into();
        let own_of = |name| own_descriptor(&all, &JarName::parse(name), &Manifest::default());
        assert_eq!(own_of("core-extra-1.0.jar"), Some(1));
        assert_eq!(own_of("core-1.0.jar"), Some(0));
        assert_eq!(own_of("app.jar"), None);
        // As in Guice 4.2.3, which holds the descriptor of the cglib inside it but none of its own.
        let shaded = [Descriptor::new("META-INF/maven/cglib/cglib")];
        let manifest = Manifest::parse(b"Bundle-SymbolicName: com.google.inject\n");
        assert_eq!(own_descriptor(&shaded, &JarName::parse("guice.jar"), &manifest), None);
        assert_eq!(own_descriptor(&shaded, &JarName::parse("renamed.jar"), &Manifest::default()), Some(0));
        let manifest = Manifest::parse(b"Implementation-Title: other\n");
        assert_eq!(own_descriptor(&all, &JarName::parse("app.jar"), &manifest), Some(2));
    }
}
