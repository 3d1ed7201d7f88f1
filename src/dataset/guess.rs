//! Guesses on the tables of a package from the values in them: what identifies a row, and what points to what.

use super::ForeignKey;
use super::draft::Draft;
use super::profile::Profile;

/// A guessed foreign key.
pub(super) struct Link {
    pub column: String,
    pub table: String,
    pub key: String,
}

impl Link {
    /// As a foreign key.
    pub fn key(&self) -> ForeignKey {
        ForeignKey {
            column: self.column.clone(),
            table: self.table.clone(),
            key: self.key.clone(),
        }
    }
}

/// Guesses the column that identifies a row.
pub(super) fn primary_key(draft: &mut Draft) {
    let usable = |p: &Profile| {
        !p.name.is_empty() && p.identifies() && matches!(p.kind, "string" | "integer")
    };
    let named = draft
        .columns
        .iter()
        .position(|p| usable(p) && super::words::is_key(&p.name));
    let first = draft.columns.iter().position(|p| !p.name.is_empty());
    let first = first.filter(|at| draft.rows >= 3 && draft.columns.get(*at).is_some_and(usable));
    draft.primary = named.or(first);
    if let Some(name) = draft
        .primary
        .and_then(|at| draft.columns.get(at))
        .map(|p| p.name.clone())
    {
        draft.guess(
            format!("`{name}` is the primary key"),
            "every row has a value of its own in it",
        );
    }
}

/// Guesses which columns point to which tables.
pub(super) fn references(drafts: &mut [Draft]) -> Vec<Vec<Link>> {
    let mut all = Vec::new();
    for at in 0..drafts.len() {
        let mut links: Vec<Link> = Vec::new();
        let mut notes = Vec::new();
        let mut doubts = Vec::new();
        let Some(draft) = drafts.get(at) else {
            continue;
        };
        for (c, column) in draft.columns.iter().enumerate() {
            if draft.primary == Some(c) || column.values.is_empty() {
                continue;
            }
            let before = links.len();
            for (t, target) in drafts.iter().enumerate() {
                let Some(key) = target
                    .primary
                    .and_then(|k| target.columns.get(k))
                    .filter(|_| t != at)
                else {
                    continue;
                };
                if key.kind != column.kind
                    || !super::words::resembles(&column.name, &key.name, &target.name)
                {
                    continue;
                }
                let there = column
                    .values
                    .keys()
                    .filter(|v| key.values.contains_key(*v))
                    .count();
                // A few orphans are an error in the data rather than a sign that there is no reference.
                if there * 10 < column.values.len() * 9 {
                    continue;
                }
                let why = format!(
                    "{there} of its {} different values are there",
                    column.values.len()
                );
                notes.push((
                    format!("`{}` points to `{}.{}`", column.name, target.name, key.name),
                    why,
                ));
                links.push(Link {
                    column: column.name.clone(),
                    table: target.name.clone(),
                    key: key.name.clone(),
                });
                break;
            }
            if links.len() == before
                && let Some((target, key)) = by_values(drafts, at, column)
            {
                doubts.push((
                    format!("`{}` is taken to point to `{}.{}`", column.name, target.name, key.name),
                    "all of its values are there, though its name does not say so; take it out of `foreignKeys` if that is chance",
                ));
                links.push(Link {
                    column: column.name.clone(),
                    table: target.name.clone(),
                    key: key.name.clone(),
                });
            }
        }
        if let Some(draft) = drafts.get_mut(at) {
            notes
                .into_iter()
                .for_each(|(what, why)| draft.guess(what, why));
            doubts
                .into_iter()
                .for_each(|(what, why)| draft.doubt(what, why));
        }
        all.push(links);
    }
    all
}

/// The one table whose key has all values of a column, which has another name: `source` and `target` of ties. Only texts, and not a few:
/// that numbers or some words are found elsewhere says nothing.
fn by_values<'a>(
    drafts: &'a [Draft],
    at: usize,
    column: &Profile,
) -> Option<(&'a Draft, &'a Profile)> {
    const LEAST: usize = 5;
    if column.kind != "string" || column.values.len() < LEAST {
        return None;
    }
    let mut found = drafts.iter().enumerate().filter_map(|(t, target)| {
        let key = target.columns.get(target.primary?)?;
        let there = |value| key.values.contains_key(value);
        let all = t != at && key.kind == column.kind && column.values.keys().all(there);
        all.then_some((target, key))
    });
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// Says of columns that look like the key of their table what keeps them from being it.
pub(super) fn nearly_keys(draft: &mut Draft) {
    /// Rows of a hundred that may be at fault.
    const FAULTS: u64 = 1;
    if draft.primary.is_some() || draft.rows < 10 {
        return;
    }
    let first = draft.columns.first();
    let Some(column) = first.filter(|c| super::words::is_key(&c.name)) else {
        return;
    };
    let again: u64 = column.values.values().filter(|rows| **rows > 1).sum();
    let faults = again + column.missing;
    if faults * 100 > draft.rows * FAULTS {
        return;
    }
    let rows = |n: u64| match n {
        1 => "1 row".to_owned(),
        n => format!("{n} rows"),
    };
    let mut said = Vec::new();
    if column.missing > 0 {
        said.push(format!("{} without a value", rows(column.missing)));
    }
    if again > 0 {
        said.push(format!("{} with a value that others have too", rows(again)));
    }
    let what = format!(
        "`{}` looks like the key of the rows and is none: {}",
        column.name,
        said.join(", ")
    );
    draft.doubt(
        what,
        "correct these rows and describe the file again; then other tables can point to it",
    );
}
