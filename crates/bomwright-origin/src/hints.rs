//! What the layer of a file says about it: that the base image brought it, or which instruction did.
//!
//! Weak evidence for what nothing else explains. A layer that the base has too was not made by the people who build the
//! image, but who made it is the base's business. A history is the builder's own word, and what an instruction copies
//! from the build's context may be anybody's: that makes nothing in-house by itself. So a guess of these rules has a low
//! confidence, and findings about files that nobody answers for stay.

use bomwright_model::{Confidence, Evidence, FileAccount, Layer, LayerId, Origin, Reason};

use crate::base::Base;
use crate::instruction::{Instruction, instruction_kind};
use crate::policy::Policy;

const BASE: &str = "base-image-layer";
const FETCHED: &str = "fetched-by-instruction";
const COPIED_FROM: &str = "copied-from-image";
const CONTEXT: &str = "copied-from-context";
/// Addresses of one instruction that are named.
const NAMED: usize = 3;

/// Ids and meanings, in the order in which they are asked.
pub(crate) const RULES: &[(&str, &str)] = &[
    (BASE, "a layer of the base image wrote it: it is the base's, unless something says more"),
    (FETCHED, "the instruction that made its layer fetches from an address: a guess"),
    (COPIED_FROM, "the instruction that made its layer copies from another image: a guess"),
    (CONTEXT, "it was copied from the build's context; a remark, which decides nothing"),
];

/// What a layer says about the files that it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// The guess; `None` where there is only a remark.
    pub(crate) origin: Option<Origin>,
    pub(crate) confidence: Confidence,
    rule: &'static str,
    detail: String,
}

impl Hint {
    /// The reason for a verdict on the file at `path` of `layer`.
    pub(crate) fn reason(&self, path: &str, layer: Option<LayerId>) -> Reason {
        let evidence = Evidence { layer, path: path.to_owned(), parser: "history".to_owned() };
        Reason { rule: self.rule.to_owned(), detail: self.detail.clone(), evidence: Some(evidence) }
    }
}

/// Whether no more than a layer speaks for the verdict: nobody answers for the file. The policy's word is more.
pub(crate) fn is_guess(account: &FileAccount) -> bool {
    account.origin != Origin::InHouse
        && account.reasons.first().is_some_and(|reason| RULES.iter().any(|(id, _)| *id == reason.rule))
}

/// What each layer says, bottom first. `bases` are the possible ones, the surest first.
pub(crate) fn of_layers(layers: &[Layer], bases: &[Base], policy: &Policy) -> Vec<Option<Hint>> {
    let one = |(at, layer): (usize, &Layer)| {
        let holds = |base: &&Base| base.layers.is_some_and(|count| at < count);
        let base = bases.iter().find(holds).map(|base| of_base(base, policy));
        base.or_else(|| of_instruction(layer.created_by.as_deref()?))
    };
    layers.iter().enumerate().map(one).collect()
}

/// Only the team's own registries make a base in-house: what labels say of a vendor was inherited as likely as not.
fn of_base(base: &Base, policy: &Policy) -> Hint {
    let name = base.name.as_deref().unwrap_or("without a name");
    let how = format!("its layer is of the base image {name} ({})", base.method.as_str());
    let own = base.name.as_deref().and_then(|name| Policy::host_among(&policy.in_house.registries, name));
    let is_sure = base.confidence >= Confidence::Medium;
    let (origin, detail) = match own.filter(|_| is_sure) {
        Some(entry) => (Origin::InHouse, format!("{how}, and the policy names '{entry}' as in-house")),
        None => (Origin::Upstream, how),
    };
    let confidence = if base.confidence == Confidence::High { Confidence::Medium } else { Confidence::Low };
    Hint { origin: is_sure.then_some(origin), confidence, rule: BASE, detail }
}

fn of_instruction(created_by: &str) -> Option<Hint> {
    let guess = |origin: Option<Origin>, rule: &'static str, detail: String| {
        Some(Hint { origin, confidence: Confidence::Low, rule, detail })
    };
    match instruction_kind(created_by) {
        Instruction::AddUrl(urls) => {
            guess(Some(Origin::Upstream), FETCHED, format!("its layer was fetched from {}", some_of(&urls)))
        }
        Instruction::RunFetches(urls) if !urls.is_empty() => {
            let detail = format!("the command that made its layer fetches from {}", some_of(&urls));
            guess(Some(Origin::Upstream), FETCHED, detail)
        }
        // The name of a stage has neither; a stage says nothing.
        Instruction::CopyFrom(Some(image)) if image.contains(['/', ':']) => {
            guess(Some(Origin::Upstream), COPIED_FROM, format!("it was copied from the image {image}"))
        }
        Instruction::Copy => {
            let detail = "copied from the build's context; if it is the team's, a path of the policy says so";
            guess(None, CONTEXT, detail.to_owned())
        }
        _ => None,
    }
}

fn some_of(urls: &[String]) -> String {
    let named: Vec<_> = urls.iter().take(NAMED).map(String::as_str).collect();
    match urls.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Method;
    use crate::hidden::testing::{Scene, elf};

    fn layer(created_by: &str) -> Layer {
        Layer { created_by: Some(created_by.to_owned()), ..Layer::default() }
    }

    fn base(layers: usize, confidence: Confidence) -> Base {
        let name = Some("registry.acme.example/base:1".to_owned());
        Base {
            name,
            digest: None,
            method: Method::LayerPrefix,
            confidence,
            layers: Some(layers),
            reasons: vec![],
        }
    }

    fn said(layers: &[&str], bases: &[Base], policy: &str) -> Vec<String> {
        let layers: Vec<_> = layers.iter().map(|it| layer(it)).collect();
        let policy = Policy::parse("p", policy, &[]).unwrap();
        let one = |hint: Option<Hint>| match hint {
            Some(Hint { origin: Some(origin), confidence, rule, .. }) => {
                format!("{} {} {rule}", origin.as_str(), confidence.as_str())
            }
            Some(Hint { rule, .. }) => rule.to_owned(),
            None => String::new(),
        };
        of_layers(&layers, bases, &policy).into_iter().map(one).collect()
    }

    #[test]
    fn instructions_are_guesses_at_most_and_never_in_house() {
        let steps = [
            "ADD https://a.example/x.tar /x # buildkit",
            "RUN /bin/sh -c curl -fsSL https://a.example/x.sh | sh # buildkit",
            "COPY --from=golang:1.22 /x /y # buildkit",
            "COPY --from=builder / / # buildkit",
            "COPY . /app # buildkit",
            "RUN /bin/sh -c curl -o x $URL # buildkit",
            "RUN make install",
        ];
        assert_eq!(
            said(&steps, &[], ""),
            [
                "upstream low fetched-by-instruction",
                "upstream low fetched-by-instruction",
                "upstream low copied-from-image",
                "",
                "copied-from-context",
                "",
                "",
            ]
        );
    }

    #[test]
    fn layers_of_the_base_are_the_base_s() {
        let steps = ["ADD rootfs.tar /", "COPY . /app"];
        let surely = said(&steps, &[base(1, Confidence::High)], "");
        assert_eq!(surely, ["upstream medium base-image-layer", "copied-from-context"]);
        let claimed = said(&steps, &[base(1, Confidence::Medium)], "");
        assert_eq!(claimed[0], "upstream low base-image-layer");
        assert_eq!(said(&steps, &[base(1, Confidence::Low)], "")[0], "base-image-layer");
        let own =
            said(&steps, &[base(1, Confidence::High)], "[in-house]\nregistries = ['registry.acme.example']");
        assert_eq!(own[0], "in-house medium base-image-layer");
    }

    /// What an account of a scene says of a program that nobody lists.
    fn judged(created_by: &str, bases: Vec<Base>) -> (String, Vec<String>) {
        let mut scene = Scene::new();
        let package = scene.package("deb", "coreutils");
        scene.own(package, elf("usr/bin/true"));
        scene.inventory.layers = vec![Layer::default(), layer(created_by)];
        scene.bases = bases;
        scene.add(elf("opt/x"));
        let (accounts, findings) = scene.account();
        let found = accounts.iter().find(|it| it.path == "opt/x").unwrap();
        let rules: Vec<_> = found.reasons.iter().map(|it| it.rule.as_str()).collect();
        let verdict = format!("{} {} {}", found.origin.as_str(), found.confidence.as_str(), rules.join("+"));
        (verdict, findings.iter().map(bomwright_model::Finding::id).collect())
    }

    #[test]
    fn a_guess_takes_no_finding_away() {
        let finding = ["unowned-executable:/opt/x".to_owned()];
        for (step, bases, verdict) in [
            ("RUN make", vec![], "unknown high no-owner"),
            ("COPY . /", vec![], "unknown high no-owner+copied-from-context"),
            ("ADD https://a.example/x /opt/", vec![], "upstream low fetched-by-instruction"),
            ("COPY . /", vec![base(2, Confidence::High)], "upstream medium base-image-layer"),
            ("COPY . /", vec![base(2, Confidence::Low)], "unknown high no-owner+base-image-layer"),
        ] {
            assert_eq!(judged(step, bases), (verdict.to_owned(), finding.to_vec()), "{step}");
        }
    }

    #[test]
    fn a_history_does_not_explain_an_image() {
        let mut scene = Scene::new();
        scene.inventory.layers = vec![Layer::default(), layer("ADD https://a.example/x.tar /")];
        scene.add(elf("bin/x"));
        let (accounts, findings) = scene.account();
        assert_eq!(accounts[0].origin, Origin::Upstream);
        assert!(findings.iter().any(|it| it.rule == "nothing-explained"), "{findings:?}");
    }

    #[test]
    fn many_addresses_are_counted() {
        let urls: Vec<_> = (0..5).map(|n| format!("https://{n}.example")).collect();
        assert_eq!(some_of(&urls), "https://0.example, https://1.example, https://2.example and 2 more");
    }
}
