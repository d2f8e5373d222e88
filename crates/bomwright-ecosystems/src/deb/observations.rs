//! What dpkg's administrative files state that is no fact about a package, and yet explains why a file lies
//! elsewhere than its package says, has another mode, or is a link that no package owns.

use bomwright_model::Code;

use crate::format::{self, Skipped};
use crate::{FileView, Findings, Observation};

fn observe(kind: &str, values: Vec<String>, file: &FileView<'_>, out: &mut Findings) {
    out.observations.push(Observation { kind: kind.to_owned(), path: file.path.to_owned(), values });
}

/// An absolute path as the rest of bomwright writes it.
fn inside(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}

/// Three lines for each diversion: the path, where it is diverted to, and by which package.
pub(super) fn diversions(file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    let text = format::text(file, out);
    let lines: Vec<_> = text.lines().collect();
    let (groups, rest) = lines.as_chunks::<3>();
    for [from, to, by] in groups {
        observe("dpkg-diversion", vec![inside(from), inside(to), (*by).to_owned()], file, out);
    }
    if !rest.is_empty() {
        out.note(file, Code::Truncated, "the last diversion has not three lines");
    }
}

/// One line for each override: user, group, mode, path.
pub(super) fn overrides(file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    let text = format::text(file, out);
    let mut skipped = Skipped::default();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.is_empty()) {
        let fields: Vec<_> = line.splitn(4, ' ').collect();
        match fields[..] {
            [user, group, mode, path] => {
                let values = vec![user.to_owned(), group.to_owned(), mode.to_owned(), inside(path)];
                observe("dpkg-statoverride", values, file, out);
            }
            _ if skipped.is_full() => break,
            _ => skipped.add(file, out, format!("line {number} is not 'user group mode path'")),
        }
    }
}

/// The alternatives for one name: `auto` or `manual`; the link; then, up to an empty line, name and link of
/// each link that follows it. Behind that, up to another empty line, one record for each alternative: its
/// path, its priority, and a path (or nothing) for each link that follows.
pub(super) fn alternative(file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    let text = format::text(file, out);
    let mut lines = text.lines();
    let (Some(status), Some(link)) = (lines.next(), lines.next()) else {
        return out.note(file, Code::Truncated, "a group of alternatives without status or link");
    };
    let first = |name: &str, link: &str| vec![name.to_owned(), inside(link), status.to_owned()];
    let mut group = vec![first(file.name(), link)];
    while let Some(name) = lines.next().filter(|name| !name.is_empty()) {
        let Some(link) = lines.next() else {
            return out.note(file, Code::Truncated, "a link of a group of alternatives without its path");
        };
        group.push(first(name, link));
    }
    while let Some(path) = lines.next().filter(|path| !path.is_empty()) {
        let _priority = lines.next();
        let paths = [path].into_iter().chain(lines.by_ref().take(group.len() - 1));
        for (link, path) in group.iter_mut().zip(paths) {
            if !path.is_empty() {
                link.push(inside(path));
            }
        }
    }
    for values in group {
        observe("dpkg-alternative", values, file, out);
    }
}
