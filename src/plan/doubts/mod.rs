//! What is probably meant otherwise: figures that would be computed right, from data that say something else.
//!
//! Each doubt is a finding with a count, up to three places and a remedy. Tables are read as far as that takes little time.

mod cases;
mod categories;
mod covariates;
mod dates;
mod money;
mod parts;
mod pasted;
mod rates;
mod reports;
mod waves;

use super::resolve::resolve;
use super::{Item, Plan, Work};
use crate::dataset::{Column, Dataset, Table};
use crate::evaluation::Evaluation;
use crate::finding::Findings;
use crate::indicator::formula::node::Node;
use crate::indicator::{Catalogue, Measure};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Tables with more rows are not read.
const MOST_ROWS: u64 = 1_000_000;

/// The cells of a column as texts.
type Texts = Rc<Vec<Option<String>>>;

/// What there is to look at.
pub(super) struct Looked<'a> {
    plan: &'a Plan,
    catalogue: &'a Catalogue,
    dataset: &'a Dataset,
    evaluation: &'a Evaluation,
    /// Columns that were read, by table and name.
    cells: RefCell<BTreeMap<(String, String), Texts>>,
}

/// Every doubt about an evaluation.
pub fn doubts(
    plan: &Plan,
    catalogue: &Catalogue,
    dataset: &Dataset,
    evaluation: &Evaluation,
) -> Findings {
    let looked = Looked {
        plan,
        catalogue,
        dataset,
        evaluation,
        cells: RefCell::default(),
    };
    let mut findings = Findings::new();
    cases::look(&looked, &mut findings);
    categories::look(&looked, &mut findings);
    dates::look(&looked, &mut findings);
    money::look(&looked, &mut findings);
    rates::look(&looked, &mut findings);
    reports::look(&looked, &mut findings);
    parts::look(&looked, &mut findings);
    pasted::look(&looked, &mut findings);
    covariates::look(&looked, &mut findings);
    findings
}

impl<'a> Looked<'a> {
    /// Indicators of the plan that are computed from rows.
    fn items(&self) -> impl Iterator<Item = &'a Item> {
        let asked = self.plan.items.iter();
        asked.filter(|i| matches!(i.work, Ok(Work::Rows(_) | Work::Records(_))))
    }

    /// A column of a table as text, row by row; `None` where it can't be read or has too many rows.
    fn texts(&self, table: &Table, column: &str) -> Option<Rc<Vec<Option<String>>>> {
        let key = (table.name.clone(), column.to_owned());
        if let Some(known) = self.cells.borrow().get(&key) {
            return Some(Rc::clone(known));
        }
        if table.rows > MOST_ROWS || table.column(column).is_none() {
            return None;
        }
        let rows = table.texts(&[column.to_owned()], usize::MAX).ok()?;
        let cells = rows.into_iter().map(|row| row.into_iter().next().flatten());
        let cells = Rc::new(cells.collect::<Vec<_>>());
        self.cells.borrow_mut().insert(key, Rc::clone(&cells));
        Some(cells)
    }

    /// The column that a path leads to, with the table that has it.
    fn column(&self, table: &'a Table, path: &[String]) -> Option<(&'a Table, &'a Column)> {
        let found = resolve(self.dataset, table, path).ok()?;
        let holder = match found.joins.last() {
            None => table,
            Some(join) => self.dataset.tables.iter().find(|t| t.name == join.table)?,
        };
        Some((holder, holder.column(&found.column)?))
    }

    /// Expressions of a measure, each with the table whose rows it speaks of.
    fn nodes(&self, measure: &'a Measure) -> Vec<(&'a Table, &'a Node)> {
        match measure {
            Measure::Formula(rows) => {
                let table = self.dataset.table(&rows.table);
                let each = table.map(|t| rows.nodes().map(move |node| (t, node)));
                each.into_iter().flatten().collect()
            }
            Measure::Records(records) => {
                let each = records.inputs.iter().filter_map(|input| {
                    let table = self.dataset.table(&input.table)?;
                    Some(input.nodes().map(move |node| (table, node)))
                });
                each.flatten().collect()
            }
            Measure::Derived { .. } => vec![],
        }
    }
}

/// Up to three rows, counted from 1, as a person names them.
fn rows_in_words(rows: &[usize]) -> String {
    let shown: Vec<String> = rows.iter().take(3).map(|r| (r + 1).to_string()).collect();
    let word = if rows.len() == 1 { "row" } else { "rows" };
    match rows.len().saturating_sub(3) {
        0 => format!("{word} {}", shown.join(", ")),
        more => format!("{word} {} and {more} more", shown.join(", ")),
    }
}
