//! `golang`: the Go modules that every Go program lists inside itself, and those of a `go.mod`.
//!
//! Reads ELF files with Go build information (see [`crate::format::go_buildinfo`]); ELF files without it are
//! left alone at the cost of one look at their section headers. The main module is an application at the
//! program's path; every module that was built in, and the standard library, is a package without a place,
//! so that the same module in two programs is one package. Edges: file -> main module -> each module. The
//! linker's list is flat, so which module needs which other one is not known.
//!
//! In source trees `go.mod` and `go.sum` too: see [`modules`].
//!
//! Not seen: programs packed with UPX (reported), Windows and macOS programs, modules of plug-ins loaded at
//! run time, and code that was copied into a module (`internal/third_party`).

mod modules;

use bomwright_model::{Code, Distribution, EdgeKind, Evidence, LinkKind, Node, Package, PackageKind, Purl};

use crate::format::go_buildinfo::{BuildInfo, Module, Unknown};
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement};

const NAME: &str = "golang";
const STDLIB: &str = "stdlib";
/// What the toolchain writes for a module that was built from a working directory without a version.
const DEVEL: &str = "(devel)";

/// The `golang` ecosystem.
#[derive(Debug)]
pub(crate) struct Golang;

impl Ecosystem for Golang {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "modules listed in Go programs, with the standard library, and in go.mod; main module -> every module"
    }

    fn claims(&self) -> &'static [Claim] {
        const CLAIMS: &[Claim] =
            &[Claim::magic(b"\x7fELF"), Claim::name("go.mod").lock(), Claim::name("go.sum").lock()];
        CLAIMS
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        match file.name() {
            "go.mod" => return modules::read(file, out),
            "go.sum" => return modules::read_sums(file, out),
            _ => {}
        }
        match BuildInfo::of_elf(file.bytes) {
            Ok(info) => report(&info, file, out),
            Err(Unknown::NotGo) => {}
            Err(Unknown::Packed) => {
                out.note(file, Code::Unsupported, "packed with UPX: what is built into it is not visible");
            }
            Err(Unknown::Malformed(reason)) => out.note(file, Code::MalformedRecord, reason),
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        installed.relate_by_name(NAME, out);
        for (id, found) in installed.of(NAME) {
            let Some(path) = &found.package.location else { continue };
            if let Some((file, _)) = installed.file_at(path) {
                let evidence = Some(Evidence::new(path, NAME));
                out.relate(Node::File(file), Node::Package(id), EdgeKind::Contains, "", evidence);
            }
        }
    }

    fn purl(&self, package: &Package, _: Option<&Distribution>) -> Option<Purl> {
        // A program built without modules has no name that anyone else could look up.
        if package.properties.contains_key("no-module") {
            return None;
        }
        Purl::build(NAME, package.namespace.as_deref(), &package.name, &package.version, &[], None).ok()
    }
}

fn report(info: &BuildInfo, file: &FileView<'_>, out: &mut Findings) {
    let mut main = Found::new(main_package(info, file), file, NAME);
    // The first word that names a release: `go1.22.1 X:boringcrypto`, `devel go1.23-0f2c…`.
    let toolchain = info.go_version.split_whitespace().find(|word| word.starts_with("go1"));
    let release = toolchain.unwrap_or(&info.go_version);
    let mut stdlib = Package::new(NAME, STDLIB, release.trim_start_matches("go"));
    stdlib.add_link(LinkKind::Home, "https://go.dev");
    let modules = info.deps.iter().map(module_package);
    for package in modules.chain([stdlib]) {
        let handle = format!("{}@{}", package.full_name(), package.version);
        main.requires.push(Requirement::new(handle.clone(), handle.clone()));
        let mut found = Found::new(package, file, NAME);
        found.provides.push(handle);
        out.packages.push(found);
    }
    out.packages.push(main);
}

fn main_package(info: &BuildInfo, file: &FileView<'_>) -> Package {
    let mut package = if let Some(module) = &info.main {
        module_package(module)
    } else {
        let path = if info.path.is_empty() { file.name() } else { &info.path };
        let mut package = module_package(&Module { path: path.to_owned(), ..Module::default() });
        package.set_property("no-module", "true");
        package
    };
    package.kind = PackageKind::Application;
    package.location = Some(file.path.to_owned());
    package.set_property("main-module", "true");
    package.set_property("main-package", &info.path);
    package.set_property("go-version", &info.go_version);
    for (key, property) in [
        ("GOOS", "goos"),
        ("GOARCH", "goarch"),
        ("CGO_ENABLED", "cgo-enabled"),
        ("-ldflags", "ldflags"),
        ("-trimpath", "trimpath"),
        ("-tags", "tags"),
        ("vcs", "vcs"),
        ("vcs.revision", "vcs-revision"),
        ("vcs.time", "vcs-time"),
        ("vcs.modified", "vcs-modified"),
    ] {
        package.set_property(property, info.setting(key).unwrap_or_default());
    }
    if package.version.is_empty()
        && let Some(version) = info.setting("-ldflags").and_then(|flags| linked_version(flags, &package))
    {
        package.set_property("version-from", "ldflags");
        package.version = version;
    }
    package
}

fn module_package(module: &Module) -> Package {
    let effective = module.effective();
    let (namespace, name) = match effective.path.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name),
        None => (None, effective.path.as_str()),
    };
    let version = if effective.version == DEVEL { "" } else { &effective.version };
    let mut package = Package::new(NAME, name, version);
    package.namespace = namespace;
    package.set_property("h1", &effective.sum);
    if effective.version == DEVEL {
        package.set_property("version", DEVEL);
    }
    if let Some(replacement) = &module.replacement {
        if replacement.is_directory() {
            package.set_property("replaced-by", &replacement.path);
        } else {
            package.set_property("replaces", format!("{}@{}", module.path, module.version));
        }
    }
    package
}

/// The version that a project's own build wrote into a variable of its main package or main module, by the
/// common habit `-X main.version=v1.2.3`.
fn linked_version(flags: &str, package: &Package) -> Option<String> {
    let path = package.full_name();
    // Without a module only the path of the main package is known: take the repository that it lies in.
    let repository = path.match_indices('/').nth(2).and_then(|(end, _)| path.get(..end));
    let own = repository.filter(|_| package.properties.contains_key("no-module")).unwrap_or(&path);
    flags.split_whitespace().find_map(|word| {
        let (variable, value) = word.trim_matches(['\'', '"']).split_once('=')?;
        let (scope, name) = variable.strip_prefix("-X").unwrap_or(variable).rsplit_once('.')?;
        let is_below = scope.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is_named =
            ["version", "gitversion", "buildversion"].contains(&name.to_ascii_lowercase().as_str());
        let digits = value.strip_prefix('v').unwrap_or(value);
        let is_version = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains('.');
        ((scope == "main" || is_below) && is_named && is_version).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bomwright_model::{Graph, PackageId};

    #[test]
    fn a_version_among_the_linker_flags_counts_only_for_the_program_itself() {
        let mut package = Package::new(NAME, "tool", "");
        package.namespace = Some("example.com".into());
        let version = |flags| linked_version(flags, &package);
        assert_eq!(version("-s -w -X main.version=v1.2.3").as_deref(), Some("v1.2.3"));
        assert_eq!(version("-X 'example.com/tool/build.Version=1.4.0'").as_deref(), Some("1.4.0"));
        assert_eq!(version("-X example.com/toolbox.Version=1.4.0"), None);
        assert_eq!(version("-X main.version=dev -X main.commit=0.1"), None);
        // As in the command line program of Docker, which is built without modules.
        let mut docker = Package::new(NAME, "docker", "");
        docker.namespace = Some("github.com/docker/cli/cmd".into());
        docker.set_property("no-module", "true");
        let flags = "-X \"github.com/docker/cli/cli/version.Version=28.2.2\" -extldflags -static";
        assert_eq!(linked_version(flags, &docker).as_deref(), Some("28.2.2"));
    }

    #[test]
    fn the_main_module_leads_to_the_others_and_purls_drop_what_is_no_version() {
        let info = BuildInfo {
            go_version: "go1.22.1 X:boringcrypto".into(),
            main: Some(Module { path: "example.com/app".into(), version: DEVEL.into(), ..Module::default() }),
            deps: vec![Module {
                path: "github.com/A/b".into(),
                version: "v1.0.0".into(),
                ..Module::default()
            }],
            ..BuildInfo::default()
        };
        let mut found = Findings::default();
        report(&info, &FileView::new("bin/app", b""), &mut found);
        let purls: Vec<_> =
            found.packages.iter().map(|it| Golang.purl(&it.package, None).unwrap().to_string()).collect();
        // purl-spec, types-doc/golang-definition.md: namespace and name are lowercased.
        assert_eq!(
            purls,
            ["pkg:golang/github.com/a/b@v1.0.0", "pkg:golang/stdlib@1.22.1", "pkg:golang/example.com/app"]
        );
        let mut graph = Graph::new();
        let installed = Installed::new(&found.packages, &[], &(), std::collections::HashMap::new());
        Golang.relate(&installed, &mut Edges::new(&mut graph));
        let leads_to: Vec<_> = graph
            .dependencies(&Node::Package(PackageId(2)))
            .into_iter()
            .map(|(node, _)| node.clone())
            .collect();
        assert_eq!(leads_to, [Node::Package(PackageId(0)), Node::Package(PackageId(1))]);
    }
}
