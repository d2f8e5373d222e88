//! Who a Java archive is: group, artifact and version out of whatever it carries.
//!
//! What Maven packs into an archive is certain (Maven Archiver, "pom.properties content"); a manifest and a
//! file name are not, so a group that only they suggest is marked as a guess.

use super::jar_group::guess_group;
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
    /// The file that states the version, where it is none of Maven's.
    mark: Option<&'static str>,
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

    /// A library that `file` in `directory` is a mark of.
    pub fn of_mark(directory: &str, file: &'static str, group: &str, artifact: &str, version: &str) -> Self {
        Self {
            directory: directory.to_owned(),
            group: group.to_owned(),
            artifact: artifact.to_owned(),
            version: version.to_owned(),
            mark: Some(file),
            ..Self::default()
        }
    }

    /// Whether these are its group and artifact.
    pub fn is(&self, group: &str, artifact: &str) -> bool {
        self.group == group && self.artifact == artifact
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
        let of_maven = if self.has_properties { "pom.properties" } else { "pom.xml" };
        self.mark.unwrap_or(of_maven)
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

    /// What an archive with these says; `classes` is the package, with dots, that holds all of its classes.
    pub fn of_archive(
        own: Option<&Descriptor>,
        name: &JarName<'_>,
        manifest: &Manifest,
        classes: &str,
    ) -> Self {
        let mut identity = own.map(Self::of_descriptor).unwrap_or_default();
        // Built once more from the same pom, for another platform: `core-jakarta-2.2.jar` of `core` 2.2.
        let is_variant = identity.version == name.version
            && !name.version.is_empty()
            && name.artifact.strip_prefix(&identity.artifact).is_some_and(|rest| rest.starts_with('-'));
        if is_variant && !identity.artifact.is_empty() {
            name.artifact.clone_into(&mut identity.artifact);
        }
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
            identity.group = guess_group(&identity.artifact, manifest, classes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_named_by_its_file() {
        // Address on Maven Central: io/swagger/core/v3/swagger-core-jakarta/2.2.19; its pom.properties says
        // swagger-core. The others are made up.
        let identity = |file, artifact, version: &str| {
            let mut own = Descriptor::new(&format!("META-INF/maven/g/{artifact}"));
            own.read_properties(format!("version={version}\n").as_bytes());
            Identity::of_archive(Some(&own), &JarName::parse(file), &Manifest::default(), "").artifact
        };
        assert_eq!(
            identity("swagger-core-jakarta-2.2.19.jar", "swagger-core", "2.2.19"),
            "swagger-core-jakarta"
        );
        assert_eq!(identity("core-extra-1.0.jar", "core", "2.0"), "core");
        assert_eq!(identity("corextra-1.0.jar", "core", "1.0"), "core");
        assert_eq!(identity("core-1.0-sources.jar", "core", "1.0"), "core");
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
