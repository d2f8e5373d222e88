//! `pom.xml`: what a Maven project says of itself and needs.
//!
//! Format: Maven POM Reference 4.0.0. Only what the file itself says: a parent that is not in the archive is
//! not fetched, so a version that only the parent's `dependencyManagement` knows stays empty. Properties
//! (`${…}`) are resolved from the file. No document type, no entities but the predefined ones.

use std::borrow::Cow;
use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// Deeper elements are skipped; the deepest that is read has six levels.
const MAX_DEPTH: usize = 64;
const MAX_DEPENDENCIES: usize = 2_000;
/// The longest text that resolving properties may make, and how often values may refer to others.
const MAX_TEXT: usize = 4096;
const MAX_ROUNDS: usize = 8;

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pom {
    /// Group, the parent's where the project names none.
    pub group: String,
    /// Artifact.
    pub artifact: String,
    /// Version, the parent's where the project names none.
    pub version: String,
    /// `jar` unless stated.
    pub packaging: String,
    /// The project's name for people.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Home page.
    pub url: String,
    /// Organisation.
    pub organization: String,
    /// Source repository: the page, else the connection.
    pub scm: String,
    /// Where to report faults.
    pub issues: String,
    /// Names of licences, or their addresses where a licence has no name.
    pub licenses: Vec<String>,
    /// The version before a distribution put a name like `debian` or `2.x` in its place: what Debian's build
    /// tools keep in the property `debian.originalVersion`. Empty where there is none.
    pub original_version: String,
    /// Dependencies, those of `dependencyManagement` and plug-ins left out.
    pub dependencies: Vec<Dependency>,
}

/// An entry of `<dependencies>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// Group.
    pub group: String,
    /// Artifact.
    pub artifact: String,
    /// Version, as far as the file says it.
    pub version: String,
    /// `compile`, `runtime`, `provided`, `test`, `system`, or empty for `compile`.
    pub scope: String,
    /// Whether users of the project do without it.
    pub is_optional: bool,
}

impl Pom {
    /// Reads a `pom.xml`; text that is not UTF-8 is taken for Latin-1. The error says what breaks XML.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
        };
        let mut draft = Draft::default();
        draft.read(text.trim_start_matches('\u{feff}'))?;
        Ok(draft.finish())
    }
}

/// A project while it is read: as written, properties unresolved.
#[derive(Default)]
struct Draft {
    pom: Pom,
    parent: [String; 3],
    properties: BTreeMap<String, String>,
    dependency: Dependency,
    license: [String; 2],
    scm: [String; 2],
}

impl Draft {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(text);
        let mut path: Vec<String> = Vec::new();
        let mut depth = 0usize;
        let mut content = String::new();
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    depth += 1;
                    if depth <= MAX_DEPTH {
                        path.push(start.local_name().as_ref().to_owned());
                    }
                    content.clear();
                }
                Event::End(_) => {
                    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
                    self.close(&parts, content.trim());
                    content.clear();
                    if depth <= MAX_DEPTH {
                        path.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) => content.push_str(&text.xml10_content()),
                Event::CData(text) => content.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(char)) => content.push(char),
                    _ => content.push_str(resolve_predefined_entity(&reference.into_inner()).unwrap_or("")),
                },
                Event::Eof if depth > 0 => return Err("the document ends inside an element".into()),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Takes the text of the element that ends at `path`.
    fn close(&mut self, path: &[&str], text: &str) {
        let [parent_group, parent_artifact, parent_version] = &mut self.parent;
        let ([license_name, license_url], [scm_url, scm_connection]) = (&mut self.license, &mut self.scm);
        let slot = match path {
            ["project", "groupId"] => &mut self.pom.group,
            ["project", "artifactId"] => &mut self.pom.artifact,
            ["project", "version"] => &mut self.pom.version,
            ["project", "packaging"] => &mut self.pom.packaging,
            ["project", "name"] => &mut self.pom.name,
            ["project", "description"] => &mut self.pom.description,
            ["project", "url"] => &mut self.pom.url,
            ["project", "organization", "name"] => &mut self.pom.organization,
            ["project", "issueManagement", "url"] => &mut self.pom.issues,
            ["project", "scm", "url"] => scm_url,
            ["project", "scm", "connection"] => scm_connection,
            ["project", "parent", "groupId"] => parent_group,
            ["project", "parent", "artifactId"] => parent_artifact,
            ["project", "parent", "version"] => parent_version,
            ["project", "licenses", "license", "name"] => license_name,
            ["project", "licenses", "license", "url"] => license_url,
            ["project", "dependencies", "dependency", "groupId"] => &mut self.dependency.group,
            ["project", "dependencies", "dependency", "artifactId"] => &mut self.dependency.artifact,
            ["project", "dependencies", "dependency", "version"] => &mut self.dependency.version,
            ["project", "dependencies", "dependency", "scope"] => &mut self.dependency.scope,
            ["project", "dependencies", "dependency", "optional"] => {
                self.dependency.is_optional = text == "true";
                return;
            }
            ["project", "properties", name] => {
                self.properties.insert((*name).to_owned(), text.to_owned());
                return;
            }
            ["project", "licenses", "license"] => {
                let [name, url] = std::mem::take(&mut self.license);
                let license = if name.is_empty() { url } else { name };
                if !license.is_empty() {
                    self.pom.licenses.push(license);
                }
                return;
            }
            ["project", "dependencies", "dependency"] => {
                let dependency = std::mem::take(&mut self.dependency);
                if self.pom.dependencies.len() < MAX_DEPENDENCIES {
                    self.pom.dependencies.push(dependency);
                }
                return;
            }
            _ => return,
        };
        text.clone_into(slot);
    }

    fn finish(mut self) -> Pom {
        let [group, _, version] = &self.parent;
        for (own, inherited) in [(&mut self.pom.group, group), (&mut self.pom.version, version)] {
            if own.is_empty() {
                inherited.clone_into(own);
            }
        }
        let [page, connection] = &self.scm;
        self.pom.scm = if page.is_empty() { connection } else { page }.clone();
        if let Some(version) = self.properties.get("debian.originalVersion") {
            version.clone_into(&mut self.pom.original_version);
        }
        let mut pom = std::mem::take(&mut self.pom);
        // The coordinates first: everything else may refer to them.
        for field in [&mut pom.group, &mut pom.artifact, &mut pom.version] {
            *field = self.resolve(field);
        }
        (self.pom.group, self.pom.artifact, self.pom.version) =
            (pom.group.clone(), pom.artifact.clone(), pom.version.clone());
        let texts = [
            &mut pom.packaging,
            &mut pom.name,
            &mut pom.description,
            &mut pom.url,
            &mut pom.organization,
            &mut pom.scm,
            &mut pom.issues,
            &mut pom.original_version,
        ];
        let of_dependencies = pom
            .dependencies
            .iter_mut()
            .flat_map(|it| [&mut it.group, &mut it.artifact, &mut it.version, &mut it.scope]);
        for field in texts.into_iter().chain(&mut pom.licenses).chain(of_dependencies) {
            *field = self.resolve(field);
        }
        pom
    }

    /// Replaces `${…}` by values, a bounded number of times; what is unknown stays as written.
    fn resolve(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..MAX_ROUNDS {
            match self.resolve_once(&text) {
                Some(next) => text = next,
                None => break,
            }
        }
        text
    }

    fn resolve_once(&self, text: &str) -> Option<String> {
        let mut result = String::new();
        let mut rest = text;
        let mut is_changed = false;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((key, after)) = after.split_once('}') else { break };
            result.push_str(before);
            if let Some(value) = self.lookup(key) {
                result.push_str(value);
                is_changed = true;
            } else {
                result.push_str(rest.get(before.len()..rest.len() - after.len()).unwrap_or_default());
            }
            rest = after;
            if result.len() > MAX_TEXT {
                return None;
            }
        }
        result.push_str(rest);
        is_changed.then_some(result)
    }

    fn lookup(&self, key: &str) -> Option<&str> {
        let [parent_group, parent_artifact, parent_version] = &self.parent;
        let value = match key.strip_prefix("project.").or(key.strip_prefix("pom.")).unwrap_or(key) {
            "groupId" => &self.pom.group,
            "artifactId" => &self.pom.artifact,
            "version" => &self.pom.version,
            "parent.groupId" => parent_group,
            "parent.artifactId" => parent_artifact,
            "parent.version" => parent_version,
            _ => self.properties.get(key)?,
        };
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_inherited_and_properties_resolved() {
        // By the rules of the POM reference, sections "Inheritance" and "Properties".
        let pom = Pom::parse(
            b"<?xml version='1.0'?><project xmlns='http://maven.apache.org/POM/4.0.0'>
              <parent><groupId>org.p</groupId><artifactId>p</artifactId><version>3</version></parent>
              <artifactId>a</artifactId><name>R &amp; D &#x41;</name><properties><v>${w}.1</v><w>9</w></properties>
              <dependencyManagement><dependencies><dependency><artifactId>no</artifactId></dependency></dependencies></dependencyManagement>
              <dependencies>
                <dependency><groupId>${project.groupId}</groupId><artifactId>b</artifactId><version>${v}</version>
                  <exclusions><exclusion><groupId>x</groupId></exclusion></exclusions></dependency>
                <dependency><groupId>${unknown}</groupId><artifactId>c</artifactId><scope>test</scope><optional>true</optional></dependency>
              </dependencies></project>",
        )
        .unwrap();
        assert_eq!((pom.group.as_str(), pom.artifact.as_str(), pom.version.as_str()), ("org.p", "a", "3"));
        assert_eq!(pom.name, "R & D A");
        let [b, c] = pom.dependencies.as_slice() else { panic!("{:?}", pom.dependencies) };
        assert_eq!((b.group.as_str(), b.version.as_str(), b.is_optional), ("org.p", "9.1", false));
        assert_eq!((c.group.as_str(), c.scope.as_str(), c.is_optional), ("${unknown}", "test", true));
    }

    #[test]
    fn properties_that_multiply_or_refer_to_themselves_stay_short() {
        let mut text = String::from("<project><version>${a0}</version><properties><s>${s}</s>");
        text.extend((0..30).map(|n| format!("<a{n}>{}</a{n}>", format!("${{a{}}}", n + 1).repeat(100))));
        text += "</properties><name>${s}</name></project>";
        let pom = Pom::parse(text.as_bytes()).unwrap();
        assert!(pom.version.len() <= MAX_TEXT, "{}", pom.version.len());
        assert_eq!(pom.name, "${s}");
    }

    #[test]
    fn broken_xml_is_an_error_and_deep_xml_is_not() {
        assert!(Pom::parse(b"<project><a></b></project>").is_err());
        assert!(Pom::parse(b"<project>").is_err());
        let deep = "<a>".repeat(10_000) + &"</a>".repeat(10_000);
        assert_eq!(Pom::parse(deep.as_bytes()), Ok(Pom::default()));
    }
}
