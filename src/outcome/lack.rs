//! What an indicator lacks to be computed: structured, and in words.

use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter, Result};

/// Why an indicator can't be computed on given data. Printed, it is a clause: "there is no table `codings`".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lack {
    /// All that is missing, in order of use; at least one.
    pub needs: Vec<Need>,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Need {
    /// A table.
    Table {
        /// Its role or name.
        table: String,
        /// Columns that the indicator reads from it, as paths.
        columns: Vec<String>,
        /// A table or role of the package with a similar name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// A column of a table that is there.
    Column {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// A column of the table with a similar name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// A column that is there with another type.
    Type {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// Its type in words: `text`.
        is: String,
        /// The type that the indicator needs: `number`.
        wanted: String,
    },
    /// A link to a parent table: a foreign key in the manifest.
    Link {
        /// Name of the table that holds the key.
        table: String,
        /// Column of the key.
        column: String,
        /// Whether the table has that column already.
        there: bool,
        /// Table that it should point to, where the package has one that fits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// A foreign key of the table with a similar name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// An input of a derived indicator.
    Input {
        /// Its id.
        id: String,
        /// What is missing in the data for it, and for its own inputs.
        lack: Lack,
    },
    /// Anything else.
    Other {
        /// What is wrong, as a clause.
        words: String,
        /// What to do; empty where there is nothing to say.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remedy: String,
    },
}

impl From<Need> for Lack {
    fn from(need: Need) -> Lack {
        Lack { needs: vec![need] }
    }
}

impl From<String> for Lack {
    fn from(words: String) -> Lack {
        let remedy = String::new();
        Need::Other { words, remedy }.into()
    }
}

impl Lack {
    /// What is missing in the data, each thing once: those of inputs instead of the inputs.
    pub fn leaves(&self) -> Vec<&Need> {
        let mut leaves: Vec<&Need> = Vec::new();
        for need in &self.needs {
            let found = match need {
                Need::Input { lack, .. } => lack.leaves(),
                other => vec![other],
            };
            for leaf in found {
                if !leaves.contains(&leaf) {
                    leaves.push(leaf);
                }
            }
        }
        leaves
    }

    /// Whether nothing is known but words.
    pub fn only_words(&self) -> bool {
        self.needs.iter().all(|n| matches!(n, Need::Other { .. }))
    }
}

impl Display for Lack {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, need) in self.needs.iter().enumerate() {
            let between = if at > 0 { "; " } else { "" };
            write!(f, "{between}{need}")?;
        }
        Ok(())
    }
}

/// What is wrong, as a clause.
impl Display for Need {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Need::Table { table, .. } => write!(f, "there is no table `{table}`"),
            Need::Column { table, column, .. } => {
                write!(f, "the table `{table}` has no column `{column}`")
            }
            Need::Type {
                table,
                column,
                is,
                wanted,
            } => write!(
                f,
                "the column `{column}` of the table `{table}` is {}, not {}",
                article(is),
                article(wanted)
            ),
            Need::Link { table, column, .. } => {
                write!(f, "the table `{table}` has no foreign key `{column}`")
            }
            Need::Input { id, lack } => write!(f, "its input `{id}` can't be computed: {lack}"),
            Need::Other { words, .. } => f.write_str(words),
        }
    }
}

/// `a truth value`; text takes no article.
fn article(r#type: &str) -> String {
    match r#type {
        "text" => "text".to_owned(),
        other => format!("a {other}"),
    }
}

impl Need {
    /// An input that can't be computed. Of its own inputs only what they lack is kept, so that a lack stays small however
    /// many ways lead to it.
    pub fn input(id: &str, lack: &Lack) -> Need {
        let needs = lack.leaves().into_iter().cloned().collect();
        Need::Input {
            id: id.to_owned(),
            lack: Lack { needs },
        }
    }

    /// What would have to be there, to follow "needs": "the column `sector` in `actors`".
    pub fn wanted(&self) -> String {
        match self {
            Need::Table { table, .. } => format!("a table `{table}`"),
            Need::Column { table, column, .. } => format!("the column `{column}` in `{table}`"),
            Need::Type {
                table,
                column,
                is,
                wanted,
            } => format!(
                "the column `{column}` in `{table}` as {} (it is {})",
                article(wanted),
                article(is)
            ),
            Need::Link {
                table, column, to, ..
            } => {
                let to = match to {
                    Some(to) => format!("`{to}`"),
                    None => "another table".to_owned(),
                };
                format!("a link from `{table}` to {to} by the column `{column}`")
            }
            Need::Input { id, .. } => format!("the indicator `{id}`"),
            Need::Other { words, .. } => format!("a remedy: {words}"),
        }
    }

    /// What to do about it in the package, as sentences; empty where [`Need::wanted`] says it all.
    pub fn remedy(&self) -> String {
        match self {
            Need::Table { nearest, .. } => match nearest {
                Some(near) => {
                    format!("Is it the table `{near}`? Then set its role in the manifest.")
                }
                None => String::new(),
            },
            Need::Column { nearest, .. } => match nearest {
                Some(near) => format!("The nearest name there is `{near}`."),
                None => String::new(),
            },
            Need::Type { wanted, .. } => {
                let declared = match wanted.as_str() {
                    "truth value" => "boolean",
                    "text" => "string",
                    other => other,
                };
                format!("Give it the type `{declared}` in the manifest.")
            }
            Need::Link {
                column,
                there,
                nearest,
                ..
            } => match (there, nearest) {
                (true, _) => {
                    "The column is there: declare a foreign key in the manifest.".to_owned()
                }
                (false, Some(near)) => format!("The nearest foreign key is `{near}`."),
                (false, None) => {
                    format!("Add the column `{column}` and declare a foreign key in the manifest.")
                }
            },
            Need::Input { .. } => String::new(),
            Need::Other { remedy, .. } => remedy.clone(),
        }
    }
}

/// Indicators that lack the same things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LackGroup<'a> {
    /// What would have to be there for all of them, in words: "a table `codings`".
    pub wanted: Vec<String>,
    /// Columns that they read from tables that are not there, by table.
    pub columns: Vec<(String, Vec<String>)>,
    /// What to do, as sentences.
    pub remedies: Vec<String>,
    /// Their ids, in the order given.
    pub ids: Vec<&'a str>,
}

/// Groups indicators by what they lack: one thing before several, then what helps most indicators first.
pub fn grouped<'a>(lacks: impl IntoIterator<Item = (&'a str, &'a Lack)>) -> Vec<LackGroup<'a>> {
    let mut groups: Vec<LackGroup<'a>> = Vec::new();
    for (id, lack) in lacks {
        let leaves = lack.leaves();
        let mut wanted: Vec<String> = Vec::new();
        for leaf in &leaves {
            let words = leaf.wanted();
            if !wanted.contains(&words) {
                wanted.push(words);
            }
        }
        wanted.sort();
        let at = match groups.iter().position(|g| g.wanted == wanted) {
            Some(at) => at,
            None => {
                groups.push(LackGroup {
                    wanted,
                    columns: vec![],
                    remedies: vec![],
                    ids: vec![],
                });
                groups.len() - 1
            }
        };
        let group = &mut groups[at];
        group.ids.push(id);
        for leaf in leaves {
            let remedy = leaf.remedy();
            if !remedy.is_empty() && !group.remedies.contains(&remedy) {
                group.remedies.push(remedy);
            }
            if let Need::Table { table, columns, .. } = leaf {
                add(&mut group.columns, table, columns);
            }
        }
    }
    groups.sort_by(|a, b| {
        let rank = |g: &LackGroup<'_>| (g.wanted.len(), std::cmp::Reverse(g.ids.len()));
        rank(a).cmp(&rank(b)).then_with(|| a.wanted.cmp(&b.wanted))
    });
    groups
}

fn add(tables: &mut Vec<(String, Vec<String>)>, table: &str, columns: &[String]) {
    let at = match tables.iter().position(|(t, _)| t == table) {
        Some(at) => at,
        None => {
            tables.push((table.to_owned(), vec![]));
            tables.len() - 1
        }
    };
    for column in columns {
        if !tables[at].1.contains(column) {
            tables[at].1.push(column.clone());
        }
    }
}
