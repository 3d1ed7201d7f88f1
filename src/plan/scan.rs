//! What one pass over a table has to collect for all its indicators, each thing once.

use super::resolve::Resolved;
use crate::evaluation::Period;
use crate::indicator::formula::node::Node;

/// One pass over one table.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Index of the table in the data set.
    pub table: usize,
    /// Columns read: path in formulas, and where it leads.
    pub columns: Vec<(Vec<String>, Resolved)>,
    /// What rows are grouped by: the finest cells that any indicator needs.
    pub keys: Vec<Key>,
    /// Row expressions, each once.
    pub expressions: Vec<Node>,
    /// Which rows, each once: all conditions of a mask must hold.
    pub masks: Vec<Vec<Condition>>,
    /// Sums collected per cell.
    pub components: Vec<Component>,
    /// Row values collected per cell, for measures that don't add up.
    pub collectors: Vec<Collector>,
    /// Rows kept per cell: the first or last of each series.
    pub pickers: Vec<Picker>,
    /// Masks counted over the whole table.
    pub counters: Vec<usize>,
    /// Expression of the weight, where the table has one.
    pub weight: Option<usize>,
    /// Expressions of the replicate weights, where the table has them.
    pub replicates: Vec<usize>,
    /// Weighted components that are also summed with each of the replicate weights.
    pub replicated: Vec<usize>,
    /// Keys of the cells within which weights get one factor, where they are calibrated.
    pub calibrated: Vec<usize>,
    /// Whether nothing asks for it any more, so that it isn't run.
    pub idle: bool,
}

/// A grouping key.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Value of an expression (a column).
    Column(usize),
    /// Period in which the date (or year) of an expression lies.
    Period(usize, Period),
    /// Each row is its own group.
    Row,
}

/// A condition on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The expression is true.
    True(usize),
    /// The expression is false.
    False(usize),
    /// The expression has no value.
    Missing(usize),
    /// The expression has a value.
    Present(usize),
    /// The first expression has a value wherever the second is true.
    PresentWhere(usize, usize),
    /// The first expression has no value and the second is true.
    MissingWhere(usize, usize),
}

/// A sum over the rows of a mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Index of the mask.
    pub mask: usize,
    /// What is added.
    pub what: What,
    /// Whether each row is multiplied by its weight.
    pub weighted: bool,
}

/// What a component adds per row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// One.
    Count,
    /// An expression.
    Sum(usize),
    /// An expression less its shift (a value of the expression itself, fixed before the pass), so that second
    /// moments keep their digits.
    Shifted(usize),
    /// Product of two shifted expressions.
    Product(usize, usize),
    /// The smallest value instead of a sum.
    Minimum(usize),
    /// The largest.
    Maximum(usize),
}

/// Row values kept per cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Collector {
    /// Index of the mask.
    pub mask: usize,
    /// Expression whose values are kept.
    pub expression: usize,
    /// Each different value once (`true`), or every value with its weight.
    pub distinct: bool,
}

/// The first or last rows of each series, kept per cell with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// Index of the mask.
    pub mask: usize,
    /// Expression of the number.
    pub expression: usize,
    /// Expression that puts rows in order.
    pub order: usize,
    /// The last, not the first.
    pub last: bool,
    /// Keys of what tells series apart, by expression.
    pub series: Vec<Key>,
    /// Expression: rows for which it is true are all kept.
    pub except: Option<usize>,
}

impl Scan {
    /// Whether rows count by weights: those of the table, or those that calibration gives them.
    pub fn is_weighted(&self) -> bool {
        self.weight.is_some() || !self.calibrated.is_empty()
    }

    /// Has a component summed with the replicate weights too, where the table has them.
    pub fn replicate(&mut self, component: usize) {
        if !self.replicates.is_empty() && self.components[component].weighted {
            intern(&mut self.replicated, component);
        }
    }

    /// Index of an expression, added if new. Equal texts are equal expressions.
    pub fn expression(&mut self, node: &Node) -> usize {
        let text = node.to_string();
        match self.expressions.iter().position(|e| e.to_string() == text) {
            Some(at) => at,
            None => {
                self.expressions.push(node.clone());
                self.expressions.len() - 1
            }
        }
    }

    /// Index of a mask, added if new.
    pub fn mask(&mut self, mut conditions: Vec<Condition>) -> usize {
        let mut seen = Vec::new();
        conditions.retain(|c| {
            let new = !seen.contains(c);
            seen.push(*c);
            new
        });
        intern(&mut self.masks, conditions)
    }

    /// Index of a component, added if new.
    pub fn component(&mut self, mask: usize, what: What, weighted: bool) -> usize {
        let weighted = weighted && self.is_weighted();
        intern(
            &mut self.components,
            Component {
                mask,
                what,
                weighted,
            },
        )
    }

    /// Index of a collector, added if new.
    pub fn collector(&mut self, mask: usize, expression: usize, distinct: bool) -> usize {
        intern(
            &mut self.collectors,
            Collector {
                mask,
                expression,
                distinct,
            },
        )
    }

    /// Index of a picker, added if new.
    pub fn picker(&mut self, picker: Picker) -> usize {
        intern(&mut self.pickers, picker)
    }

    /// Index of a counter over the whole table, added if new.
    pub fn counter(&mut self, mask: usize) -> usize {
        intern(&mut self.counters, mask)
    }

    /// Index of a key, added if new.
    pub fn key(&mut self, key: Key) -> usize {
        intern(&mut self.keys, key)
    }
}

fn intern<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    match list.iter().position(|i| *i == item) {
        Some(at) => at,
        None => {
            list.push(item);
            list.len() - 1
        }
    }
}
