//! Files by which a library is known wherever its classes were copied to, for libraries that are published
//! without Maven's descriptors, so that nothing else is left of their names in a jar that they were shaded into.
//!
//! Each is a file of the library that states the library's own version, in the form that its code reads.
//! A package's name alone is no such thing: it tells neither artifact nor version. So Okio, which keeps its
//! version nowhere, stays unseen; and of Kotlin's parts only the one with the version is.

use super::jar_identity::{Descriptor, Identity};
use super::java_class::Class;

/// A file that states a library's version.
#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    /// The file, by its path in the archive.
    pub member: &'static str,
    group: &'static str,
    artifact: &'static str,
    /// The package, with dots, that holds all classes of the library.
    classes: &'static str,
    form: Form,
}

/// How the version is stated.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// As the constant text of this field of a class.
    Text(&'static str),
    /// As three numbers with which a class makes an object.
    Numbers,
    /// As the value of this key of a property file.
    Property(&'static str),
}

const MARKS: &[Mark] = &[
    // `OkHttp.VERSION` is public; it is what the library calls itself by to servers.
    Mark {
        member: "okhttp3/OkHttp.class",
        group: "com.squareup.okhttp3",
        artifact: "okhttp",
        classes: "okhttp3",
        form: Form::Text("VERSION"),
    },
    // What `KotlinVersion.CURRENT` is made of.
    Mark {
        member: "kotlin/KotlinVersionCurrentValue.class",
        group: "org.jetbrains.kotlin",
        artifact: "kotlin-stdlib",
        classes: "kotlin",
        form: Form::Numbers,
    },
    // What `AppInfoParser.getVersion()` reads.
    Mark {
        member: "kafka/kafka-version.properties",
        group: "org.apache.kafka",
        artifact: "kafka-clients",
        classes: "org.apache.kafka",
        form: Form::Property("version"),
    },
];

/// The mark that the member `name` is.
pub fn mark(name: &str) -> Option<&'static Mark> {
    MARKS.iter().find(|mark| mark.member == name)
}

impl Mark {
    /// Whether an archive whose classes all lie in the package `classes` holds nothing but the library, under
    /// whatever name.
    pub fn is_all(&self, classes: &str) -> bool {
        classes.strip_prefix(self.classes).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Whether the library is what `identity` names.
    pub fn means(&self, identity: &Identity) -> bool {
        identity.group == self.group && identity.artifact == self.artifact
    }

    /// Whether the library is what `descriptor` is of.
    pub fn is_of(&self, descriptor: &Descriptor) -> bool {
        descriptor.is(self.group, self.artifact)
    }

    /// The library, with the version that `bytes` state, or with none where they are in no known form.
    pub fn descriptor(&self, bytes: &[u8]) -> Descriptor {
        let version = self.version(bytes).unwrap_or_default();
        let (directory, file) = self.member.rsplit_once('/').unwrap_or(("", self.member));
        Descriptor::of_mark(directory, file, self.group, self.artifact, &version)
    }

    fn version(&self, bytes: &[u8]) -> Option<String> {
        let version = match self.form {
            Form::Text(field) => Class::parse(bytes)?.text(field)?.to_owned(),
            Form::Numbers => Class::parse(bytes)?.three_numbers()?.map(|it| it.to_string()).join("."),
            Form::Property(key) => {
                let text = std::str::from_utf8(bytes).ok()?;
                let mut pairs = text.lines().filter_map(|line| line.split_once('='));
                pairs.find(|(name, _)| name.trim() == key)?.1.trim().to_owned()
            }
        };
        let is_version = version.starts_with(|char: char| char.is_ascii_digit())
            && version.bytes().all(|byte| byte.is_ascii_graphic());
        is_version.then_some(version)
    }
}
