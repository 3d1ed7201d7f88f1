//! Which column a path means: of the table itself, or of a parent table over declared foreign keys.

use super::lack::parent;
use super::lower_first;
use crate::dataset::{Dataset, ForeignKey, Table, Type};
use crate::finding::nearest;
use crate::indicator::formula::check;
use crate::outcome::Need;

/// A column found, with the foreign keys that lead to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Foreign keys to follow, from the table outwards; empty for a column of its own.
    pub joins: Vec<ForeignKey>,
    /// Name of the column in the last table.
    pub column: String,
    /// Its type.
    pub r#type: Type,
    /// Whether it is a number that holds years.
    pub year: bool,
}

/// Why a path leads to no column.
#[derive(Debug, Clone, PartialEq)]
pub struct Unresolved {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// What the data would need.
    pub need: Box<Need>,
}

/// Something that is there but can't be followed.
fn blocked(message: String, help: String) -> Unresolved {
    let words = lower_first(message.trim_end_matches('.'));
    let remedy = help.clone();
    Unresolved {
        message,
        help,
        need: Box::new(Need::Other { words, remedy }),
    }
}

/// Finds the column that `path` means on `table`.
///
/// # Errors
/// [`Unresolved`]: unknown column (with the nearest name), or a join that would multiply rows.
pub fn resolve(dataset: &Dataset, table: &Table, path: &[String]) -> Result<Resolved, Unresolved> {
    let joined = path.join(".");
    let own = |name: &str| {
        table.column(name).map(|c| Resolved {
            joins: vec![],
            column: c.name.clone(),
            r#type: c.r#type,
            year: c.declared == "year",
        })
    };
    if let Some(found) = own(&joined) {
        return Ok(found);
    }
    let Some((first, rest)) = path.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return Err(unknown(table, &joined));
    };
    if table.meaning.role == "programmes" && (first == "programme" || *first == table.name) {
        return resolve(dataset, table, rest);
    }
    let by_column = table.foreign_keys.iter().find(|k| k.column == *first);
    let key = match by_column {
        Some(key) => key,
        None => match table
            .foreign_keys
            .iter()
            .filter(|k| k.table == *first)
            .collect::<Vec<_>>()
            .as_slice()
        {
            [only] => only,
            [] => return Err(unknown_parent(dataset, table, first)),
            _ => {
                let message = format!(
                    "`{first}` is reached by several foreign keys of `{}`.",
                    table.name
                );
                let columns: Vec<&str> = table
                    .foreign_keys
                    .iter()
                    .map(|k| k.column.as_str())
                    .collect();
                return Err(blocked(
                    message,
                    format!(
                        "Name the foreign key's column instead: {}.",
                        columns.join(", ")
                    ),
                ));
            }
        },
    };
    let Some(parent) = dataset.tables.iter().find(|t| t.name == key.table) else {
        let message = format!(
            "The foreign key `{}` points to the table `{}`, which is not there.",
            key.column, key.table
        );
        let help = "Add the resource, or correct the manifest.".to_owned();
        return Err(blocked(message, help));
    };
    if parent.primary_key != [key.key.clone()] {
        let message = format!(
            "Joining `{}` to `{}` could multiply rows: `{}` is not declared its primary key.",
            table.name, parent.name, key.key
        );
        return Err(blocked(
            message,
            format!(
                "Add \"primaryKey\": \"{}\" to `{}` in the manifest.",
                key.key, parent.name
            ),
        ));
    }
    if parent.repeated_keys > 0 {
        let repeat = match parent.repeated_keys {
            1 => "1 row repeats".to_owned(),
            n => format!("{n} rows repeat"),
        };
        let message = format!(
            "Joining `{}` to `{}` would multiply rows: {repeat} the key `{}`.",
            table.name, parent.name, key.key
        );
        let help = "Remove the repeated rows, or set \"duplicates\": \"first\" in the table's codev object.";
        return Err(blocked(message, help.to_owned()));
    }
    let mut found = resolve(dataset, parent, rest)?;
    found.joins.insert(0, key.clone());
    Ok(found)
}

fn unknown(table: &Table, name: &str) -> Unresolved {
    let near = nearest(name, table.columns.iter().map(|c| c.name.as_str()));
    let help = match near {
        Some(near) => format!("Did you mean `{near}`?"),
        None => {
            let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            format!("It has: {}.", names.join(", "))
        }
    };
    Unresolved {
        message: format!("The table `{}` has no column `{name}`.", table.name),
        help,
        need: Box::new(Need::Column {
            table: table.name.clone(),
            column: name.to_owned(),
            nearest: near.map(str::to_owned),
        }),
    }
}

fn unknown_parent(dataset: &Dataset, table: &Table, name: &str) -> Unresolved {
    let keys: Vec<&str> = table
        .foreign_keys
        .iter()
        .map(|k| k.column.as_str())
        .collect();
    let near = nearest(name, keys.iter().copied());
    let help = match (near, keys.is_empty()) {
        (Some(near), _) => format!("Did you mean `{near}`?"),
        (None, true) => "Declare a foreign key in the manifest to reach a parent table.".to_owned(),
        (None, false) => format!("Its foreign keys are: {}.", keys.join(", ")),
    };
    let to = parent(dataset, name).filter(|to| to.name != table.name);
    Unresolved {
        message: format!("The table `{}` has no foreign key `{name}`.", table.name),
        help,
        need: Box::new(Need::Link {
            table: table.name.clone(),
            column: name.to_owned(),
            there: table.column(name).is_some(),
            to: to.map(|to| to.name.clone()),
            nearest: near.map(str::to_owned),
        }),
    }
}

/// The type that formulas see.
pub fn formula_type(r#type: Type) -> check::Type {
    match r#type {
        Type::Number => check::Type::Number,
        Type::Boolean => check::Type::Boolean,
        Type::Text => check::Type::Text,
        Type::Date => check::Type::Date,
        Type::List => check::Type::List,
    }
}

/// Column of `table` that names the programme: declared, or the foreign key to the programmes, or a column `programme`.
pub fn programme_column(dataset: &Dataset, table: &Table) -> Option<String> {
    if table.meaning.role == "programmes" {
        return table
            .primary_key
            .first()
            .cloned()
            .or_else(|| table.meaning.programme.clone());
    }
    let declared = table
        .meaning
        .programme
        .clone()
        .filter(|c| table.column(c).is_some());
    let by_key = || {
        let programmes = dataset.programmes()?;
        table
            .foreign_keys
            .iter()
            .find(|k| k.table == programmes.name)
            .map(|k| k.column.clone())
    };
    declared
        .or_else(by_key)
        .or_else(|| table.column("programme").map(|c| c.name.clone()))
}
