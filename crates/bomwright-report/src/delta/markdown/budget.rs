//! A comment of sections whose rows have ranks, and what of it fits.

use std::fmt::Write;

/// Characters kept free for what is said about rows that were left out.
const RESERVE: usize = 600;

/// A comment, not yet cut.
#[derive(Debug)]
pub(super) struct Comment {
    /// What stands above the first fold; ends with a line's end.
    pub(super) head: String,
    /// The folds.
    pub(super) sections: Vec<Section>,
    /// What stands below the last fold.
    pub(super) foot: String,
}

/// A fold with a table.
#[derive(Debug)]
pub(super) struct Section {
    /// Its title: words of ours.
    pub(super) title: String,
    /// The table's heads.
    pub(super) columns: &'static [&'static str],
    /// Its rows.
    pub(super) rows: Vec<Row>,
    /// Lines below the table.
    pub(super) notes: Vec<String>,
}

/// A table's row.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is worth; the lowest number is worth most.
    pub(super) rank: u8,
    /// Its cells, escaped.
    pub(super) cells: Vec<String>,
}

impl Row {
    fn line(&self) -> String {
        let cells: Vec<_> =
            self.cells.iter().map(|cell| if cell.is_empty() { "–" } else { cell.as_str() }).collect();
        format!("| {} |\n", cells.join(" | "))
    }
}

impl Section {
    /// How many characters it takes besides its rows.
    fn frame(&self) -> usize {
        let columns: usize = self.columns.iter().map(|it| it.chars().count() + 8).sum();
        let notes: usize = self.notes.iter().map(|it| it.chars().count() + 2).sum();
        self.title.chars().count() + columns + notes + 140
    }

    fn write(&self, out: &mut String, lines: &[String]) {
        let _ = write!(out, "<details><summary><b>{}</b></summary>\n\n", self.title);
        if !lines.is_empty() {
            let _ = writeln!(out, "| {} |\n|{}", self.columns.join(" | "), "---|".repeat(self.columns.len()));
            out.extend(lines.iter().map(String::as_str));
        }
        if lines.len() < self.rows.len() {
            let _ = writeln!(out, "\n{} left out here for length.", rows(self.rows.len() - lines.len()));
        }
        for note in &self.notes {
            let _ = write!(out, "\n{note}\n");
        }
        out.push_str("\n</details>\n\n");
    }
}

impl Comment {
    /// The comment in at most `budget` characters; rows of the lowest rank are left out first, and it is said how many
    /// and that they are in the report that `link` leads to. `None` when not even the text around the rows fits.
    pub(super) fn within(&self, budget: usize, link: Option<&str>) -> Option<String> {
        let fixed =
            self.head.chars().count() + self.foot.chars().count() + RESERVE + link.map_or(0, str::len);
        let room = budget.checked_sub(fixed)?;
        let kept = self.keep(room);
        let mut out = self.head.clone();
        out.push('\n');
        let mut dropped = 0;
        for (section, lines) in self.sections.iter().zip(&kept) {
            dropped += section.rows.len() - lines.len();
            if !lines.is_empty() || (section.rows.is_empty() && !section.notes.is_empty()) {
                section.write(&mut out, lines);
            }
        }
        if dropped > 0 {
            let place = link.map_or("the output of `-o json` has them all".to_owned(), |link| {
                format!("{link} has them all")
            });
            let _ = write!(out, "**{} of the lowest rank left out for length**: {place}.\n\n", rows(dropped));
        }
        out.push_str(&self.foot);
        out.push('\n');
        Some(out)
    }

    /// The lines of each section that fit into `room`, in the section's order.
    fn keep(&self, mut room: usize) -> Vec<Vec<String>> {
        let mut kept: Vec<Vec<String>> = self.sections.iter().map(|_| Vec::new()).collect();
        let mut order: Vec<(u8, usize, &Row)> = Vec::new();
        for (index, section) in self.sections.iter().enumerate() {
            // Rows are sorted by rank within a section, so that what is kept of it is its beginning.
            order.extend(section.rows.iter().map(|row| (row.rank, index, row)));
            if section.rows.is_empty() {
                room = room.saturating_sub(section.frame());
            }
        }
        order.sort_by_key(|(rank, index, _)| (*rank, *index));
        for (_, index, row) in order {
            let (Some(section), Some(lines)) = (self.sections.get(index), kept.get_mut(index)) else {
                continue;
            };
            let line = row.line();
            let frame = if lines.is_empty() { section.frame() } else { 0 };
            let Some(left) = room.checked_sub(line.chars().count() + frame) else { break };
            room = left;
            lines.push(line);
        }
        kept
    }
}

fn rows(count: usize) -> String {
    super::plural(count, "row", "rows")
}
