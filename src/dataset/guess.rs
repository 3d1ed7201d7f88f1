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
        let Some(draft) = drafts.get(at) else {
            continue;
        };
        for (c, column) in draft.columns.iter().enumerate() {
            if draft.primary == Some(c) || column.values.is_empty() {
                continue;
            }
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
        }
        if let Some(draft) = drafts.get_mut(at) {
            notes
                .into_iter()
                .for_each(|(what, why)| draft.guess(what, why));
        }
        all.push(links);
    }
    all
}
