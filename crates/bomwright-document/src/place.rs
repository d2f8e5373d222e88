//! Evidence in one line of text: `layer=3 parser=deb path=/var/lib/dpkg/status`.

use bomwright_model::{Evidence, LayerId};

/// `evidence` in one line.
pub(crate) fn write(evidence: &Evidence) -> String {
    format!("{} path=/{}", context(evidence), evidence.path)
}

/// The same without the path: what CycloneDX keeps beside an occurrence's location.
pub(crate) fn context(evidence: &Evidence) -> String {
    match evidence.layer {
        Some(layer) => format!("layer={} parser={}", layer.0, evidence.parser),
        None => format!("parser={}", evidence.parser),
    }
}

/// The evidence that [`write()`] wrote as `text`; `None` for any other text.
pub(crate) fn read(text: &str) -> Option<Evidence> {
    let (context, path) = text.split_once(" path=/")?;
    read_context(context, path)
}

/// The evidence at `path` (without a leading slash) whose [`context`] is `text`.
pub(crate) fn read_context(text: &str, path: &str) -> Option<Evidence> {
    let (layer, rest) = match text.strip_prefix("layer=") {
        Some(rest) => {
            let (number, rest) = rest.split_once(' ')?;
            (Some(LayerId(number.parse().ok()?)), rest)
        }
        None => (None, text),
    };
    let parser = rest.strip_prefix("parser=")?;
    Some(Evidence { layer, path: path.to_owned(), parser: parser.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leads_back() {
        for layer in [None, Some(LayerId(7))] {
            let evidence = Evidence { layer, path: "a b/c path=/d".into(), parser: "deb".into() };
            assert_eq!(read(&write(&evidence)), Some(evidence));
        }
        assert_eq!(read("layer=x parser=deb path=/a"), None);
    }
}
