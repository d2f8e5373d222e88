//! The table of images: one row each, all of it data.
//!
//! A recipe is a shell script, because what it does is what a shell is for: run package managers. Its contract is at the
//! top of `recipes/prelude.sh`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::collect::Collector;

/// Raise this when `truth.json`, `tree.tsv` or the way images are exported changes, so that all are built anew.
const FORMAT: u8 = 1;

/// Shell functions that come before every recipe's own script.
pub(super) const PRELUDE: &str = include_str!("recipes/prelude.sh");

/// How one image is made and who is asked what is in it.
#[derive(Debug)]
pub(super) struct Recipe {
    /// The image's name and its folder's.
    pub(super) name: &'static str,
    /// One line for people.
    pub(super) about: &'static str,
    /// The shell script, without the prelude.
    pub(super) script: &'static str,
    /// Further files that the script finds beside it: name and content.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// The reference tools that are asked, on the unpacked image.
    pub(super) truth: &'static [Collector],
    /// Which forms are kept; some images are too large in one of them to be of use.
    pub(super) keep: Keep,
}

/// All images, in the order in which they are built: what is small or shared comes first.
pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "debian",
        about: "a minimal Debian base in one layer",
        script: include_str!("recipes/debian.sh"),
        files: &[],
        truth: &[Collector::Dpkg],
        keep: Keep::All,
    },
    python("python-a"),
    python("python-b"),
    node("node-a"),
    node("node-b"),
    Recipe {
        name: "layers40",
        about: "forty layers with every trap of merging",
        script: include_str!("recipes/layers40.sh"),
        files: &[("layers40.py", include_str!("recipes/layers40.py"))],
        truth: &[Collector::Dpkg],
        keep: Keep::All,
    },
    java("java-a"),
    java("java-b"),
    go("go-a"),
    go("go-b"),
    rust("rust-a"),
    rust("rust-b"),
    ruby("ruby-a"),
    ruby("ruby-b"),
    rpm("rpm", &[("rpm.py", include_str!("recipes/rpm.py")), ("backend", "sqlite")]),
    rpm("rpm-ndb", &[("rpm.py", include_str!("recipes/rpm.py")), ("backend", "ndb")]),
    rpm("rpm-bdb", &[("rpm.py", include_str!("recipes/rpm.py")), ("backend", "bdb")]),
    Recipe {
        name: "mariadb",
        about: "Debian's mariadb-server, and its server binary again outside of the package",
        script: include_str!("recipes/mariadb.sh"),
        files: &[],
        truth: &[Collector::Dpkg],
        keep: Keep::All,
    },
    Recipe {
        name: "apk",
        about: "an Alpine-like root with a hand-written apk database of twenty packages",
        script: include_str!("recipes/apk.sh"),
        files: &[("apk.py", include_str!("recipes/apk.py"))],
        truth: &[Collector::Listed("apk", "counted by hand in the recipe")],
        keep: Keep::All,
    },
    Recipe {
        name: "empties",
        about: "three million empty files, a thousand to a folder, in one layer",
        script: include_str!("recipes/empties.sh"),
        files: &[("empties.py", include_str!("recipes/empties.py"))],
        truth: &[],
        keep: Keep::Archive,
    },
    Recipe {
        name: "big",
        about: "about four gigabytes in ten layers: compilers, servers, fonts, a venv, a Node project",
        script: include_str!("recipes/big.sh"),
        files: &[],
        truth: &[
            Collector::Dpkg,
            Collector::Pip(&["opt/venv/lib/python3.11/site-packages", "usr/lib/python3/dist-packages"]),
            Collector::Npm(&["srv/web"]),
        ],
        keep: Keep::All,
    },
];

const fn python(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "a web application's virtual environment on Debian, beside Debian's own Python packages",
        script: include_str!("recipes/python.sh"),
        files: &[],
        truth: &[
            Collector::Dpkg,
            Collector::Pip(&[
                "opt/venv/lib/python3.11/site-packages",
                "usr/local/lib/python3.11/dist-packages",
                "usr/lib/python3/dist-packages",
            ]),
        ],
        keep: Keep::All,
    }
}

const fn node(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "a Node monorepo of about a thousand packages, with npm and an unpackaged node",
        script: include_str!("recipes/node.sh"),
        files: &[],
        truth: &[Collector::Dpkg, Collector::Npm(&["app", "usr/local/lib/node_modules/npm"])],
        keep: Keep::All,
    }
}

const fn java(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "jars of Debian and of Maven Central, a Spring Boot jar, a shaded jar, a war in an ear",
        script: include_str!("recipes/java.sh"),
        files: &[],
        truth: &[
            Collector::Dpkg,
            Collector::Listed("maven", "mvn dependency:list, and the folders of Debian's maven-repo"),
        ],
        keep: Keep::All,
    }
}

const fn go(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "Go binaries plain, stripped, upstream and foreign on a distroless base",
        script: include_str!("recipes/go.sh"),
        files: &[],
        truth: &[Collector::Listed("deb", "dpkg-deb --show on the packages unpacked"), Collector::Go],
        keep: Keep::All,
    }
}

const fn rust(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "Rust binaries with and without audit data on Debian",
        script: include_str!("recipes/rust.sh"),
        files: &[],
        truth: &[
            Collector::Dpkg,
            Collector::Listed(
                "cargo",
                "cargo tree --edges normal,build of what each auditable binary was built from",
            ),
        ],
        keep: Keep::All,
    }
}

const fn ruby(name: &'static str) -> Recipe {
    Recipe {
        name,
        about: "Debian's Ruby with its gems, and gems of the recipe's own",
        script: include_str!("recipes/ruby.sh"),
        files: &[],
        truth: &[Collector::Dpkg, Collector::Gem],
        keep: Keep::All,
    }
}

const fn rpm(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Recipe {
    Recipe {
        name,
        about: "Debian's binaries as signed rpm packages; the three rpm images differ in their database alone",
        script: include_str!("recipes/rpm.sh"),
        files,
        truth: &[Collector::Listed("rpm", "rpm -qa on the sqlite database that the others are made from")],
        keep: Keep::All,
    }
}

/// The forms of an image that stay on disk, and whether its tree is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// OCI archive, docker archive, tree.
    All,
    /// OCI archive only, and the image is never unpacked: millions of files are too many for it.
    Archive,
}

impl Recipe {
    /// Whether `--only NAME` means this image: its name, or its name without `-a` or `-b`.
    pub(super) fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.family() == name
    }

    /// `a` and `b` are the same image one release apart; the other images have an empty variant.
    pub(super) fn variant(&self) -> &'static str {
        match self.name.rsplit_once('-') {
            Some((_, variant @ ("a" | "b"))) => variant,
            _ => "",
        }
    }

    /// A digest over everything that decides what this image holds, except what the package archives serve that day.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.len().to_le_bytes());
            hash.update(text.as_bytes());
        };
        add(&FORMAT.to_string());
        add(self.name);
        add(PRELUDE);
        add(self.script);
        for (name, content) in self.files {
            add(name);
            add(content);
        }
        add(&format!("{:?} {:?}", self.truth, self.keep));
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn family(&self) -> &'static str {
        match self.name.rsplit_once('-') {
            Some((family, "a" | "b")) => family,
            _ => self.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_images_share_a_name_or_a_fingerprint() {
        let names: BTreeSet<_> = RECIPES.iter().map(|recipe| recipe.name).collect();
        let fingerprints: BTreeSet<_> = RECIPES.iter().map(Recipe::fingerprint).collect();
        assert_eq!(names.len(), RECIPES.len());
        assert_eq!(fingerprints.len(), RECIPES.len());
    }

    #[test]
    fn variants_come_from_the_name() {
        let variants: Vec<_> = RECIPES.iter().map(|recipe| (recipe.family(), recipe.variant())).collect();
        assert!(variants.contains(&("python", "a")));
        assert!(variants.contains(&("python", "b")));
        assert!(variants.contains(&("rpm-ndb", "")));
        assert!(variants.contains(&("debian", "")));
    }
}
