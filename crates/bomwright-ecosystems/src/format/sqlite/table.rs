//! Rows by the names of their columns, for databases whose tables have more than one column of use.
//!
//! The names are read from the statement that made the table, so that a column that a later version added moves nothing.

use std::borrow::Cow;

use super::{Fault, Kind, Pages, Rows, Value, find_definition, part, value};

/// The rows of `table` by the names of their columns, in the order of the rowid. A row that breaks the format is a
/// fault in its place and does not end the iteration.
///
/// # Errors
/// As [`blobs`].
pub(crate) fn table<'a>(file: &'a [u8], table: &str) -> Result<Table<'a>, Fault> {
    let pages = Pages::open(file)?;
    let (root, sql) = find_definition(pages, table)?;
    Ok(Table { rows: Rows::new(pages, root), columns: column_names(&sql) })
}

/// Iterator over the rows of a table; see [`table`].
#[derive(Debug)]
pub(crate) struct Table<'a> {
    rows: Rows<'a>,
    columns: Vec<String>,
}

/// One row of a table.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    payload: Cow<'a, [u8]>,
    rowid: i64,
}

impl<'a> Table<'a> {
    /// The next row.
    pub(crate) fn row(&mut self) -> Option<Result<Row<'a>, Fault>> {
        let payload = self.rows.next()?;
        let rowid = self.rows.rowid;
        Some(payload.map(|payload| Row { payload, rowid }))
    }

    /// The integer in the column `name` of `row`. One that is NULL is the table's key, which is kept beside the row
    /// (section 2.1).
    pub(crate) fn integer(&self, row: &Row<'_>, name: &str) -> Option<i64> {
        let value = self.value(row, name)?;
        let bytes = part(&row.payload, value.start, value.len)?;
        match value.serial {
            0 => Some(row.rowid),
            8 => Some(0),
            9 => Some(1),
            1..=6 => {
                let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
                let start = if negative { -1 } else { 0 };
                Some(bytes.iter().fold(start, |number: i64, &byte| number << 8 | i64::from(byte)))
            }
            _ => None,
        }
    }

    /// The text in the column `name` of `row`.
    pub(crate) fn text<'r>(&self, row: &'r Row<'_>, name: &str) -> Option<&'r str> {
        let value = self.value(row, name).filter(|value| value.kind == Kind::Text)?;
        str::from_utf8(part(&row.payload, value.start, value.len)?).ok()
    }

    fn value(&self, row: &Row<'_>, name: &str) -> Option<Value> {
        let column = self.columns.iter().position(|column| column == name)?;
        value(&row.payload, column).ok()
    }
}

/// The names of the columns that a `CREATE TABLE` statement defines, in order.
fn column_names(sql: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut at_start, mut rest) = (0_usize, false, sql);
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '"' | '`'))).unwrap_or(rest.len());
        let (word, after) = rest.split_at(if end == 0 { first.len_utf8() } else { end });
        rest = after;
        match word {
            "(" => {
                depth += 1;
                at_start = depth == 1;
            }
            ")" => depth = depth.saturating_sub(1),
            "," => at_start = depth == 1,
            _ if at_start && end > 0 => {
                at_start = false;
                let is_constraint = ["CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK"];
                if !is_constraint.iter().any(|it| word.eq_ignore_ascii_case(it)) {
                    names.push(word.trim_matches(['"', '`']).to_owned());
                }
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_the_statement() {
        // A table of dnf 4, and one in the manner of dnf 5.
        let sql = "CREATE TABLE trans_item (\n id INTEGER PRIMARY KEY AUTOINCREMENT,\n \
                   repo_id INTEGER REFERENCES repo(id), /* (enum), of sorts */ action INTEGER NOT NULL,\n \
                   CONSTRAINT x UNIQUE (id, action), FOREIGN KEY(repo_id) REFERENCES repo(id))";
        assert_eq!(column_names(sql), ["id", "repo_id", "action"]);
        let sql = "CREATE TABLE \"trans\" (\"id\" INTEGER, \"state_id\" INTEGER, PRIMARY KEY(\"id\"))";
        assert_eq!(column_names(sql), ["id", "state_id"]);
        assert_eq!(column_names("CREATE TABLE x"), [""; 0]);
    }
}
